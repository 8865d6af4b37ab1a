//! The filters of the templates.

use tera::{Kwargs, State, TeraResult};

use crate::pages::format::{self, Age};
use crate::pages::surroundings::{locale_of, moment, now_of, zone_of};
use crate::texts;

/// `{{ 1234 | number }}`: `1,234`.
pub(crate) fn number(value: i64, _: Kwargs, _: &State<'_>) -> String {
    format::thousands(value)
}

/// `{{ 0.123 | percent }}`: `12.3%`.
pub(crate) fn percent(value: f64, _: Kwargs, _: &State<'_>) -> String {
    format::percent(value)
}

/// `{{ at | date }}`: `2026/11/21(土)`.
pub(crate) fn date(value: &str, _: Kwargs, state: &State<'_>) -> TeraResult<String> {
    Ok(format::date(
        moment(value)?,
        zone_of(state)?,
        locale_of(state)?,
    ))
}

/// `{{ at | datetime }}`: `2026/11/21(土) 09:30`.
pub(crate) fn date_time(value: &str, _: Kwargs, state: &State<'_>) -> TeraResult<String> {
    Ok(format::date_time(
        moment(value)?,
        zone_of(state)?,
        locale_of(state)?,
    ))
}

/// `{{ at | ago }}`: `3分前`.
pub(crate) fn ago(value: &str, _: Kwargs, state: &State<'_>) -> TeraResult<String> {
    let (key, count) = match Age::of(moment(value)?, now_of(state)?) {
        Age::Now => ("layout-ago-now", 0),
        Age::Minutes(count) => ("layout-ago-minutes", count),
        Age::Hours(count) => ("layout-ago-hours", count),
        Age::Days(count) => ("layout-ago-days", count),
    };
    let arguments = texts::arguments([("count", count.into())]);
    Ok(texts::text(locale_of(state)?, key, &arguments))
}

/// `{{ address | masked }}`: `s***@example.jp` (A60).
pub(crate) fn masked(value: &str, _: Kwargs, _: &State<'_>) -> String {
    format::masked_address(value)
}
