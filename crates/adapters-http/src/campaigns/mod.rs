//! Mail to many (一斉配信): prepared, confirmed, started, watched.

mod ab_form;
mod ab_plan;
mod ab_view;
mod api;
mod audience;
pub(crate) mod automatic;
mod condition;
mod confirm;
mod control;
mod detail;
mod draft;
mod draft_form;
mod draft_page;
mod draft_query;
mod figures;
mod list;
mod recipients;
mod schedule;
mod seen;
mod sends;
mod start;
mod winner;

use domain::tenancy::{AuditAction, Permission};
use domain::tracking::MailSource;

use crate::routes::Route;
use crate::security::Access;

const CREATED: AuditAction = AuditAction::new("broadcast.created");
const CHANGED: AuditAction = AuditAction::new("broadcast.changed");
const REMOVED: AuditAction = AuditAction::new("broadcast.removed");
const STARTED: AuditAction = AuditAction::new("broadcast.started");
const SCHEDULED: AuditAction = AuditAction::new("broadcast.scheduled");
const UNSCHEDULED: AuditAction = AuditAction::new("broadcast.unscheduled");
const LISTED: AuditAction = AuditAction::new("broadcast.listed");
const UNLISTED: AuditAction = AuditAction::new("broadcast.unlisted");
const WINNER_CHOSEN: AuditAction = AuditAction::new("broadcast.winner_chosen");
const PAUSED: AuditAction = AuditAction::new("broadcast.paused");
const RESUMED: AuditAction = AuditAction::new("broadcast.resumed");
const CANCELLED: AuditAction = AuditAction::new("broadcast.cancelled");
const RESENT: AuditAction = AuditAction::new("send.resent");

/// Where a broadcast or campaign is shown.
pub(crate) fn page_of(source: MailSource) -> String {
    match source {
        MailSource::Broadcast(id) => format!("/ui/broadcasts/{id}"),
        MailSource::Campaign(id) => format!("/ui/campaigns/{id}"),
    }
}

pub(crate) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    let send = Access::Needs(Permission::SendMail);
    let mut routes = vec![
        Route::get("/ui/broadcasts", view, list::show),
        Route::post("/ui/broadcasts", send, draft::create),
        Route::get("/ui/broadcasts/new", send, draft::new),
        Route::get("/ui/broadcasts/{broadcast}", view, detail::show),
        Route::get(
            "/ui/broadcasts/{broadcast}/progress",
            view,
            detail::progress,
        ),
        Route::get("/ui/broadcasts/{broadcast}/edit", send, draft::edit),
        Route::post("/ui/broadcasts/{broadcast}/edit", send, draft::change),
        Route::get("/ui/broadcasts/{broadcast}/confirm", send, confirm::show),
        Route::post("/ui/broadcasts/{broadcast}/start", send, start::submit),
        Route::post(
            "/ui/broadcasts/{broadcast}/schedule",
            send,
            schedule::submit,
        ),
        Route::post(
            "/ui/broadcasts/{broadcast}/unschedule",
            send,
            control::unschedule,
        ),
        Route::post("/ui/broadcasts/{broadcast}/winner", send, winner::choose),
        Route::post("/ui/broadcasts/{broadcast}/pause", send, control::pause),
        Route::post("/ui/broadcasts/{broadcast}/resume", send, control::resume),
        Route::post("/ui/broadcasts/{broadcast}/cancel", send, control::cancel),
        Route::post("/ui/broadcasts/{broadcast}/delete", send, control::remove),
        Route::get("/ui/broadcasts/{broadcast}/sends", view, sends::list),
        Route::post(
            "/ui/broadcasts/{broadcast}/sends/{send}/resend",
            send,
            sends::resend,
        ),
    ];
    routes.extend(recipients_routes());
    routes.extend(api::routes());
    routes.extend(automatic::routes());
    routes
}

/// The list that a draft goes to.
fn recipients_routes() -> [Route; 4] {
    let send = Access::Needs(Permission::SendMail);
    [
        Route::get(
            "/ui/broadcasts/{broadcast}/recipients",
            send,
            recipients::show,
        ),
        Route::post(
            "/ui/broadcasts/{broadcast}/recipients",
            send,
            recipients::paste,
        ),
        Route::post(
            "/ui/broadcasts/{broadcast}/recipients/file",
            send,
            recipients::upload,
        ),
        Route::post(
            "/ui/broadcasts/{broadcast}/recipients/remove",
            send,
            recipients::remove,
        ),
    ]
}
