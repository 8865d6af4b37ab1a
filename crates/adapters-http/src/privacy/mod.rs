//! What people want of the mail they get: the page that every mail leads to, the page that
//! confirms an address, and what staff see and change of it.

pub(crate) mod confirm;
pub(crate) mod lead;
mod page;
mod topics;

use actix_web::http::Method;
use domain::tenancy::{AuditAction, Permission};

use crate::routes::Route;
use crate::security::Access;

const TOPIC_ADDED: AuditAction = AuditAction::new("topic.added");
const TOPIC_CHANGED: AuditAction = AuditAction::new("topic.changed");
const TOPIC_REMOVED: AuditAction = AuditAction::new("topic.removed");
const DEMANDS_CHANGED: AuditAction = AuditAction::new("consent_settings.changed");
const CONSENT_RECORDED: AuditAction = AuditAction::new("consent.recorded");
const MAIL_STOPPED: AuditAction = AuditAction::new("mail.stopped");
const MAIL_RESTORED: AuditAction = AuditAction::new("mail.restored");
const PREFERENCES_CHANGED: AuditAction = AuditAction::new("preferences.changed");

pub(crate) fn routes() -> Vec<Route> {
    let settings = Access::Needs(Permission::ManageSettings);
    let leads = Access::Needs(Permission::EditLeads);
    vec![
        Route::get("/u/{token}", Access::Open, page::show),
        Route::new(Method::HEAD, "/u/{token}", Access::Open, page::show),
        Route::post("/u/{token}", Access::Open, page::submit),
        Route::get("/confirm/{token}", Access::Open, confirm::show),
        Route::new(
            Method::HEAD,
            "/confirm/{token}",
            Access::Open,
            confirm::show,
        ),
        Route::post("/confirm/{token}", Access::Open, confirm::submit),
        Route::post("/confirm/{token}/seen", Access::Open, confirm::seen),
        Route::get("/ui/settings/topics", settings, topics::show),
        Route::post("/ui/settings/topics", settings, topics::add),
        Route::post("/ui/settings/topics/demands", settings, topics::demand),
        Route::post("/ui/settings/topics/{topic}", settings, topics::change),
        Route::post(
            "/ui/settings/topics/{topic}/remove",
            settings,
            topics::remove,
        ),
        Route::post("/ui/leads/{id}/consents", leads, lead::consent::record),
        Route::post("/ui/leads/{id}/preferences", leads, lead::change::submit),
    ]
}
