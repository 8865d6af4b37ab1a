//! Starting a draft.

use actix_web::{HttpResponse, web};
use domain::ids::BroadcastId;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};

use super::read::counted;
use crate::blocking::blocking;
use crate::campaigns::STARTED;
use crate::campaigns::start::started;
use crate::error::{ApiError, Failure};
use crate::security::ApiCaller;
use crate::state::{AppState, State};

pub(super) async fn start(
    caller: ApiCaller,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> Result<HttpResponse, ApiError> {
    let id = broadcast.into_inner();
    let shape = blocking(move || {
        started(&state, caller.tenant_id(), id)?;
        audit(&state, &caller, STARTED, id)?;
        counted(&state, &caller, id)
    })
    .await?;
    Ok(HttpResponse::Ok().json(shape))
}

/// Writes down which program did what.
pub(super) fn audit(
    state: &AppState,
    caller: &ApiCaller,
    action: AuditAction,
    id: BroadcastId,
) -> Result<(), Failure> {
    let target = AuditTarget::one("broadcast", id);
    let entry = AuditEntry::new(caller.actor(), action, target, caller.now());
    Ok(state.ports.audit.append(caller.tenant_id(), &entry)?)
}
