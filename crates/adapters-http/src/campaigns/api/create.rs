//! Making a broadcast, and starting it at once where that is asked.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use domain::campaigns::{BroadcastDraft, BroadcastDraftFault};
use domain::ids::{BroadcastId, TemplateId};
use domain::leads::LeadFilter;
use serde::Deserialize;

use super::read::counted;
use super::shape::BroadcastWithCounts;
use super::start::audit;
use crate::blocking::blocking;
use crate::campaigns::audience::mailable;
use crate::campaigns::start::started;
use crate::campaigns::{CREATED, STARTED};
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
    #[serde(default)]
    start: bool,
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
    if ports.broadcasts.find(tenant, id)?.is_some() {
        return counted(state, caller, id);
    }
    let starts = new.start;
    let draft = new.draft()?;
    if ports.templates.find(tenant, draft.template)?.is_none() {
        return Err(impossible("template_id", "there is no such template"));
    }
    let broadcast = draft.into_broadcast(id, None, Utc::now());
    ports.broadcasts.create(tenant, &broadcast)?;
    audit(state, caller, CREATED, id)?;
    if starts {
        if let Err(refused) = started(state, tenant, id) {
            // A program asked for a broadcast that runs: a refusal leaves nothing behind.
            ports.broadcasts.remove_draft(tenant, id)?;
            return Err(refused.into());
        }
        audit(state, caller, STARTED, id)?;
    }
    counted(state, caller, id)
}

impl NewBroadcast {
    fn draft(self) -> Result<BroadcastDraft, Failure> {
        let draft = BroadcastDraft {
            name: self.name,
            template: self.template_id,
            audience: mailable(self.audience),
            tracking: self.tracking,
        };
        match draft.fault() {
            None => Ok(draft),
            Some(BroadcastDraftFault::NameMissing) => Err(impossible("name", "is missing")),
            Some(BroadcastDraftFault::NameTooLong) => {
                Err(impossible("name", "has more than 120 characters"))
            }
        }
    }
}

fn impossible(field: &str, reason: &str) -> Failure {
    Failure::Impossible(Complaint::about(field, reason))
}
