//! Automatic sequences of mails (シナリオ): listed, built, activated, watched.

mod activate;
mod api;
mod builder;
mod context;
mod control;
mod create;
mod detail;
mod document;
mod enroll;
mod figures;
mod flow_rows;
mod limits;
mod list;
mod next_up;
mod of_lead;
mod people;
mod person;
mod problems;
mod recipes;
mod topic;
mod words;

use actix_web::http::Method;
use domain::tenancy::{AuditAction, Permission};

pub(crate) use self::of_lead::OfLead;
use crate::routes::Route;
use crate::security::Access;

const CREATED: AuditAction = AuditAction::new("campaign.created");
const CHANGED: AuditAction = AuditAction::new("campaign.changed");
const REMOVED: AuditAction = AuditAction::new("campaign.removed");
const ACTIVATED: AuditAction = AuditAction::new("campaign.activated");
const PAUSED: AuditAction = AuditAction::new("campaign.paused");
const RESUMED: AuditAction = AuditAction::new("campaign.resumed");
const COMPLETED: AuditAction = AuditAction::new("campaign.completed");
const ENROLLED: AuditAction = AuditAction::new("campaign.enrolled");
const PERSON_PAUSED: AuditAction = AuditAction::new("enrollment.paused");
const PERSON_RESUMED: AuditAction = AuditAction::new("enrollment.resumed");
const PERSON_REMOVED: AuditAction = AuditAction::new("enrollment.removed");

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    let send = Access::Needs(Permission::SendMail);
    let mut routes = vec![
        Route::get("/ui/campaigns", view, list::show),
        Route::post("/ui/campaigns", send, create::create),
        Route::get("/ui/campaigns/{campaign}", view, detail::show),
        Route::get("/ui/campaigns/{campaign}/edit", send, builder::show),
        Route::new(
            Method::PUT,
            "/ui/campaigns/{campaign}/definition",
            send,
            builder::save,
        ),
        Route::get("/ui/campaigns/{campaign}/activate", send, activate::show),
        Route::post("/ui/campaigns/{campaign}/activate", send, activate::submit),
        Route::post("/ui/campaigns/{campaign}/pause", send, control::pause),
        Route::post("/ui/campaigns/{campaign}/resume", send, control::resume),
        Route::post("/ui/campaigns/{campaign}/topic", send, topic::choose),
        Route::post("/ui/campaigns/{campaign}/complete", send, control::complete),
        Route::post("/ui/campaigns/{campaign}/delete", send, control::remove),
        Route::post("/ui/campaigns/{campaign}/copy", send, create::copy),
        Route::get("/ui/campaigns/{campaign}/enroll", send, enroll::show),
        Route::post("/ui/campaigns/{campaign}/enroll", send, enroll::submit),
    ];
    routes.extend(routes_of_people(view, send));
    routes.extend(api::routes());
    routes
}

fn routes_of_people(view: Access, send: Access) -> Vec<Route> {
    vec![
        Route::get("/ui/campaigns/{campaign}/people", view, people::list),
        Route::get(
            "/ui/campaigns/{campaign}/people/{enrollment}",
            view,
            person::show,
        ),
        Route::post(
            "/ui/campaigns/{campaign}/people/{enrollment}/pause",
            send,
            person::pause,
        ),
        Route::post(
            "/ui/campaigns/{campaign}/people/{enrollment}/resume",
            send,
            person::resume,
        ),
        Route::post(
            "/ui/campaigns/{campaign}/people/{enrollment}/remove",
            send,
            person::remove,
        ),
    ]
}
