//! A draft that starts by itself later.

use actix_web::web;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::campaigns::{StartRefused, moment_on, schedule_broadcast};
use domain::ids::{BroadcastId, TenantId};
use serde::Deserialize;

use super::SCHEDULED;
use super::draft::audit;
use super::seen::is_as_seen;
use super::start::{CHANGED, done_or_refused, ports, refusal};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::security::SignedIn;
use crate::state::{AppState, State};

const DONE: &str = "campaigns-scheduled";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleForm {
    /// As the clock on the organisation's wall shows it: `2026-11-30T09:00`.
    at: String,
    /// What the page showed.
    seen: Option<String>,
}

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Form(form): Form<ScheduleForm>,
) -> PageResult {
    let id = broadcast.into_inner();
    let Some(at) = moment(&form.at, me.tenant().time_zone) else {
        let refused = Some("campaigns-refused-when");
        return Ok(done_or_refused(id, DONE, refused));
    };
    let refused = blocking(move || schedule(&state, &me, id, at, form.seen.as_deref())).await?;
    Ok(done_or_refused(id, DONE, refused))
}

/// The moment that a field for date and time means. A time that clocks leave out is the moment
/// they are turned on.
fn moment(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let mut read = formats
        .into_iter()
        .filter_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok());
    let local = read.next()?;
    moment_on(local.date(), local.time(), zone)
}

fn schedule(
    state: &AppState,
    me: &SignedIn,
    id: BroadcastId,
    at: DateTime<Utc>,
    seen: Option<&str>,
) -> Result<Option<&'static str>, Failure> {
    let tenant = me.tenant_id();
    let found = state.ports.broadcasts.find(tenant, id)?;
    let name = found.ok_or(Failure::NotFound)?.name;
    if !is_as_seen(&state.ports, tenant, id, seen)? {
        return Ok(Some(CHANGED));
    }
    match scheduled(state, tenant, id, at) {
        Ok(()) => audit(state, me, SCHEDULED, id, &name).map(|()| None),
        Err(refused) => refusal(refused).map(Some),
    }
}

/// Schedules it on the ports of the installation.
pub(super) fn scheduled(
    state: &AppState,
    tenant: TenantId,
    id: BroadcastId,
    at: DateTime<Utc>,
) -> Result<(), StartRefused> {
    schedule_broadcast(&ports(state), tenant, id, at, state.now())
}

#[cfg(test)]
mod tests {
    use chrono_tz::{Asia, Europe};

    use super::*;

    #[test]
    fn a_time_is_that_of_the_organisations_clock() {
        let at = |text, zone| moment(text, zone).map(|at| at.to_rfc3339());
        let nine = Some("2026-11-30T00:00:00+00:00".to_owned());
        assert_eq!(at("2026-11-30T09:00", Asia::Tokyo), nine);
        assert_eq!(at("2026-11-30T09:00:00", Asia::Tokyo), nine);
        let left_out = at("2026-03-29T02:30", Europe::Berlin);
        assert_eq!(left_out, Some("2026-03-29T01:00:00+00:00".to_owned()));
        for nonsense in ["", "2026-11-30", "2026-13-01T09:00", "9:00"] {
            assert_eq!(at(nonsense, Asia::Tokyo), None, "{nonsense}");
        }
    }
}
