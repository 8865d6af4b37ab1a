//! The days that a report looks at.

use chrono::{Days, NaiveDate};
use thiserror::Error;

/// Longest period of a report, in days.
const MAX_DAYS: u32 = 400;

/// A range of the tenant's days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

/// Why two dates are no period.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PeriodError {
    /// The end lies before the beginning.
    #[error("the period ends before it begins")]
    Backwards,
    /// It is longer than 400 days.
    #[error("a period has at most {MAX_DAYS} days")]
    TooLong,
}

impl Period {
    /// The last `days` days up to `today`, which counts as one. (A51)
    #[must_use]
    pub fn last_days(days: u32, today: NaiveDate) -> Self {
        let back = Days::new(u64::from(days.clamp(1, MAX_DAYS)) - 1);
        Self {
            first: today.checked_sub_days(back).unwrap_or(today),
            last: today,
        }
    }

    /// From `first` to `last`.
    ///
    /// # Errors
    /// See [`PeriodError`].
    pub fn between(first: NaiveDate, last: NaiveDate) -> Result<Self, PeriodError> {
        let period = Self { first, last };
        match (last - first).num_days() {
            ..0 => Err(PeriodError::Backwards),
            days if days >= i64::from(MAX_DAYS) => Err(PeriodError::TooLong),
            _ => Ok(period),
        }
    }

    /// The first day.
    #[must_use]
    pub const fn first(&self) -> NaiveDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub const fn last(&self) -> NaiveDate {
        self.last
    }

    /// How many days.
    #[must_use]
    pub fn days(&self) -> u64 {
        (self.last - self.first).num_days().unsigned_abs() + 1
    }

    /// As many days just before it, to compare with.
    #[must_use]
    pub fn previous(&self) -> Self {
        let days = Days::new(self.days());
        Self {
            first: self.first.checked_sub_days(days).unwrap_or(self.first),
            last: self.last.checked_sub_days(days).unwrap_or(self.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    #[test]
    fn seven_days_end_today() {
        // A51
        let period = Period::last_days(7, day(21));
        assert_eq!(
            (period.first(), period.last(), period.days()),
            (day(15), day(21), 7)
        );
        let before = period.previous();
        assert_eq!((before.first(), before.last()), (day(8), day(14)));
    }

    #[test]
    fn a_period_runs_forwards_and_not_for_ever() {
        assert_eq!(Period::between(day(2), day(1)), Err(PeriodError::Backwards));
        assert_eq!(Period::between(day(1), day(1)).unwrap().days(), 1);
        let far = NaiveDate::from_ymd_opt(2028, 1, 1).unwrap();
        assert_eq!(Period::between(day(1), far), Err(PeriodError::TooLong));
    }
}
