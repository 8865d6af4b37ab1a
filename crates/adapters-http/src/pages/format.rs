//! How numbers, times and addresses are written, without any template engine.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use domain::tenancy::Locale;

const WEEKDAYS_JA: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `1234567` as `1,234,567`.
pub(crate) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A ratio as a percentage with one digit: `0.1234` as `12.3%`.
pub(crate) fn percent(ratio: f64) -> String {
    format!("{:.1}%", ratio * 100.0)
}

/// `2026/11/21(土)` in the given zone.
pub(crate) fn date(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    let weekday = local.weekday().num_days_from_monday() as usize;
    let day = format!(
        "{:04}/{:02}/{:02}",
        local.year(),
        local.month(),
        local.day()
    );
    match locale {
        Locale::Ja => format!("{day}({})", WEEKDAYS_JA[weekday]),
        Locale::En => format!("{day} ({})", WEEKDAYS_EN[weekday]),
    }
}

/// `2026/11/21(土) 09:30` in the given zone.
pub(crate) fn date_time(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    let local = at.with_timezone(&zone);
    format!(
        "{} {:02}:{:02}",
        date(at, zone, locale),
        local.hour(),
        local.minute()
    )
}

/// How long ago a moment was, in the largest whole unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// Not a minute old, or in the future.
    Now,
    /// Whole minutes, below an hour.
    Minutes(i64),
    /// Whole hours, below a day.
    Hours(i64),
    /// Whole days.
    Days(i64),
}

impl Age {
    /// The age at `now` of something that happened `at`.
    pub(crate) fn of(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let age = now - at;
        if age < TimeDelta::minutes(1) {
            Self::Now
        } else if age < TimeDelta::hours(1) {
            Self::Minutes(age.num_minutes())
        } else if age < TimeDelta::days(1) {
            Self::Hours(age.num_hours())
        } else {
            Self::Days(age.num_days())
        }
    }
}

/// `sato@example.jp` as `s***@example.jp`; anything that is no address as `***` (A60).
pub(crate) fn masked_address(address: &str) -> String {
    match (address.chars().next(), address.rsplit_once('@')) {
        (Some(first), Some((local, host))) if !local.is_empty() => format!("{first}***@{host}"),
        _ => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_grouped_by_three() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (-1_234_567, "-1,234,567"),
        ];
        for (number, text) in cases {
            assert_eq!(thousands(number), text);
        }
        assert_eq!(thousands(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn times_are_written_in_the_zone_of_the_tenant() {
        let moment = at("2026-11-21T00:30:00Z");
        assert_eq!(
            date_time(moment, Tz::Asia__Tokyo, Locale::Ja),
            "2026/11/21(土) 09:30"
        );
        assert_eq!(
            date_time(moment, Tz::America__New_York, Locale::En),
            "2026/11/20 (Fri) 19:30"
        );
    }

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        let now = at("2026-11-21T12:00:00Z");
        let cases = [
            ("2026-11-21T11:59:01Z", Age::Now),
            ("2026-11-21T12:05:00Z", Age::Now),
            ("2026-11-21T11:59:00Z", Age::Minutes(1)),
            ("2026-11-21T11:00:00Z", Age::Hours(1)),
            ("2026-11-20T12:00:00Z", Age::Days(1)),
        ];
        for (moment, age) in cases {
            assert_eq!(Age::of(at(moment), now), age, "{moment}");
        }
    }

    // A60
    #[test]
    fn a_masked_address_keeps_one_letter_and_the_host() {
        assert_eq!(masked_address("sato@example.jp"), "s***@example.jp");
        assert_eq!(masked_address("佐藤@example.jp"), "佐***@example.jp");
        assert_eq!(masked_address("@example.jp"), "***");
        assert_eq!(masked_address("sato"), "***");
        assert_eq!(masked_address(""), "***");
    }

    #[test]
    fn a_ratio_is_shown_with_one_digit() {
        assert_eq!(percent(0.123_45), "12.3%");
        assert_eq!(percent(1.0), "100.0%");
    }
}
