//! A draft goes out.

use actix_web::{HttpResponse, web};
use domain::campaigns::{StartPorts, StartRefused, start_broadcast};
use domain::ids::{BroadcastId, TenantId};

use super::STARTED;
use super::draft::audit;
use super::seen::{SeenForm, is_as_seen};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

/// Somebody saved the draft since it was looked at.
pub(super) const CHANGED: &str = "campaigns-refused-changed";

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Form(form): Form<SeenForm>,
) -> PageResult {
    let id = broadcast.into_inner();
    let refused = blocking(move || start(&state, &me, id, form)).await?;
    Ok(done_or_refused(id, "campaigns-started", refused))
}

/// Leads to the broadcast with the good news, or back to where it is confirmed with the reason why
/// not.
pub(super) fn done_or_refused(
    id: BroadcastId,
    done: &'static str,
    refused: Option<&'static str>,
) -> HttpResponse {
    let page = format!("/ui/broadcasts/{id}");
    match refused {
        None => redirect(&page, Some(Flash::success(done))),
        Some(reason) => redirect(&format!("{page}/confirm"), Some(Flash::danger(reason))),
    }
}

/// The key of the text that says why it did not start, where a person can mend that.
fn start(
    state: &AppState,
    me: &SignedIn,
    id: BroadcastId,
    form: SeenForm,
) -> Result<Option<&'static str>, Failure> {
    let found = state.ports.broadcasts.find(me.tenant_id(), id)?;
    let name = found.ok_or(Failure::NotFound)?.name;
    if !is_as_seen(
        &state.ports,
        me.tenant_id(),
        id,
        form.into_seen().as_deref(),
    )? {
        return Ok(Some(CHANGED));
    }
    match started(state, me.tenant_id(), id) {
        Ok(()) => audit(state, me, STARTED, id, &name).map(|()| None),
        Err(refused) => refusal(refused).map(Some),
    }
}

/// What is said to whoever can mend it.
///
/// # Errors
/// What nobody at a form can mend.
pub(super) fn refusal(refused: StartRefused) -> Result<&'static str, Failure> {
    match refused {
        StartRefused::SenderIncomplete(_) => Ok("campaigns-refused-sender"),
        StartRefused::TemplateProblems(_) => Ok("campaigns-refused-template"),
        StartRefused::VariantGone => Ok("campaigns-refused-variant"),
        StartRefused::InThePast => Ok("campaigns-refused-past"),
        StartRefused::TooFarAhead => Ok("campaigns-refused-far"),
        error @ (StartRefused::NotFound | StartRefused::NotADraft | StartRefused::Store(_)) => {
            Err(error.into())
        }
    }
}

/// Starts it on the ports of the installation.
pub(super) fn started(
    state: &AppState,
    tenant: TenantId,
    id: BroadcastId,
) -> Result<(), StartRefused> {
    start_broadcast(&ports(state), tenant, id, state.now())
}

/// What starting and scheduling need.
pub(super) fn ports(state: &AppState) -> StartPorts<'_> {
    StartPorts {
        broadcasts: &*state.ports.broadcasts,
        work: &*state.ports.broadcast_work,
        templates: &*state.ports.templates,
        renderer: &*state.ports.renderer,
        settings: &*state.ports.delivery_settings,
    }
}
