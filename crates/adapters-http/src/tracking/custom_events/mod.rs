//! `POST /api/v1/engagements`: programs of the customer report what leads did.

mod batch;
mod subjects;

use std::num::NonZeroU32;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::tracking::{Action, CustomEventRefused, Engagement, Kept, Subject, custom_event};
use serde::Serialize;

use self::batch::Batch;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiJson;
use crate::intake;
use crate::metrics::Limited;
use crate::security::{ApiCaller, note};
use crate::state::{AppState, State};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

#[derive(Serialize)]
struct Answer {
    engagements: Vec<Receipt>,
}

/// What became of one event.
#[derive(Serialize)]
struct Receipt {
    id: EngagementId,
    stored: &'static str,
    /// Not known before the event is in the database.
    new: Option<bool>,
    lead_id: Option<LeadId>,
}

/// Makes all events of the request durable, or none. While the database is away they go to the
/// spool; whose they are is found out later.
pub(super) async fn take(
    request: HttpRequest,
    caller: ApiCaller,
    state: State,
    ApiJson(batch): ApiJson<Batch>,
) -> Result<HttpResponse, ApiError> {
    let tenant = caller.tenant_id();
    count(&request, &state, tenant, batch.len())?;
    let mut engagements = read(batch, request_key(request.headers())?, &caller)?;
    if !caller.is_recalled() {
        subjects::find(&state, tenant, &mut engagements).await?;
    }
    let events: Vec<Engagement> = engagements.iter().map(|(_, event)| event.clone()).collect();
    let patience = state.limits.answer_deadline;
    let kept = intake::take(&*state.ports.intake, events, patience).await?;
    let in_log = kept.iter().all(|kept| matches!(kept, Kept::InLog(_)));
    let receipts = engagements.iter().zip(&kept);
    let answer = Answer {
        engagements: receipts
            .map(|((_, event), kept)| Receipt::of(event, kept))
            .collect(),
    };
    let mut response = if in_log {
        HttpResponse::Ok()
    } else {
        HttpResponse::Accepted()
    };
    Ok(response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}

/// One was counted with the request.
fn count(
    request: &HttpRequest,
    state: &AppState,
    tenant: TenantId,
    events: usize,
) -> Result<(), Failure> {
    let more = u32::try_from(events).unwrap_or(u32::MAX).saturating_sub(1);
    let Some(more) = NonZeroU32::new(more) else {
        return Ok(());
    };
    note(request, "organisation", state.rates.tenant(tenant, more))
        .inspect_err(|_| state.metrics.limited(Limited::Api))
}

/// The key of the whole request. Quotes around it, as in draft-ietf-httpapi-idempotency-key-header,
/// do not belong to it.
fn request_key(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_not_ascii| invalid_key("it must be printable ASCII"))?;
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Ok(Some(bare.unwrap_or(text).to_owned()))
}

fn invalid_key(reason: &str) -> Failure {
    Failure::Invalid(Complaint::about("Idempotency-Key", reason))
}

/// An engagement, and the place of its event in the request if there were several.
type Placed = (Option<usize>, Engagement);

fn read(
    batch: Batch,
    request_key: Option<String>,
    caller: &ApiCaller,
) -> Result<Vec<Placed>, Failure> {
    let (tenant, now) = (caller.tenant_id(), caller.now());
    batch
        .into_events()
        .map(|(place, document)| {
            let input = document
                .input(request_key.as_deref(), place.unwrap_or_default())
                .map_err(|complaint| impossible(place, complaint))?;
            let event = custom_event(input, tenant, now)
                .map_err(|refused| impossible(place, complaint_of(refused)))?;
            Ok((place, event))
        })
        .collect()
}

fn complaint_of(refused: CustomEventRefused) -> Complaint {
    let field = match refused {
        CustomEventRefused::TimeMissing
        | CustomEventRefused::Future
        | CustomEventRefused::TooOld => "occurred_at",
        CustomEventRefused::Key => "idempotency_key",
    };
    Complaint::about(field, refused.to_string())
}

fn impossible(place: Option<usize>, complaint: Complaint) -> Failure {
    Failure::Impossible(match place {
        Some(place) => complaint.at(place),
        None => complaint,
    })
}

impl Receipt {
    fn of(event: &Engagement, kept: &Kept) -> Self {
        let named = match &event.action {
            Action::Custom {
                subject: Subject::Lead(lead),
                ..
            } => Some(*lead),
            Action::Custom { .. }
            | Action::Open { .. }
            | Action::Click { .. }
            | Action::PageView { .. }
            | Action::Report { .. } => None,
        };
        Self {
            id: event.id,
            stored: match kept {
                Kept::InLog(_) => "database",
                Kept::InSpool => "spool",
                Kept::Buried => "set_aside",
            },
            new: kept.appended().map(|appended| appended.is_new),
            lead_id: kept.appended().map_or(named, |appended| appended.lead),
        }
    }
}
