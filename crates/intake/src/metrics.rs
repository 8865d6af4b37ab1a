//! What is counted, for operators. The gauges are read when they are asked for: see
//! [`gauges`](crate::gauges).

use std::time::Duration;

use domain::tracking::Kept;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

/// Counters and distributions.
#[derive(Debug)]
pub(crate) struct Metrics {
    acked_in_log: Counter,
    acked_in_spool: Counter,
    lost: Counter,
    dead: Counter,
    unreadable: Counter,
    batch_rows: Histogram,
    commit_seconds: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Acked {
    path: Path,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "these are the values of the label")]
enum Path {
    db,
    spool,
}

impl Metrics {
    /// New ones, at zero, that the registry shows.
    pub(crate) fn registered(registry: &mut Registry) -> Self {
        let acked = Family::<Acked, Counter>::default();
        let metrics = Self {
            acked_in_log: acked.get_or_create_owned(&Acked { path: Path::db }),
            acked_in_spool: acked.get_or_create_owned(&Acked { path: Path::spool }),
            lost: Counter::default(),
            dead: Counter::default(),
            unreadable: Counter::default(),
            batch_rows: Histogram::new([
                1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0,
            ]),
            commit_seconds: Histogram::new(exponential_buckets(0.000_5, 2.0, 14)),
        };
        metrics.show(registry, acked);
        metrics
    }

    // The registry adds `_total` to the name of a counter.
    fn show(&self, registry: &mut Registry, acked: Family<Acked, Counter>) {
        registry.register(
            "ondo_intake_acked",
            "Engagements acknowledged as durable: committed, or in the spool",
            acked,
        );
        registry.register(
            "ondo_engagements_lost",
            "Engagements that neither database nor spool could take; none of them was acknowledged",
            self.lost.clone(),
        );
        registry.register(
            "ondo_engagements_dead",
            "Engagements that the database refuses for good, kept in dead_engagements",
            self.dead.clone(),
        );
        registry.register(
            "ondo_spool_unreadable",
            "Records in the spool that this version cannot read, kept in files unreadable-*.jsonl beside it",
            self.unreadable.clone(),
        );
        registry.register(
            "ondo_intake_batch_rows",
            "Engagements of one batch",
            self.batch_rows.clone(),
        );
        registry.register(
            "ondo_intake_commit_seconds",
            "Time from handing a batch to the database until it is committed or has failed",
            self.commit_seconds.clone(),
        );
    }

    pub(crate) fn count_kept(&self, kept: &[Kept]) {
        let count = |is: fn(&Kept) -> bool| kept.iter().filter(|kept| is(kept)).count() as u64;
        self.acked_in_log
            .inc_by(count(|kept| matches!(kept, Kept::InLog(_))));
        self.acked_in_spool
            .inc_by(count(|kept| matches!(kept, Kept::InSpool)));
    }

    pub(crate) fn count_lost(&self, engagements: usize) {
        self.lost.inc_by(engagements as u64);
    }

    pub(crate) fn count_dead(&self, engagements: usize) {
        self.dead.inc_by(engagements as u64);
    }

    pub(crate) fn count_unreadable(&self, records: u64) {
        self.unreadable.inc_by(records);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a batch has fewer than 2^52 rows"
    )]
    pub(crate) fn observe_commit(&self, rows: usize, time: Duration) {
        self.batch_rows.observe(rows as f64);
        self.commit_seconds.observe(time.as_secs_f64());
    }
}
