//! Stopping an import; what it has stored stays.

use actix_web::web;
use domain::ids::ImportId;
use domain::leads::audit;
use domain::tenancy::AuditEntry;

use super::address;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(super) async fn cancel(me: SignedIn, state: State, id: web::Path<ImportId>) -> PageResult {
    let (tenant, actor, id) = (me.tenant_id(), me.actor(), id.into_inner());
    let cancelled = blocking(move || {
        let ports = &state.ports;
        ports.imports.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let now = ports.now();
        if !ports.imports.cancel(tenant, id, now)? {
            return Ok(false);
        }
        let entry = AuditEntry::new(actor, audit::IMPORT_CANCELLED, audit::import(id), now);
        ports.audit.append(tenant, &entry)?;
        // What cannot be removed now is swept with the old uploads.
        drop(ports.import_files.discard(tenant, id));
        Ok::<_, Failure>(true)
    })
    .await?;
    let flash = if cancelled {
        Flash::success("leads-import-cancelled")
    } else {
        Flash::danger("leads-import-too-late")
    };
    Ok(redirect(&address(id), Some(flash)))
}
