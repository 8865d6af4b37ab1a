//! Figures of many measurements.

use std::time::Duration;

/// The value that `percent` of the measurements do not exceed (nearest rank); none without any.
pub(crate) fn percentile(values: &[Duration], percent: u32) -> Option<Duration> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent as usize).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A duration for people: milliseconds below a second, else seconds.
pub(crate) fn told(duration: Option<Duration>) -> String {
    duration.map_or_else(
        || "-".to_owned(),
        |duration| {
            if duration < Duration::from_secs(1) {
                format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
            } else {
                format!("{:.2} s", duration.as_secs_f64())
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measurements_by_nearest_rank() {
        let values: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&values, 50), Some(Duration::from_millis(100)));
        assert_eq!(percentile(&values, 99), Some(Duration::from_millis(198)));
        assert_eq!(
            percentile(&values[..1], 99),
            Some(Duration::from_millis(200))
        );
        assert_eq!(percentile(&[], 50), None);
    }
}
