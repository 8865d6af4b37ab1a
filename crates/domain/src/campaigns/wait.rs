//! When a step is due.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Flow, Step, StepAction, WeekdayName};
use crate::ids::StepId;

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// Where somebody who enters a campaign begins, and when. None for a flow without steps.
#[must_use]
pub fn beginning(flow: &Flow, zone: Tz, now: DateTime<Utc>) -> Option<(StepId, DateTime<Utc>)> {
    let step = flow.first()?;
    Some((step.id, from(step, zone, now + step.delay.span())))
}

/// When `step` is due for somebody for whom delays count from `since` and who came to it at
/// `reached`: after its delay (D17), but not before that.
///
/// A wait without a delay ends *after* `since`: two of them in a row are two days.
pub(super) fn due(
    step: &Step,
    zone: Tz,
    since: DateTime<Utc>,
    reached: DateTime<Utc>,
) -> DateTime<Utc> {
    let delayed = (since + step.delay.span()).max(reached);
    let is_wait = matches!(step.action, StepAction::WaitUntil { .. });
    if is_wait && delayed == since {
        from(step, zone, since + TimeDelta::microseconds(1))
    } else {
        from(step, zone, delayed)
    }
}

/// The first moment from `delayed` on at which the step can be done: a wait's own, else that one.
fn from(step: &Step, zone: Tz, delayed: DateTime<Utc>) -> DateTime<Utc> {
    if let StepAction::WaitUntil { weekdays, at } = &step.action {
        next_moment(weekdays, *at, zone, delayed)
    } else {
        delayed
    }
}

/// The first moment, `from` included, at which clocks in `zone` show `at` on one of `weekdays`
/// (none: on any day).
///
/// Each day has one such moment: where clocks are turned back and show the time twice, the first;
/// where they are turned on past it, the moment they are.
#[must_use]
pub fn next_moment(
    weekdays: &BTreeSet<WeekdayName>,
    at: NaiveTime,
    zone: Tz,
    from: DateTime<Utc>,
) -> DateTime<Utc> {
    let today = from.with_timezone(&zone).date_naive();
    let is_wanted =
        |day: &NaiveDate| weekdays.is_empty() || weekdays.contains(&day.weekday().into());
    // A week and a day, as today's moment may be over.
    let days = (0..=8).filter_map(|ahead| today.checked_add_days(Days::new(ahead)));
    days.filter(is_wanted)
        .filter_map(|day| moment_on(day, at, zone))
        .find(|moment| *moment >= from)
        .unwrap_or(from)
}

/// The moment at which clocks in `zone` show `at` on this day. None for a day that a country has
/// left out, as Samoa did on 2011-12-30.
#[must_use]
pub fn moment_on(day: NaiveDate, at: NaiveTime, zone: Tz) -> Option<DateTime<Utc>> {
    let shown = day.and_time(at);
    (0..MINUTES_OF_A_DAY)
        .map_while(|minutes| shown.checked_add_signed(TimeDelta::minutes(minutes)))
        .take_while(|local| local.date() == day)
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America, Asia, Europe, Pacific};
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn next(zone: Tz, at: NaiveTime, from: &str) -> String {
        let moment = next_moment(&BTreeSet::new(), at, zone, utc(from));
        moment.with_timezone(&zone).to_rfc3339()
    }

    #[test]
    fn nine_in_the_morning_is_nine_on_the_tenants_clock() {
        // Complaint 13
        let nine = |zone, from| next(zone, time(9, 0), from);
        assert_eq!(
            nine(Asia::Tokyo, "2026-11-22T00:00:00Z"),
            "2026-11-22T09:00:00+09:00",
            "the moment itself counts"
        );
        assert_eq!(
            nine(Asia::Tokyo, "2026-11-22T00:00:00.000001Z"),
            "2026-11-23T09:00:00+09:00"
        );
        let before_winter_time = "2026-10-24T12:00:00Z";
        assert_eq!(
            nine(Europe::Berlin, before_winter_time),
            "2026-10-25T09:00:00+01:00"
        );
        let before_summer_time = "2026-03-07T18:00:00Z";
        assert_eq!(
            nine(America::New_York, before_summer_time),
            "2026-03-08T09:00:00-04:00"
        );
    }

    #[test]
    fn a_time_that_clocks_leave_out_is_the_moment_they_are_turned_on() {
        // Complaint 13
        let half_past_two = |zone, from| next(zone, time(2, 30), from);
        assert_eq!(
            half_past_two(Europe::Berlin, "2026-03-28T12:00:00Z"),
            "2026-03-29T03:00:00+02:00"
        );
        assert_eq!(
            half_past_two(America::New_York, "2026-03-07T18:00:00Z"),
            "2026-03-08T03:00:00-04:00"
        );
        assert_eq!(
            half_past_two(Europe::Berlin, "2026-03-29T01:00:01Z"),
            "2026-03-30T02:30:00+02:00"
        );
    }

    #[test]
    fn a_time_that_clocks_show_twice_comes_once_a_day() {
        // Complaint 13: the endless loop in the night of winter time.
        let half_past_two = |zone, from| next(zone, time(2, 30), from);
        assert_eq!(
            half_past_two(Europe::Berlin, "2026-10-24T12:00:00Z"),
            "2026-10-25T02:30:00+02:00"
        );
        assert_eq!(
            half_past_two(Europe::Berlin, "2026-10-25T00:30:01Z"),
            "2026-10-26T02:30:00+01:00"
        );
        let half_past_one = next(America::New_York, time(1, 30), "2026-11-01T05:30:01Z");
        assert_eq!(half_past_one, "2026-11-02T01:30:00-05:00");
    }

    #[test]
    fn only_the_chosen_days_of_the_week_count() {
        // Thursday, 21:00 in Tokyo.
        let thursday = utc("2026-11-19T12:00:00Z");
        let on = |days: &[WeekdayName]| {
            let days = days.iter().copied().collect();
            let moment = next_moment(&days, time(9, 0), Asia::Tokyo, thursday);
            moment.with_timezone(&Asia::Tokyo).date_naive().to_string()
        };
        assert_eq!(
            on(&[WeekdayName::Monday, WeekdayName::Friday]),
            "2026-11-20"
        );
        assert_eq!(on(&[WeekdayName::Monday]), "2026-11-23");
        assert_eq!(on(&[WeekdayName::Thursday]), "2026-11-26");
    }

    #[test]
    fn a_day_that_never_was_is_passed_over() {
        let noon = next(Pacific::Apia, time(12, 0), "2011-12-29T23:00:00Z");
        assert_eq!(noon, "2011-12-31T12:00:00+14:00");
    }

    fn zones() -> impl Strategy<Value = Tz> {
        prop::sample::select(vec![
            Asia::Tokyo,
            Europe::Berlin,
            America::New_York,
            chrono_tz::Australia::Lord_Howe,
        ])
    }

    proptest! {
        #[test]
        fn a_wait_goes_on_and_ends_within_eight_days(
            zone in zones(),
            from in 1_750_000_000_i64..1_850_000_000,
            minutes in 0..1440_u32,
            weekday in prop::sample::select(WeekdayName::ALL.to_vec()),
        ) {
            let from = DateTime::from_timestamp(from, 0).unwrap();
            let at = time(minutes / 60, minutes % 60);
            let wanted = BTreeSet::from([weekday]);
            let moment = next_moment(&wanted, at, zone, from);
            prop_assert!(moment >= from && moment - from <= TimeDelta::hours(8 * 24 + 1));
            let local = moment.with_timezone(&zone);
            prop_assert_eq!(WeekdayName::from(local.weekday()), weekday);
            let late = local.time() - at;
            prop_assert!(late >= TimeDelta::zero() && late <= TimeDelta::hours(1));
            let again = next_moment(&wanted, at, zone, moment + TimeDelta::microseconds(1));
            prop_assert!(again - moment >= TimeDelta::hours(6 * 24 + 22));
        }
    }
}
