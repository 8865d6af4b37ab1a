//! What a test of so many recipients can show.

use super::AbMetric;
use super::decide::SIGNIFICANT;

/// Rates that a tenant without broadcasts of its own is told about: opens, clicks.
pub const USUAL_RATES: (f64, f64) = (0.2, 0.03);

/// The quantile of the normal distribution at 1 − 0.05 / 2.
const Z_SIGNIFICANT: f64 = 1.959_963_984_540_054;
/// The quantile of the normal distribution at 0.8, the power.
const Z_POWER: f64 = 0.841_621_233_572_914_3;
const _: () = assert!(SIGNIFICANT == 0.05, "Z_SIGNIFICANT belongs to this level");

/// The smallest rise over `rate` that a test with so many mails a variant finds in four of five
/// cases (80 % power, 5 % significance, two-sided). None if it finds none at all.
///
/// By the sample size of Fleiss, *Statistical Methods for Rates and Proportions*, § 4.2, without
/// the correction for continuity, as [`TestStanding::p_value`](super::TestStanding::p_value)
/// tests without it.
#[must_use]
pub fn detectable_difference(mails_per_variant: u64, rate: f64) -> Option<f64> {
    let rate = rate.clamp(0.0, 1.0);
    let enough = |other: f64| needed(rate, other) <= mails_per_variant as f64;
    if rate >= 1.0 || mails_per_variant == 0 || !enough(1.0) {
        return None;
    }
    let (mut too_small, mut found) = (rate, 1.0);
    // Each turn halves the doubt; fifty leave less than a double can tell.
    for _ in 0..50 {
        let middle = f64::midpoint(too_small, found);
        if enough(middle) {
            found = middle;
        } else {
            too_small = middle;
        }
    }
    Some(found - rate)
}

/// Mails a variant that it takes to tell these two rates apart.
fn needed(one: f64, other: f64) -> f64 {
    let difference = other - one;
    if difference <= 0.0 {
        return f64::INFINITY;
    }
    let spread = |rate: f64| rate * (1.0 - rate);
    let together = (2.0 * spread(f64::midpoint(one, other))).sqrt();
    let apart = (spread(one) + spread(other)).sqrt();
    ((Z_SIGNIFICANT * together + Z_POWER * apart) / difference).powi(2)
}

impl AbMetric {
    /// The rate that is usual where nothing has been sent yet.
    #[must_use]
    pub const fn usual_rate(self) -> f64 {
        match self {
            Self::Opens => USUAL_RATES.0,
            Self::Clicks => USUAL_RATES.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_sample_sizes_show_their_known_differences() {
        // From 10 % to 15 %: 686 each; from 50 % to 60 %: 388 each; from 20 % to 30 %: 294 each.
        for (mails, rate, difference) in [(686, 0.10, 0.05), (388, 0.50, 0.10), (294, 0.20, 0.10)] {
            let found = detectable_difference(mails, rate).unwrap();
            assert!((found - difference).abs() < 0.000_5, "{mails}: {found}");
        }
    }

    #[test]
    fn a_handful_of_mails_shows_nothing() {
        assert_eq!(detectable_difference(0, 0.2), None);
        assert_eq!(detectable_difference(2, 0.2), None);
        assert_eq!(detectable_difference(1_000, 1.0), None);
    }

    proptest! {
        #[test]
        fn more_mails_show_a_smaller_difference(
            mails in 20..100_000_u64, more in 1..100_000_u64, rate in 0.01..0.6_f64,
        ) {
            if let Some(with_few) = detectable_difference(mails, rate) {
                let with_many = detectable_difference(mails + more, rate).unwrap();
                prop_assert!(with_many < with_few);
                prop_assert!(with_few > 0.0 && rate + with_few <= 1.0);
            }
        }

        #[test]
        fn what_it_shows_takes_exactly_so_many_mails(mails in 50..100_000_u64, rate in 0.01..0.6_f64) {
            let difference = detectable_difference(mails, rate).unwrap();
            let takes = needed(rate, rate + difference);
            prop_assert!((takes - mails as f64).abs() < 0.01, "{takes}");
        }
    }
}
