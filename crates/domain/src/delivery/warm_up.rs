//! A new sender domain sends a little more each day, until mailbox providers know it
//! (ウォームアップ).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How a domain comes to send as much as it wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WarmUp {
    /// The sender domain that is new; mail from another is not held back.
    pub domain: String,
    /// The tenant's day on which it begins; no day before it sends more than that day.
    pub started_on: NaiveDate,
    /// Mails of the first day.
    pub first_day: u32,
    /// How many percent more each day sends than the day before.
    pub growth_percent: u16,
}

/// Why there is no such warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WarmUpFault {
    /// Nothing would ever go out.
    #[error("the first day sends at least one mail")]
    NothingOnTheFirstDay,
    /// It would never end, or begin too steeply.
    #[error("each day sends between 1 and 200 percent more than the day before")]
    Growth,
}

impl WarmUp {
    /// What is wrong with it.
    ///
    /// # Errors
    /// See [`WarmUpFault`].
    pub const fn check(&self) -> Result<(), WarmUpFault> {
        if self.first_day == 0 {
            return Err(WarmUpFault::NothingOnTheFirstDay);
        }
        if self.growth_percent == 0 || self.growth_percent > 200 {
            return Err(WarmUpFault::Growth);
        }
        Ok(())
    }

    /// Whether mail from this domain is held back.
    #[must_use]
    pub fn is_of(&self, domain: &str) -> bool {
        self.domain.eq_ignore_ascii_case(domain)
    }

    /// How many mails may go out on this day of the tenant. Parts of a mail are whole mails, so that
    /// it grows even from one mail a day.
    #[must_use]
    pub fn ceiling(&self, day: NaiveDate) -> u32 {
        let days = day.signed_duration_since(self.started_on).num_days();
        let mut ceiling = u64::from(self.first_day);
        for _ in 0..days {
            let next = (ceiling * (100 + u64::from(self.growth_percent))).div_ceil(100);
            if next == ceiling || next > u64::from(u32::MAX) {
                return u32::try_from(next).unwrap_or(u32::MAX);
            }
            ceiling = next;
        }
        u32::try_from(ceiling).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn warm_up(first_day: u32, growth_percent: u16) -> WarmUp {
        WarmUp {
            domain: "kasuga.example.jp".to_owned(),
            started_on: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            first_day,
            growth_percent,
        }
    }

    #[test]
    fn fifty_mails_and_half_as_many_more_each_day() {
        let warm_up = warm_up(50, 50);
        let ceiling = |days| warm_up.ceiling(warm_up.started_on + Days::new(days));
        assert_eq!([0, 1, 2, 3, 4].map(ceiling), [50, 75, 113, 170, 255]);
        assert_eq!(warm_up.ceiling(warm_up.started_on - Days::new(9)), 50);
        assert_eq!(ceiling(36_500), u32::MAX);
    }

    #[test]
    fn one_mail_a_day_grows_too() {
        let warm_up = warm_up(1, 10);
        let ceiling = |days| warm_up.ceiling(warm_up.started_on + Days::new(days));
        assert_eq!([0, 1, 2, 3].map(ceiling), [1, 2, 3, 4]);
    }

    #[test]
    fn only_the_new_domain_is_held_back() {
        assert!(warm_up(1, 1).is_of("Kasuga.example.JP"));
        assert!(!warm_up(1, 1).is_of("mail.kasuga.example.jp"));
    }

    #[test]
    fn a_warm_up_sends_something_and_ends() {
        assert_eq!(
            warm_up(0, 30).check(),
            Err(WarmUpFault::NothingOnTheFirstDay)
        );
        for growth in [0, 201] {
            assert_eq!(warm_up(50, growth).check(), Err(WarmUpFault::Growth));
        }
        assert_eq!(warm_up(1, 1).check(), Ok(()));
    }

    proptest! {
        #[test]
        fn each_day_sends_more_than_the_day_before_and_not_too_much_more(
            first in 1..100_000_u32, growth in 1..=200_u16, days in 0..400_u64,
        ) {
            let warm_up = warm_up(first, growth);
            let ceiling = |days| u64::from(warm_up.ceiling(warm_up.started_on + Days::new(days)));
            let (today, tomorrow) = (ceiling(days), ceiling(days + 1));
            prop_assert!(tomorrow > today || tomorrow == u64::from(u32::MAX));
            prop_assert!(tomorrow * 100 < today * (100 + u64::from(growth)) + 100);
        }
    }
}
