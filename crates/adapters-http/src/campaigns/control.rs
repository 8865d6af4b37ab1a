//! Pausing, resuming, cancelling, and removing a draft.

use actix_web::{HttpResponse, web};
use domain::campaigns::{Broadcast, BroadcastStatus};
use domain::ids::BroadcastId;
use domain::tenancy::AuditAction;

use super::draft::audit;
use super::{CANCELLED, PAUSED, REMOVED, RESUMED, UNSCHEDULED};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(super) async fn pause(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let change = (PAUSED, "campaigns-paused");
    let next = |_: &Broadcast| BroadcastStatus::Paused;
    change_to(me, state, broadcast.into_inner(), next, change).await
}

pub(super) async fn resume(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let change = (RESUMED, "campaigns-resumed");
    change_to(
        me,
        state,
        broadcast.into_inner(),
        Broadcast::resumed,
        change,
    )
    .await
}

pub(super) async fn cancel(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let change = (CANCELLED, "campaigns-cancelled");
    let next = |_: &Broadcast| BroadcastStatus::Cancelled;
    change_to(me, state, broadcast.into_inner(), next, change).await
}

/// What was scheduled becomes a draft again.
pub(super) async fn unschedule(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let change = (UNSCHEDULED, "campaigns-unscheduled");
    let next = |_: &Broadcast| BroadcastStatus::Draft;
    change_to(me, state, broadcast.into_inner(), next, change).await
}

pub(super) async fn remove(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let removed = blocking(move || {
        let found = state.ports.broadcasts.find(me.tenant_id(), id)?;
        let name = found.ok_or(Failure::NotFound)?.name;
        let removed = state.ports.broadcasts.remove_draft(me.tenant_id(), id)?;
        if removed {
            audit(&state, &me, REMOVED, id, &name)?;
        }
        Ok::<_, Failure>(removed)
    })
    .await?;
    Ok(if removed {
        redirect("/ui/broadcasts", Some(Flash::success("campaigns-removed")))
    } else {
        let flash = Flash::danger("campaigns-moved-on");
        redirect(&format!("/ui/broadcasts/{id}"), Some(flash))
    })
}

async fn change_to(
    me: SignedIn,
    state: State,
    id: BroadcastId,
    next: impl FnOnce(&Broadcast) -> BroadcastStatus + Send + 'static,
    (action, done): (AuditAction, &'static str),
) -> PageResult {
    let changed = blocking(move || {
        let (tenant, now) = (me.tenant_id(), me.now());
        let broadcasts = &state.ports.broadcasts;
        let found = broadcasts.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let changed = broadcasts.change_status(tenant, id, next(&found), now)?;
        if changed {
            audit(&state, &me, action, id, &found.name)?;
        }
        Ok::<_, Failure>(changed)
    })
    .await?;
    Ok(changed_or_moved_on(id, changed, done))
}

/// Leads to the broadcast with the good news, or with the news that somebody else was quicker.
pub(super) fn changed_or_moved_on(
    id: BroadcastId,
    changed: bool,
    done: &'static str,
) -> HttpResponse {
    let flash = if changed {
        Flash::success(done)
    } else {
        Flash::danger("campaigns-moved-on")
    };
    redirect(&format!("/ui/broadcasts/{id}"), Some(flash))
}
