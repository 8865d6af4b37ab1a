//! One broadcast: how far it is and what became of it.

use actix_web::{HttpRequest, web};
use domain::campaigns::{Broadcast, BroadcastStatus, BroadcastTotals, SendingBegan};
use domain::content::Template;
use domain::delivery::{Alarm, ContentLink};
use domain::ids::{BroadcastId, TenantId};
use domain::store::StoreResult;
use domain::tenancy::User;
use domain::tracking::MailSource;
use serde::Deserialize;

use super::ab_view::AbView;
use super::condition::conditions;
use super::figures::Figures;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::{AppState, State};

struct Found {
    broadcast: Broadcast,
    totals: BroadcastTotals,
    template: Option<Template>,
    links: Vec<ContentLink>,
    staff: Vec<User>,
    test: Option<AbView>,
    hourly_limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The status that the page shows.
    seen: Option<String>,
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

/// The part of the page that changes while mail goes out; it asks for itself again. Where the
/// broadcast has moved on, the whole page comes anew, with the buttons of where it stands now.
pub(super) async fn progress(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = broadcast.into_inner();
    let found = blocking(move || find(&state, &me, id)).await?;
    let mut page = page(&request, &found);
    let status = found.broadcast.status.as_str();
    if asked.seen.is_some_and(|seen| seen != status) {
        page = page.header("HX-Refresh", "true");
    }
    page.render_block("progress")
}

fn find(state: &AppState, me: &SignedIn, id: BroadcastId) -> Result<Found, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let broadcast = ports
        .broadcasts
        .find(tenant, id)?
        .ok_or(Failure::NotFound)?;
    let template = ports.templates.find(tenant, broadcast.template)?;
    Ok(Found {
        test: AbView::of(ports, tenant, &broadcast, template.as_ref())?,
        hourly_limit: limit_of(ports, tenant, &broadcast)?,
        totals: ports.broadcasts.totals(tenant, id)?,
        template,
        links: ports
            .mail_contents
            .links_of(tenant, MailSource::Broadcast(id))?,
        staff: ports.users.list(tenant)?,
        broadcast,
    })
}

/// What a broadcast and its tenant let out in an hour at most.
pub(super) fn limit_of(
    ports: &Ports,
    tenant: TenantId,
    broadcast: &Broadcast,
) -> StoreResult<Option<u32>> {
    let of_tenant = ports.delivery_settings.provider(tenant)?.hourly_limit;
    let limits = [broadcast.hourly_limit, of_tenant].into_iter().flatten();
    Ok(limits.min())
}

fn page(request: &HttpRequest, found: &Found) -> Page {
    use BroadcastStatus as Status;
    let broadcast = &found.broadcast;
    let can_cancel = broadcast.status.allows(Status::Cancelled);
    let template = found.template.as_ref();
    let links: Vec<&str> = found.links.iter().map(|link| link.url.as_str()).collect();
    let page = Page::of(request, "campaigns/detail.html");
    let words = conditions(&broadcast.audience, &found.staff, page.locale());
    let (totals, now) = (&found.totals, page.now());
    let end = SendingBegan::of(broadcast)
        .and_then(|began| totals.expected_end(began, found.hourly_limit, now));
    page.titled(&broadcast.name)
        .nav(Nav::Broadcasts)
        .with("id", &broadcast.id)
        .with("status", broadcast.status.as_str())
        .with("is_moving", &broadcast.status.is_moving())
        .with("expected_end", &end)
        .with("scheduled_at", &broadcast.scheduled_at)
        .with("hourly_limit", &broadcast.hourly_limit)
        .with("ab_test", &found.test)
        .with("paused_by", &broadcast.paused_by.map(Alarm::as_str))
        .with("paused_at", &broadcast.paused_at)
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
