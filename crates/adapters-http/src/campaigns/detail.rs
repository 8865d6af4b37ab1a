//! One broadcast: how far it is and what became of it.

use actix_web::{HttpRequest, web};
use domain::campaigns::{Broadcast, BroadcastStatus, BroadcastTotals};
use domain::content::Template;
use domain::delivery::ContentLink;
use domain::ids::BroadcastId;
use domain::tenancy::User;
use domain::tracking::MailSource;

use super::condition::conditions;
use super::figures::Figures;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};

struct Found {
    broadcast: Broadcast,
    totals: BroadcastTotals,
    template: Option<Template>,
    links: Vec<ContentLink>,
    staff: Vec<User>,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    page(&request, &found).render()
}

/// The part of the page that changes while mail goes out; it asks for itself again.
pub(super) async fn progress(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    page(&request, &found).render_block("progress")
}

fn find(state: &AppState, me: &SignedIn, id: BroadcastId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let broadcast = ports
        .broadcasts
        .find(tenant, id)?
        .ok_or(Failure::NotFound)?;
    Ok(Found {
        totals: ports.broadcasts.totals(tenant, id)?,
        template: ports.templates.find(tenant, broadcast.template)?,
        links: ports
            .mail_contents
            .links_of(tenant, MailSource::Broadcast(id))?,
        staff: ports.users.list(tenant)?,
        broadcast,
    })
}

fn page(request: &HttpRequest, found: &Found) -> Page {
    use BroadcastStatus as Status;
    let broadcast = &found.broadcast;
    let is_moving = matches!(broadcast.status, Status::Preparing | Status::Sending);
    let can_cancel = broadcast.status.allows(Status::Cancelled);
    let template = found.template.as_ref();
    let links: Vec<&str> = found.links.iter().map(|link| link.url.as_str()).collect();
    let page = Page::of(request, "campaigns/detail.html");
    let words = conditions(&broadcast.audience, &found.staff, page.locale());
    page.titled(&broadcast.name)
        .nav(Nav::Broadcasts)
        .with("id", &broadcast.id)
        .with("status", broadcast.status.as_str())
        .with("is_moving", &is_moving)
        .with("can_pause", &broadcast.status.allows(Status::Paused))
        .with("can_resume", &(broadcast.status == Status::Paused))
        .with("can_cancel", &can_cancel)
        .with("tracking", &broadcast.tracking)
        .with("template", &broadcast.template)
        .with("template_name", &template.map(|template| &template.name))
        .with("created_at", &broadcast.created_at)
        .with("started_at", &broadcast.started_at)
        .with("finished_at", &broadcast.finished_at)
        .with("conditions", &words)
        .with("links", &links)
        .with("figures", &Figures::of(&found.totals))
}
