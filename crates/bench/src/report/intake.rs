//! The figures of the intake.

use serde_json::{Value, json};

use super::{Measured, Round, Table, print, rounded};
use crate::cli::{Options, Work};
use crate::measure::Spread;

/// Prints what was measured.
pub(crate) fn print_intake(options: &Options, version: &str, measured: &[Measured]) {
    print(options, version, &json(measured), &tables(measured));
}

impl Measured {
    fn spread(&self, figure: impl Fn(&Round) -> f64) -> Option<Spread> {
        Spread::of(self.rounds.iter().map(figure))
    }

    fn median(&self, figure: impl Fn(&Round) -> f64) -> f64 {
        self.spread(figure).map_or(f64::NAN, |spread| spread.median)
    }

    /// How much of the bound the product reaches, in the same round.
    fn ratio(&self) -> f64 {
        self.median(|round| round.events / round.bound)
    }

    fn peer_ratio(&self) -> Option<f64> {
        let peer = self.peer.as_ref()?;
        Some(self.median(|round| round.events) / peer.requests)
    }

    /// The object of one kind of request.
    fn json(&self) -> Value {
        let of = |figure: fn(&Round) -> f64| rounded(self.median(figure));
        json!({
            "events_per_s": of(|round| round.events),
            "bound_per_s": of(|round| round.bound),
            "ratio": rounded(self.ratio()),
            "p50_ms": of(|round| round.latency.p50),
            "p99_ms": of(|round| round.latency.p99),
            "rss_mb": of(|round| round.peak_mb),
            "peer_per_s": self.peer.as_ref().map(|peer| rounded(peer.requests)),
            "peer_ratio": self.peer_ratio().map(rounded),
        })
    }
}

/// The object of the page views (or of what was measured instead), and the others below it.
fn json(measured: &[Measured]) -> Value {
    let of_views = measured.iter().find(|one| one.work == Work::Pv);
    let Some(main) = of_views.or(measured.first()) else {
        return Value::Null;
    };
    let mut object = main.json();
    object["rounds"] = main.rounds.len().into();
    for other in measured.iter().filter(|other| other.work != main.work) {
        object[other.work.name()] = other.json();
    }
    object
}

fn tables(measured: &[Measured]) -> [Table; 2] {
    let mut rates = Table::new([
        "work",
        "requests/s",
        "events/s",
        "spread",
        "bound/s",
        "ratio",
        "peer/s",
        "× peer",
    ]);
    let mut costs = Table::new([
        "work",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "max ms",
        "peer p99 ms",
        "server µs",
        "database µs",
        "bound's µs",
        "client µs",
        "idle MB",
        "peak MB",
    ]);
    for one in measured {
        rates.row(one.rates());
        costs.row(one.costs());
    }
    [rates, costs]
}

fn or_dash(figure: Option<f64>) -> String {
    figure.map_or_else(|| "–".to_owned(), |figure| format!("{figure:.1}"))
}

impl Measured {
    fn rates(&self) -> [String; 8] {
        let whole = |figure: fn(&Round) -> f64| format!("{:.0}", self.median(figure));
        let spread = self.spread(|round| round.events);
        let spread = spread.map(|all| format!("{:.0}–{:.0}", all.least, all.most));
        [
            self.work.name().to_owned(),
            whole(|round| round.requests),
            whole(|round| round.events),
            spread.unwrap_or_default(),
            whole(|round| round.bound),
            format!("{:.2}", self.ratio()),
            or_dash(self.peer.as_ref().map(|peer| peer.requests)),
            or_dash(self.peer_ratio()),
        ]
    }

    fn costs(&self) -> [String; 12] {
        let tenths = |figure: fn(&Round) -> f64| format!("{:.1}", self.median(figure));
        [
            self.work.name().to_owned(),
            tenths(|round| round.latency.p50),
            tenths(|round| round.latency.p95),
            tenths(|round| round.latency.p99),
            tenths(|round| round.latency.max),
            or_dash(self.peer.as_ref().map(|peer| peer.latency.p99)),
            tenths(|round| round.cpu.server),
            tenths(|round| round.cpu.database),
            tenths(|round| round.bound_us),
            tenths(|round| round.cpu.client),
            tenths(|round| round.idle_mb),
            tenths(|round| round.peak_mb),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Percentiles;
    use crate::report::{Cpu, PeerRound};

    const LATENCY: Percentiles = Percentiles {
        p50: 2.0,
        p95: 3.0,
        p99: 4.0,
        max: 9.0,
    };

    fn round(events: f64, bound: f64) -> Round {
        Round {
            requests: events,
            events,
            latency: LATENCY,
            cpu: Cpu {
                server: 40.0,
                database: 90.0,
                client: 20.0,
            },
            idle_mb: 30.0,
            peak_mb: 80.0,
            bound,
            bound_us: 60.0,
            acknowledged: 1,
        }
    }

    fn measured(work: Work, peer: Option<f64>) -> Measured {
        let peer = peer.map(|requests| PeerRound {
            requests,
            latency: LATENCY,
        });
        let rounds = vec![
            round(900.0, 3000.0),
            round(1000.0, 2000.0),
            round(1100.0, 2200.0),
        ];
        Measured { work, rounds, peer }
    }

    #[test]
    fn the_object_has_the_medians_of_the_page_views() {
        let all = [measured(Work::Click, None), measured(Work::Pv, Some(20.0))];
        let expected = json!({
            "events_per_s": 1000.0, "bound_per_s": 2200.0, "ratio": 0.5, "p50_ms": 2.0,
            "p99_ms": 4.0, "rss_mb": 80.0, "peer_per_s": 20.0, "peer_ratio": 50.0, "rounds": 3,
            "click": {
                "events_per_s": 1000.0, "bound_per_s": 2200.0, "ratio": 0.5, "p50_ms": 2.0,
                "p99_ms": 4.0, "rss_mb": 80.0, "peer_per_s": null, "peer_ratio": null,
            },
        });
        assert_eq!(json(&all), expected);
    }

    #[test]
    fn the_table_has_a_row_for_each_kind_and_a_dash_for_no_peer() {
        let [rates, _] = tables(&[measured(Work::Pv, None)]);
        let text = rates.to_string();
        assert_eq!(text.lines().count(), 3);
        let row = text.lines().last().unwrap();
        assert!(
            row.contains("900–1100") && row.contains("0.50") && row.contains('–'),
            "{row}"
        );
    }
}
