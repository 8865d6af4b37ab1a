//! How counts and rates developed, as charts and as the table behind them. (C16)

use chrono::NaiveDate;
use domain::analytics::{CoursePoint, MailCounts};
use domain::tenancy::Locale;
use serde::Serialize;

use crate::analytics::chart::{Chart, Series};
use crate::texts;

/// The charts and their numbers.
#[derive(Debug, Serialize)]
pub(super) struct Course {
    counts: String,
    rates: String,
    points: Vec<Point>,
}

#[derive(Debug, Serialize)]
struct Point {
    at: String,
    sends: u64,
    clicked: u64,
    click_rate: String,
    opened: u64,
    open_rate: String,
}

/// What a point of the course is called: in the charts, and in full.
struct Names {
    short: String,
    full: String,
}

impl Course {
    pub(super) fn by_day(days: &[CoursePoint<NaiveDate>], locale: Locale) -> Self {
        Self::of(days, locale, |day| Names {
            short: day.format("%m/%d").to_string(),
            full: day.format("%Y/%m/%d").to_string(),
        })
    }

    pub(super) fn by_hour(hours: &[CoursePoint<u16>], locale: Locale) -> Self {
        Self::of(hours, locale, |hour| {
            let until = texts::arguments([("hour", (hour + 1).into())]);
            let text = texts::text(locale, "analytics-mail-hour", &until);
            Names {
                short: text.clone(),
                full: text,
            }
        })
    }

    fn of<T: Copy>(points: &[CoursePoint<T>], locale: Locale, names: impl Fn(T) -> Names) -> Self {
        let text = |key| texts::text(locale, key, &texts::arguments([]));
        let labels = || points.iter().map(|point| names(point.at).short).collect();
        let counts = |key, value: fn(&MailCounts) -> u64| {
            Series::counts(text(key), points.iter().map(|point| value(&point.counts)))
        };
        let rates = |key, value: fn(&MailCounts) -> f64| {
            Series::percents(text(key), points.iter().map(|point| value(&point.so_far)))
        };
        let counts = vec![
            counts("analytics-mail-clicked", |counts| counts.unique_clicks),
            counts("analytics-mail-opened", |counts| counts.unique_opens),
        ];
        let rates = vec![
            rates("analytics-mail-click-rate", |so_far| {
                so_far.click_rate().percent()
            }),
            rates("analytics-mail-open-rate", |so_far| {
                so_far.open_rate().percent()
            }),
        ];
        Self {
            counts: Chart::line(labels(), counts).to_json(),
            rates: Chart::line(labels(), rates).to_json(),
            points: points
                .iter()
                .map(|point| Point::of(point, names(point.at).full))
                .collect(),
        }
    }
}

impl Point {
    fn of<T>(point: &CoursePoint<T>, at: String) -> Self {
        Self {
            at,
            sends: point.counts.sends,
            clicked: point.counts.unique_clicks,
            click_rate: point.so_far.click_rate().to_string(),
            opened: point.counts.unique_opens,
            open_rate: point.so_far.open_rate().to_string(),
        }
    }
}
