//! What the intake shows of its present state, read at each scrape.

use std::fmt;
use std::sync::Weak;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::breaker::Phase;
use crate::shared::Shared;

/// Reads the state of an intake at each scrape; shows nothing once the intake is gone.
pub(crate) struct Gauges(pub(crate) Weak<Shared>);

impl fmt::Debug for Gauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gauges")
    }
}

impl Collector for Gauges {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(intake) = self.0.upgrade() else {
            return Ok(());
        };
        let spool = intake.ports.spool.state();
        let now = (intake.ports.clock)();
        let spool_age = spool.oldest.and_then(|oldest| (now - oldest).to_std().ok());
        let values = [
            (
                "ondo_intake_queue_engagements",
                "Engagements that wait for a commit",
                intake.queue.weight().rows as f64,
            ),
            (
                "ondo_intake_queue_age_seconds",
                "How long the oldest of them has waited",
                intake.queue.age().as_secs_f64(),
            ),
            (
                "ondo_spool_bytes",
                "Room that the spool takes",
                spool.bytes as f64,
            ),
            (
                "ondo_spool_oldest_age_seconds",
                "How long ago the oldest engagement in the spool was received",
                spool_age.map_or(0.0, |age: Duration| age.as_secs_f64()),
            ),
            (
                "ondo_breaker_state",
                "0 closed: the database is used; 1 half open: it is being tried; 2 open: it is left alone",
                number_of(intake.phase()),
            ),
        ];
        for (name, help, value) in values {
            let gauge = ConstGauge::new(value);
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            gauge.encode(metric)?;
        }
        Ok(())
    }
}

const fn number_of(phase: Phase) -> f64 {
    match phase {
        Phase::Closed => 0.0,
        Phase::HalfOpen => 1.0,
        Phase::Open => 2.0,
    }
}
