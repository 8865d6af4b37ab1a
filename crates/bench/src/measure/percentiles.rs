//! Percentiles of latencies.

use std::time::Duration;

/// The percentiles of a table, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Percentiles {
    /// Half of all were at most this.
    pub(crate) p50: f64,
    /// 95 % were at most this.
    pub(crate) p95: f64,
    /// 99 % were at most this.
    pub(crate) p99: f64,
    /// The longest.
    pub(crate) max: f64,
}

impl Percentiles {
    /// Of all `latencies`; none of nothing.
    pub(crate) fn of(mut latencies: Vec<Duration>) -> Option<Self> {
        latencies.sort_unstable();
        let at = |share: usize| {
            let rank = (latencies.len() * share).div_ceil(100);
            latencies
                .get(rank.checked_sub(1)?)
                .map(|latency| latency.as_secs_f64() * 1e3)
        };
        Some(Self {
            p50: at(50)?,
            p95: at(95)?,
            p99: at(99)?,
            max: at(100)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(millis: impl Iterator<Item = u64>) -> Option<Percentiles> {
        Percentiles::of(millis.map(Duration::from_millis).collect())
    }

    #[test]
    fn a_percentile_is_the_latency_that_so_many_stayed_within() {
        // The nearest rank: of 1..=1000 the 99th percentile is 990.
        let figures = of((1..=1000).rev()).unwrap();
        let expected = Percentiles {
            p50: 500.0,
            p95: 950.0,
            p99: 990.0,
            max: 1000.0,
        };
        assert_eq!(figures, expected);
    }

    #[test]
    fn one_latency_is_every_percentile_and_nothing_has_none() {
        let figures = of([7].into_iter()).unwrap();
        assert!([figures.p50, figures.p99, figures.max] == [7.0; 3]);
        assert_eq!(of(std::iter::empty()), None);
    }
}
