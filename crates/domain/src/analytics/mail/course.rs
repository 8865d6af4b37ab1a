//! How counts and rates developed. (C16)

use chrono::{Days, NaiveDate};

use super::MailCounts;

/// Days of a course at most: the last ones are kept.
const MOST_DAYS: usize = 400;

/// What happened on one of the tenant's days, on which something did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailDay {
    /// The day.
    pub day: NaiveDate,
    /// What happened on it.
    pub counts: MailCounts,
}

/// What happened in one hour after the start, in which something did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailHour {
    /// The hour, from 0.
    pub hour: u16,
    /// What happened in it: only sends, unique opens and unique clicks are counted.
    pub counts: MailCounts,
}

/// One step of a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoursePoint<T> {
    /// Which day or hour.
    pub at: T,
    /// What happened then.
    pub counts: MailCounts,
    /// What had happened by its end, from which the rates of that moment come.
    pub so_far: MailCounts,
}

/// Every day from the first on which something happened to the last one, of which at most the last
/// 400; `days` are in order.
#[must_use]
pub fn course_by_day(days: &[MailDay]) -> Vec<CoursePoint<NaiveDate>> {
    let mut course: Vec<CoursePoint<NaiveDate>> = Vec::new();
    let mut so_far = MailCounts::default();
    for day in days {
        let next = course.last().map(|point| following(point.at));
        let quiet = next.into_iter().flat_map(|next| next.iter_days());
        let quiet = quiet.take_while(|quiet| *quiet < day.day);
        course.extend(quiet.map(|at| CoursePoint {
            at,
            counts: MailCounts::default(),
            so_far,
        }));
        so_far += day.counts;
        course.push(CoursePoint {
            at: day.day,
            counts: day.counts,
            so_far,
        });
    }
    course.split_off(course.len().saturating_sub(MOST_DAYS))
}

fn following(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

/// Every one of the first `hours` hours, with or without counts.
#[must_use]
pub fn course_by_hour(found: &[MailHour], hours: u16) -> Vec<CoursePoint<u16>> {
    let mut so_far = MailCounts::default();
    let point = |hour: u16| {
        let mut counts = MailCounts::default();
        for of_hour in found.iter().filter(|of| of.hour == hour) {
            counts += of_hour.counts;
        }
        so_far += counts;
        CoursePoint {
            at: hour,
            counts,
            so_far,
        }
    };
    (0..hours).map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clicks(unique_clicks: u64) -> MailCounts {
        MailCounts {
            unique_clicks,
            ..MailCounts::default()
        }
    }

    fn day(day: u32, counts: MailCounts) -> MailDay {
        let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        MailDay { day, counts }
    }

    #[test]
    fn days_without_anything_are_there_and_rates_grow() {
        // C16
        let sent = MailCounts {
            sends: 100,
            ..clicks(10)
        };
        let course = course_by_day(&[day(1, sent), day(4, clicks(5))]);
        let told: Vec<_> = course
            .iter()
            .map(|point| {
                let rate = point.so_far.click_rate().to_string();
                format!("{} {} {rate}", point.at, point.counts.unique_clicks)
            })
            .collect();
        let expected = [
            "2026-11-01 10 10.00%",
            "2026-11-02 0 10.00%",
            "2026-11-03 0 10.00%",
            "2026-11-04 5 15.00%",
        ];
        assert_eq!(told, expected);
        assert_eq!(course_by_day(&[]), []);
    }

    #[test]
    fn a_long_course_keeps_its_last_days_and_counts_the_others() {
        let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
        let days: Vec<MailDay> = first
            .iter_days()
            .take(500)
            .map(|day| MailDay {
                day,
                counts: clicks(1),
            })
            .collect();
        let course = course_by_day(&days);
        assert_eq!(course.len(), 400);
        assert_eq!(course[0].so_far.unique_clicks, 101);
        assert_eq!(course[399].so_far.unique_clicks, 500);
    }

    #[test]
    fn every_hour_is_there() {
        let hour = |hour, counts| MailHour { hour, counts };
        let course = course_by_hour(&[hour(0, clicks(2)), hour(2, clicks(3))], 4);
        let told: Vec<_> = course
            .iter()
            .map(|point| (point.at, point.so_far.unique_clicks))
            .collect();
        assert_eq!(told, [(0, 2), (1, 2), (2, 5), (3, 5)]);
    }
}
