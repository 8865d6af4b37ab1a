//! Making a broadcast, and starting it at once where that is asked.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use domain::campaigns::{
    AbDifference, AbTest, AbTestFault, BroadcastDraft, BroadcastDraftFault, BroadcastStatus,
};
use domain::ids::{BroadcastId, TemplateId};
use domain::leads::LeadFilter;
use serde::Deserialize;

use super::read::counted;
use super::shape::BroadcastWithCounts;
use super::start::audit;
use crate::blocking::blocking;
use crate::campaigns::audience::mailable;
use crate::campaigns::schedule::scheduled;
use crate::campaigns::start::started;
use crate::campaigns::{CREATED, SCHEDULED, STARTED};
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiJson;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

/// A repeat with the same key finds what the first call made.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBroadcast {
    name: String,
    template_id: TemplateId,
    /// Everyone whom mail may reach, unless it says less.
    #[serde(default)]
    audience: LeadFilter,
    #[serde(default = "yes")]
    tracking: bool,
    /// How many of its mails go out in an hour at most.
    hourly_limit: Option<u32>,
    /// Two variants to test first.
    ab_test: Option<AbTest>,
    #[serde(default)]
    start: bool,
    /// When it starts by itself, instead of now.
    scheduled_at: Option<DateTime<Utc>>,
}

/// What a new broadcast does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    StaysADraft,
    Starts,
    StartsAt(DateTime<Utc>),
}

const fn yes() -> bool {
    true
}

pub(super) async fn create(
    request: HttpRequest,
    caller: ApiCaller,
    state: State,
    ApiJson(new): ApiJson<NewBroadcast>,
) -> Result<HttpResponse, ApiError> {
    let key = request.headers().get(IDEMPOTENCY_KEY);
    let id = key.map_or_else(BroadcastId::new, |key| {
        let tenant = caller.tenant_id().uuid();
        BroadcastId::derived(&[tenant.as_bytes(), key.as_bytes()])
    });
    let shape = blocking(move || keep(&state, &caller, id, new)).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/broadcasts/{id}")))
        .json(shape))
}

fn keep(
    state: &AppState,
    caller: &ApiCaller,
    id: BroadcastId,
    new: NewBroadcast,
) -> Result<BroadcastWithCounts, Failure> {
    let (tenant, ports) = (caller.tenant_id(), &state.ports);
    let then = new.then()?;
    if let Some(found) = ports.broadcasts.find(tenant, id)? {
        // Whoever made it may have got no further.
        if found.status == BroadcastStatus::Draft {
            begin(state, caller, id, then)?;
        }
        return counted(state, caller, id);
    }
    let draft = new.draft()?;
    if ports.templates.find(tenant, draft.template)?.is_none() {
        return Err(impossible("template_id", "there is no such template"));
    }
    if let Some(AbDifference::Template(other)) = draft.ab_test.as_ref().map(|test| &test.b)
        && ports.templates.find(tenant, *other)?.is_none()
    {
        return Err(impossible("ab_test", "there is no such template"));
    }
    let broadcast = draft.into_broadcast(id, None, caller.now());
    ports.broadcasts.create(tenant, &broadcast)?;
    audit(state, caller, CREATED, id)?;
    begin(state, caller, id, then)?;
    counted(state, caller, id)
}

/// What a new broadcast is to do at once. A program asked for a broadcast that runs: a refusal leaves
/// nothing behind.
fn begin(state: &AppState, caller: &ApiCaller, id: BroadcastId, then: Then) -> Result<(), Failure> {
    let tenant = caller.tenant_id();
    let (begun, action) = match then {
        Then::StaysADraft => return Ok(()),
        Then::Starts => (started(state, tenant, id), STARTED),
        Then::StartsAt(at) => (scheduled(state, tenant, id, at), SCHEDULED),
    };
    if let Err(refused) = begun {
        state.ports.broadcasts.remove_draft(tenant, id)?;
        return Err(refused.into());
    }
    audit(state, caller, action, id)
}

impl NewBroadcast {
    fn then(&self) -> Result<Then, Failure> {
        match (self.start, self.scheduled_at) {
            (false, None) => Ok(Then::StaysADraft),
            (true, None) => Ok(Then::Starts),
            (false, Some(at)) => Ok(Then::StartsAt(at)),
            (true, Some(_)) => Err(impossible("scheduled_at", "it starts now")),
        }
    }

    fn draft(self) -> Result<BroadcastDraft, Failure> {
        // Lists are uploaded by people, who see what was not found.
        if self.audience.listed_for.is_some() {
            return Err(impossible("audience.listed_for", "cannot be set"));
        }
        let draft = BroadcastDraft {
            name: self.name,
            template: self.template_id,
            audience: mailable(self.audience),
            tracking: self.tracking,
            hourly_limit: self.hourly_limit,
            ab_test: self.ab_test,
        };
        match draft.fault() {
            None => Ok(draft),
            Some(BroadcastDraftFault::NameMissing) => Err(impossible("name", "is missing")),
            Some(BroadcastDraftFault::NameTooLong) => {
                Err(impossible("name", "has more than 120 characters"))
            }
            Some(BroadcastDraftFault::HourlyLimit) => {
                Err(impossible("hourly_limit", "must be 1 to 1000000"))
            }
            Some(BroadcastDraftFault::AbTest(fault)) => Err(impossible("ab_test", reason(fault))),
        }
    }
}

/// What is wrong with a test, for a program.
const fn reason(fault: AbTestFault) -> &'static str {
    match fault {
        AbTestFault::Share => "share_percent must be 10 to 100",
        AbTestFault::Wait => "wait_hours must be 1 to 168",
        AbTestFault::SubjectMissing => "the subject of variant B is missing",
        AbTestFault::SubjectTooLong => "the subject of variant B has more than 200 characters",
        AbTestFault::SameTemplate => "both variants are the same template",
        AbTestFault::SameTime => "both variants go out at the same time",
        AbTestFault::NotTracked => "without tracking nothing can be compared",
    }
}

fn impossible(field: &str, reason: &str) -> Failure {
    Failure::Impossible(Complaint::about(field, reason))
}
