//! Mail templates: list, editor, preview, test mail.

pub(crate) mod composing;
mod create;
mod edit;
mod form;
mod list;
mod merge_tags;
mod preview;
pub(crate) mod problems;
mod remove;
pub(crate) mod sandbox;
mod saving;
mod show;
mod test_send;

use domain::tenancy::{AuditAction, Permission};

use crate::routes::Route;
use crate::security::Access;

const CREATED: AuditAction = AuditAction::new("template.created");
const CHANGED: AuditAction = AuditAction::new("template.changed");
const REMOVED: AuditAction = AuditAction::new("template.removed");
const TEST_SENT: AuditAction = AuditAction::new("template.test_sent");

pub(crate) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    let write = Access::Needs(Permission::EditTemplates);
    let send = Access::Needs(Permission::SendMail);
    vec![
        Route::get("/ui/templates", view, list::show),
        Route::post("/ui/templates", write, create::submit),
        Route::get("/ui/templates/new", write, create::show),
        Route::post("/ui/templates/check", write, preview::check),
        Route::post("/ui/templates/preview", write, preview::unsaved),
        Route::get("/ui/templates/{template}", view, show::show),
        Route::get("/ui/templates/{template}/preview", view, preview::saved),
        Route::get("/ui/templates/{template}/edit", write, edit::show),
        Route::post("/ui/templates/{template}/edit", write, edit::submit),
        Route::post("/ui/templates/{template}/test", send, test_send::submit),
        Route::post("/ui/templates/{template}/delete", write, remove::submit),
    ]
}
