//! Making a campaign (B16, B53).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::CampaignId;

use super::audit;
use super::body::CampaignBody;
use super::read::in_full;
use super::shape::CampaignInFull;
use crate::blocking::blocking;
use crate::campaigns::automatic::CREATED;
use crate::campaigns::automatic::builder::as_stored;
use crate::campaigns::automatic::create::draft;
use crate::error::{ApiError, Failure};
use crate::extract::ApiJson;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

/// A repeat with the same key finds what the first call made.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(super) async fn create(
    request: HttpRequest,
    caller: ApiCaller,
    state: State,
    ApiJson(body): ApiJson<CampaignBody>,
) -> Result<HttpResponse, ApiError> {
    let key = request.headers().get(IDEMPOTENCY_KEY);
    let id = key.map_or_else(CampaignId::new, |key| {
        let tenant = caller.tenant_id().uuid();
        CampaignId::derived(&[tenant.as_bytes(), key.as_bytes()])
    });
    let shape = blocking(move || keep(&state, &caller, id, body)).await?;
    let location = format!("/api/v1/automation/campaigns/{id}");
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(shape))
}

fn keep(
    state: &AppState,
    caller: &ApiCaller,
    id: CampaignId,
    body: CampaignBody,
) -> Result<CampaignInFull, Failure> {
    let (tenant, ports) = (caller.tenant_id(), &state.ports);
    if ports.campaigns.find(tenant, id)?.is_none() {
        let definition = body.definition(ports, tenant, id)?;
        let campaign = draft(id, definition, None, as_stored(caller.now()));
        ports.campaigns.create(tenant, &campaign)?;
        audit(state, caller, CREATED, id)?;
    }
    in_full(state, caller, id)
}
