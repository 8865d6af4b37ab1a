//! Putting the clock of a demo forward.
//!
//! Like the mailbox it answers only in a demo and asks nobody to sign in. What another site makes a
//! browser send is refused, because time cannot be put back.

use actix_web::HttpRequest;
use chrono::TimeDelta;
use serde::Deserialize;

use super::mailbox;
use crate::blocking::blocking_long;
use crate::error::{Complaint, Failure, PageError, PageResult};
use crate::extract::Form;
use crate::pages::redirect;
use crate::security::is_from_our_page;
use crate::state::State;

/// The longest jump at once. Days.
const LONGEST_DAYS: i64 = 31;
/// The jumps that the mailbox offers, with the ends of the keys of their texts.
pub(super) const OFFERED: [(&str, &str); 3] = [("PT1H", "hour"), ("P1D", "day"), ("P7D", "week")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jump {
    /// How far, as in ISO 8601: `PT1H`, `P1D`, `P1DT12H`.
    advance: String,
}

pub(super) async fn advance(
    request: HttpRequest,
    state: State,
    jump: Result<Form<Jump>, PageError>,
) -> PageResult {
    let machine = state.ports.time_machine.clone();
    let machine = machine.ok_or(Failure::NotFound)?;
    if !is_from_our_page(&request, &state.address.url) {
        return Err(Failure::ForeignForm.into());
    }
    let Form(jump) = jump?;
    let by = duration(&jump.advance).ok_or_else(|| {
        let wanted = "a duration of ISO 8601 of at most 31 days, such as PT1H or P7D";
        Failure::Invalid(Complaint::about("advance", wanted))
    })?;
    let now = blocking_long(move || machine.advance(by)).await?;
    tracing::info!(%now, "the clock was put forward");
    Ok(redirect(mailbox::PATH, None))
}

/// A duration of ISO 8601 in weeks, days, hours, minutes and seconds, if it is one to jump by.
fn duration(text: &str) -> Option<TimeDelta> {
    let text = text.strip_prefix('P')?;
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let days = total(date, &[('W', 7 * 86_400), ('D', 86_400)])?;
    let hours = total(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    let sum = TimeDelta::try_seconds(days + hours)?;
    (sum > TimeDelta::zero() && sum <= TimeDelta::days(LONGEST_DAYS)).then_some(sum)
}

/// The seconds of `3H20M`, whose units come in this order, each at most once.
fn total(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut rest, mut sum) = (text, 0);
    for (unit, seconds) in units {
        if let Some((number, after)) = rest.split_once(*unit) {
            let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
            let number: u32 = is_plain.then(|| number.parse().ok())??;
            sum += i64::from(number) * seconds;
            rest = after;
        }
    }
    rest.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_iso_8601_writes_them() {
        for (text, seconds) in [
            ("PT1H", 3_600),
            ("P1D", 86_400),
            ("P1W", 7 * 86_400),
            ("P31D", 31 * 86_400),
            ("PT25H", 25 * 3_600),
            ("P1DT2H3M4S", 86_400 + 2 * 3_600 + 3 * 60 + 4),
        ] {
            assert_eq!(duration(text), Some(TimeDelta::seconds(seconds)), "{text}");
        }
        for (offered, _) in OFFERED {
            assert!(duration(offered).is_some(), "{offered}");
        }
    }

    #[test]
    fn nothing_leads_back_or_too_far() {
        let wrong = "P PT P0D PT0S -P1D P-1D P+1D PD P1 1D P1H PT1D P1D1W PT1S1H P1D1D P1Y P1M \
                     P1.5D P32D P31DT1S P99999999999D P４D p1d";
        for text in wrong.split_whitespace().chain(["", "P1D "]) {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
