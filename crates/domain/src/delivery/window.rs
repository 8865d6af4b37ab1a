//! The hours in which mail may go out (配信時間帯).

use std::collections::BTreeSet;

use chrono::{
    DateTime, Datelike, DurationRound, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::campaigns::WeekdayName;

/// Two weeks and a day: a window that clocks leave out on one day is open a week later.
const MOST_MINUTES: i32 = 15 * 24 * 60;

/// Days of the week, and the time of day from which and until which mail may go out on them; by the
/// tenant's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendWindow {
    weekdays: BTreeSet<WeekdayName>,
    from: NaiveTime,
    to: NaiveTime,
}

/// Why a window is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendWindowFault {
    /// It would never open.
    #[error("a window needs at least one day of the week")]
    NoDay,
    /// It would end before it begins.
    #[error("a window ends after it begins, at midnight at the latest")]
    EndsTooEarly,
}

impl SendWindow {
    /// Open on these days from `from` until before `to`, in whole minutes; `to` at 00:00 is the end
    /// of the day.
    ///
    /// # Errors
    /// See [`SendWindowFault`].
    pub fn new(
        weekdays: BTreeSet<WeekdayName>,
        from: NaiveTime,
        to: NaiveTime,
    ) -> Result<Self, SendWindowFault> {
        let (from, to) = (whole_minutes(from), whole_minutes(to));
        if weekdays.is_empty() {
            return Err(SendWindowFault::NoDay);
        }
        if to <= from && to != NaiveTime::MIN {
            return Err(SendWindowFault::EndsTooEarly);
        }
        Ok(Self { weekdays, from, to })
    }

    /// On which days it is open.
    #[must_use]
    pub const fn weekdays(&self) -> &BTreeSet<WeekdayName> {
        &self.weekdays
    }

    /// From when on it is open.
    #[must_use]
    pub const fn from(&self) -> NaiveTime {
        self.from
    }

    /// Until when it is open; 00:00 is the end of the day.
    #[must_use]
    pub const fn to(&self) -> NaiveTime {
        self.to
    }

    /// Whether mail may go out while clocks show this.
    #[must_use]
    pub fn is_open(&self, local: NaiveDateTime) -> bool {
        let (weekday, time) = (WeekdayName::from(local.weekday()), local.time());
        let is_over = self.to != NaiveTime::MIN && time >= self.to;
        self.weekdays.contains(&weekday) && time >= self.from && !is_over
    }

    /// The first moment from `now` on at which it is open by the clocks of `zone`. None for one
    /// that no day of the next two weeks has.
    ///
    /// It looks at one minute after the other, of which a week has ten thousand: clocks that are
    /// turned on or back need no thought then.
    #[must_use]
    pub fn next_open(&self, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let is_open = |at: &DateTime<Utc>| self.is_open(at.with_timezone(&zone).naive_local());
        if is_open(&now) {
            return Some(now);
        }
        let minute = TimeDelta::minutes(1);
        let first = now.duration_trunc(minute).ok()? + minute;
        let mut minutes = (0..MOST_MINUTES).map(|ahead| first + minute * ahead);
        minutes.find(is_open)
    }
}

fn whole_minutes(time: NaiveTime) -> NaiveTime {
    NaiveTime::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia, Australia, Europe};
    use proptest::prelude::*;

    use super::*;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn window(weekdays: &[WeekdayName], from: NaiveTime, to: NaiveTime) -> SendWindow {
        SendWindow::new(weekdays.iter().copied().collect(), from, to).unwrap()
    }

    fn opens(window: &SendWindow, zone: Tz, now: &str) -> String {
        let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
        let opens = window.next_open(now, zone).unwrap();
        opens.with_timezone(&zone).to_rfc3339()
    }

    const OFFICE: [WeekdayName; 5] = [
        WeekdayName::Monday,
        WeekdayName::Tuesday,
        WeekdayName::Wednesday,
        WeekdayName::Thursday,
        WeekdayName::Friday,
    ];

    #[test]
    fn mail_waits_for_the_next_morning_of_a_working_day() {
        let office = window(&OFFICE, time(9, 0), time(18, 0));
        let opens = |now| opens(&office, Asia::Tokyo, now);
        // A Friday in Tokyo.
        assert_eq!(
            opens("2026-11-20T08:59:59+09:00"),
            "2026-11-20T09:00:00+09:00"
        );
        assert_eq!(
            opens("2026-11-20T17:59:59+09:00"),
            "2026-11-20T17:59:59+09:00"
        );
        assert_eq!(
            opens("2026-11-20T18:00:00+09:00"),
            "2026-11-23T09:00:00+09:00"
        );
    }

    #[test]
    fn midnight_ends_a_day() {
        let evening = window(&WeekdayName::ALL, time(22, 0), time(0, 0));
        let opens = |now| opens(&evening, Asia::Tokyo, now);
        assert_eq!(
            opens("2026-11-20T23:59:59+09:00"),
            "2026-11-20T23:59:59+09:00"
        );
        assert_eq!(
            opens("2026-11-21T00:00:00+09:00"),
            "2026-11-21T22:00:00+09:00"
        );
    }

    #[test]
    fn a_window_that_clocks_leave_out_opens_the_next_day() {
        let night = window(&WeekdayName::ALL, time(2, 0), time(2, 30));
        let before_summer_time = "2026-03-29T00:30:00+01:00";
        assert_eq!(
            opens(&night, Europe::Berlin, before_summer_time),
            "2026-03-30T02:00:00+02:00"
        );
        let sundays = window(&[WeekdayName::Sunday], time(2, 0), time(2, 30));
        assert_eq!(
            opens(&sundays, Europe::Berlin, before_summer_time),
            "2026-04-05T02:00:00+02:00"
        );
    }

    #[test]
    fn a_window_that_clocks_show_twice_is_open_twice() {
        let night = window(&WeekdayName::ALL, time(2, 0), time(2, 30));
        assert_eq!(
            opens(&night, Europe::Berlin, "2026-10-25T02:30:00+02:00"),
            "2026-10-25T02:00:00+01:00"
        );
    }

    #[test]
    fn a_window_has_a_day_and_an_end_after_its_beginning() {
        let days = |days: &[WeekdayName]| days.iter().copied().collect();
        let none = SendWindow::new(days(&[]), time(9, 0), time(18, 0));
        assert_eq!(none, Err(SendWindowFault::NoDay));
        for to in [time(9, 0), time(8, 59)] {
            let early = SendWindow::new(days(&OFFICE), time(9, 0), to);
            assert_eq!(early, Err(SendWindowFault::EndsTooEarly));
        }
    }

    #[test]
    fn a_stored_window_is_the_same_window() {
        let office = window(&OFFICE, time(9, 0), time(18, 0));
        let stored = serde_json::to_value(&office).unwrap();
        assert_eq!(
            serde_json::from_value::<SendWindow>(stored).unwrap(),
            office
        );
    }

    fn zones() -> impl Strategy<Value = Tz> {
        prop::sample::select(vec![
            Asia::Tokyo,
            Europe::Berlin,
            America::New_York,
            Australia::Lord_Howe,
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Nothing between now and then is open, and then is; over changes of the clocks as well.
        #[test]
        fn the_next_opening_is_open_and_the_first(
            zone in zones(),
            now in 1_750_000_000_i64..1_850_000_000,
            from in 0..1_438_u32,
            length in 1..600_u32,
            days in prop::collection::btree_set(prop::sample::select(WeekdayName::ALL.to_vec()), 1..7),
        ) {
            let to = (from + length).min(1_439);
            let window = SendWindow::new(days, time(from / 60, from % 60), time(to / 60, to % 60)).unwrap();
            let now = DateTime::from_timestamp(now, 0).unwrap();
            let shown = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
            let opens = window.next_open(now, zone).unwrap();
            prop_assert!(opens >= now);
            prop_assert!(window.is_open(shown(opens)));
            let mut before = now;
            while before < opens {
                prop_assert!(!window.is_open(shown(before)), "{before}");
                before += TimeDelta::seconds(59);
            }
        }
    }
}
