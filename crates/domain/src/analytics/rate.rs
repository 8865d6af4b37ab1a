//! Rates as the reports show them: percent to two decimals. (C12, C32)

use std::fmt;

/// A share in hundredths of a percent, rounded half up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// `part` of `whole`; nothing of nothing is 0.
    #[must_use]
    pub const fn of(part: u64, whole: u64) -> Self {
        if whole == 0 {
            return Self(0);
        }
        let doubled = part as u128 * 20_000 / whole as u128;
        Self(doubled.div_ceil(2) as u64)
    }

    /// The value in percent.
    #[must_use]
    pub fn percent(self) -> f64 {
        let hundredths = u32::try_from(self.0).unwrap_or(u32::MAX);
        f64::from(hundredths) / 100.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_has_two_decimals() {
        // C12, C32
        assert_eq!(Rate::of(1, 3).to_string(), "33.33%");
        assert_eq!(Rate::of(2, 3).to_string(), "66.67%");
        assert_eq!(Rate::of(1, 1).to_string(), "100.00%");
        assert_eq!(Rate::of(1, 20_000).to_string(), "0.01%");
        assert!((Rate::of(1, 8).percent() - 12.5).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_of_nothing_is_zero() {
        assert_eq!(Rate::of(0, 0).to_string(), "0.00%");
    }
}
