//! Deleting a lead with all its traces.

use actix_web::web;
use domain::ids::LeadId;
use domain::leads::audit;
use domain::tenancy::AuditEntry;

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(super) async fn delete(me: SignedIn, state: State, id: web::Path<LeadId>) -> PageResult {
    let (tenant, actor, id) = (me.tenant_id(), me.actor(), id.into_inner());
    blocking(move || {
        if !state.ports.lead_removal.remove(tenant, id)? {
            return Err(Failure::NotFound);
        }
        let entry = AuditEntry::new(actor, audit::LEAD_DELETED, audit::lead(id), state.now());
        Ok(state.ports.audit.append(tenant, &entry)?)
    })
    .await?;
    Ok(redirect("/ui/leads", Some(Flash::success("leads-deleted"))))
}
