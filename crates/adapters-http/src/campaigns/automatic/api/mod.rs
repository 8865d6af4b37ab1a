//! Campaigns for programs. (B53)

mod analytics;
mod body;
mod change;
mod control;
mod create;
mod enroll;
mod enrollments;
mod problems;
mod read;
mod shape;
mod steps;
mod strict;
mod trigger;

use actix_web::http::Method;
use domain::ids::CampaignId;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget, Scope};

use crate::error::{Complaint, Failure};
use crate::routes::Route;
use crate::security::{Access, ApiCaller};
use crate::state::AppState;

pub(super) fn routes() -> Vec<Route> {
    const READ: Access = Access::Api(Scope::CampaignsRead);
    const WRITE: Access = Access::Api(Scope::CampaignsWrite);
    const ALL: &str = "/api/v1/automation/campaigns";
    const ONE: &str = "/api/v1/automation/campaigns/{campaign}";
    vec![
        Route::get(ALL, READ, read::list),
        Route::post(ALL, WRITE, create::create),
        Route::get(ONE, READ, read::one),
        Route::new(Method::PUT, ONE, WRITE, change::change),
        Route::new(Method::DELETE, ONE, WRITE, control::remove),
        Route::post(
            "/api/v1/automation/campaigns/{campaign}/activate",
            WRITE,
            control::activate,
        ),
        Route::post(
            "/api/v1/automation/campaigns/{campaign}/pause",
            WRITE,
            control::pause,
        ),
        Route::post(
            "/api/v1/automation/campaigns/{campaign}/resume",
            WRITE,
            control::resume,
        ),
        Route::post(
            "/api/v1/automation/campaigns/{campaign}/enroll",
            WRITE,
            enroll::enroll,
        ),
        Route::get(
            "/api/v1/automation/campaigns/{campaign}/enrollments",
            READ,
            enrollments::list,
        ),
        Route::get(
            "/api/v1/automation/campaigns/{campaign}/analytics",
            READ,
            analytics::show,
        ),
    ]
}

fn impossible(field: impl Into<String>, reason: impl Into<String>) -> Failure {
    Failure::Impossible(Complaint::about(field, reason))
}

/// Writes down which program did what.
fn audit(
    state: &AppState,
    caller: &ApiCaller,
    action: AuditAction,
    id: CampaignId,
) -> Result<(), Failure> {
    let target = AuditTarget::one("campaign", id);
    let entry = AuditEntry::new(caller.actor(), action, target, caller.now());
    Ok(state.ports.audit.append(caller.tenant_id(), &entry)?)
}
