//! What filters and functions read from the page around them: language, zone and time.
//!
//! A component sees only its arguments; one that formats takes them as implicit arguments:
//! `{% component when(at: string, @lang, @time_zone, @now) %}`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::tenancy::Locale;
use tera::{Error, State, TeraResult};

/// The language of the page.
pub(crate) fn locale_of(state: &State<'_>) -> TeraResult<Locale> {
    let tag = required(state, "lang")?;
    Locale::parse(&tag).ok_or_else(|| Error::message(format!("`{tag}` is no language of ours")))
}

/// The zone in which the page shows times.
pub(crate) fn zone_of(state: &State<'_>) -> TeraResult<Tz> {
    required(state, "time_zone")?
        .parse()
        .map_err(Error::message)
}

/// The time at which the page is shown.
pub(crate) fn now_of(state: &State<'_>) -> TeraResult<DateTime<Utc>> {
    moment(&required(state, "now")?)
}

/// A moment as serde writes it (RFC 3339).
pub(crate) fn moment(text: &str) -> TeraResult<DateTime<Utc>> {
    text.parse().map_err(Error::message)
}

fn required(state: &State<'_>, name: &str) -> TeraResult<String> {
    state.get::<String>(name)?.ok_or_else(|| {
        Error::message(format!(
            "`{name}` is not visible here: give the component the argument `@{name}`"
        ))
    })
}
