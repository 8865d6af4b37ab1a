//! From the text of a cell to a typed value, as Japanese tables write them.

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::refusal::RefusalReason;
use crate::leads::attribute::{AttributeKind, AttributeValue};
use crate::leads::text::ATTRIBUTE_TEXT_MAX;

/// A custom attribute's value.
pub(super) fn attribute(text: &str, kind: AttributeKind) -> Result<AttributeValue, RefusalReason> {
    match kind {
        AttributeKind::Text if text.chars().count() > ATTRIBUTE_TEXT_MAX => {
            Err(RefusalReason::TooLong)
        }
        AttributeKind::Text => Ok(AttributeValue::Text(text.to_owned())),
        AttributeKind::Number => number(text).map(AttributeValue::Number),
        AttributeKind::Date => date(text).map(AttributeValue::Date),
        AttributeKind::Boolean => boolean(text).map(AttributeValue::Boolean),
    }
}

/// A number in half or full width, with or without thousands separators: `１，２００`.
fn number(text: &str) -> Result<f64, RefusalReason> {
    let plain: String = text.nfkc().filter(|c| *c != ',').collect();
    match plain.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(RefusalReason::OutOfRange),
        Err(_not_a_number) => Err(RefusalReason::NotANumber),
    }
}

/// A count with or without its unit: `1,200名`, `約300人`; of a range such as `50〜100名` the
/// smaller number, which is certain.
pub(super) fn count(text: &str) -> Result<i32, RefusalReason> {
    let plain: String = text.nfkc().filter(|c| *c != ',').collect();
    let digits: String = plain
        .trim_start_matches(|c: char| c == '約' || c.is_whitespace())
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    if digits.is_empty() {
        return Err(RefusalReason::NotANumber);
    }
    digits.parse().or(Err(RefusalReason::OutOfRange))
}

/// A year of the Common Era: `2026`, `２０２６年度`, `2026年3月`, `2026-03-01`.
pub(super) fn year(text: &str) -> Result<i32, RefusalReason> {
    let plain: String = text.nfkc().collect();
    let plain = plain.trim();
    let digits: String = plain.chars().take_while(char::is_ascii_digit).collect();
    let rest = &plain[digits.len()..];
    if digits.is_empty() || !(rest.is_empty() || rest.starts_with(['年', '-', '/', '.'])) {
        return Err(RefusalReason::NotANumber);
    }
    match digits.parse() {
        Ok(year @ 1900..=2200) => Ok(year),
        Ok(_) | Err(_) => Err(RefusalReason::OutOfRange),
    }
}

/// A day: `2026-04-01`, `2026/4/1`, `２０２６年４月１日`, with or without a time after it.
fn date(text: &str) -> Result<NaiveDate, RefusalReason> {
    let plain: String = text.nfkc().collect();
    let day = plain.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day
        .trim_end_matches('日')
        .split(['-', '/', '.', '年', '月'])
        .collect();
    let [year, month, day] = parts[..] else {
        return Err(RefusalReason::NotADate);
    };
    let read = || {
        let year = (year.len() == 4).then(|| year.parse().ok())??;
        NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
    };
    read().ok_or(RefusalReason::NotADate)
}

fn boolean(text: &str) -> Result<bool, RefusalReason> {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    match plain.trim() {
        "true" | "yes" | "y" | "1" | "on" | "はい" | "有" | "有り" | "あり" | "○" | "〇" | "◯" => {
            Ok(true)
        }
        "false" | "no" | "n" | "0" | "off" | "いいえ" | "無" | "無し" | "なし" | "×" | "x" => {
            Ok(false)
        }
        _other => Err(RefusalReason::NotABoolean),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_as_schools_write_them() {
        for text in [
            "2026",
            "２０２６",
            "２０２６年度",
            "2026年3月",
            "2026/03/01",
            " 2026 ",
        ] {
            assert_eq!(year(text), Ok(2026), "{text}");
        }
        assert_eq!(year("来年"), Err(RefusalReason::NotANumber));
        assert_eq!(year("20260"), Err(RefusalReason::OutOfRange));
        assert_eq!(year("2026x"), Err(RefusalReason::NotANumber));
    }

    #[test]
    fn counts_are_read_with_their_units() {
        assert_eq!(count("1,200名"), Ok(1200));
        assert_eq!(count("約３００人"), Ok(300));
        assert_eq!(count("50〜100名"), Ok(50));
        assert_eq!(count("多数"), Err(RefusalReason::NotANumber));
        assert_eq!(count("99999999999"), Err(RefusalReason::OutOfRange));
    }

    #[test]
    fn attributes_are_read_by_their_kind() {
        use AttributeKind as Kind;
        let day = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        for text in [
            "2026-04-01",
            "2026/4/1",
            "２０２６年４月１日",
            "2026-04-01 10:30",
            "2026-04-01T00:00:00Z",
        ] {
            assert_eq!(
                attribute(text, Kind::Date),
                Ok(AttributeValue::Date(day)),
                "{text}"
            );
        }
        for text in ["2026-02-30", "26/4/1", "4月1日", "tomorrow"] {
            assert_eq!(
                attribute(text, Kind::Date),
                Err(RefusalReason::NotADate),
                "{text}"
            );
        }
        assert_eq!(
            attribute("１，２００．５", Kind::Number),
            Ok(AttributeValue::Number(1200.5))
        );
        assert_eq!(
            attribute("inf", Kind::Number),
            Err(RefusalReason::OutOfRange)
        );
        assert_eq!(
            attribute("はい", Kind::Boolean),
            Ok(AttributeValue::Boolean(true))
        );
        assert_eq!(
            attribute("多分", Kind::Boolean),
            Err(RefusalReason::NotABoolean)
        );
        let long = "あ".repeat(4_001);
        assert_eq!(attribute(&long, Kind::Text), Err(RefusalReason::TooLong));
    }
}
