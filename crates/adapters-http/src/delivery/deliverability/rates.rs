//! The rates that mailbox providers judge by, beside their limits.

use domain::analytics::{DeliveryCounts, Rate, Standing};
use serde::Serialize;

/// The rates of a period.
#[derive(Serialize)]
pub(super) struct Rates {
    days: u32,
    sends: u64,
    delivered: u64,
    unsubscribes: u64,
    gauges: [Gauge; 2],
}

/// A rate and its limits, in percent, for an element `meter`.
#[derive(Serialize)]
struct Gauge {
    key: &'static str,
    count: u64,
    rate: String,
    standing: &'static str,
    /// The share of the scale that the rate fills; beyond the scale it is full.
    percent: f64,
    low: f64,
    high: f64,
    end: f64,
}

impl Rates {
    pub(super) fn of(days: u32, counts: &DeliveryCounts) -> Self {
        Self {
            days,
            sends: counts.sends,
            delivered: counts.delivered,
            unsubscribes: counts.unsubscribes,
            gauges: [
                Gauge::of(
                    "complaints",
                    counts.complaints,
                    counts.complaint_rate(),
                    counts.complaints_standing(),
                    [0.1, 0.3, 0.5],
                ),
                Gauge::of(
                    "bounces",
                    counts.bounces,
                    counts.bounce_rate(),
                    counts.bounces_standing(),
                    [2.0, 5.0, 10.0],
                ),
            ],
        }
    }
}

impl Gauge {
    fn of(
        key: &'static str,
        count: u64,
        rate: Rate,
        standing: Standing,
        [low, high, end]: [f64; 3],
    ) -> Self {
        Self {
            key,
            count,
            rate: rate.to_string(),
            standing: standing.as_str(),
            percent: rate.percent().min(end),
            low,
            high,
            end,
        }
    }
}
