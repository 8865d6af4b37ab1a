//! Mail templates: list, editors, starters, versions, pictures, preview, test mail.

pub(crate) mod composing;
mod create;
mod dark;
mod edit;
mod form;
mod images;
mod list;
mod measure;
mod merge_tags;
mod preview;
pub(crate) mod problems;
mod remove;
pub(crate) mod sandbox;
mod saving;
mod show;
mod starters;
mod test_send;
mod versions;

use domain::tenancy::{AuditAction, Permission};

pub(crate) use images::ImageMemory;

use crate::routes::Route;
use crate::security::Access;

const CREATED: AuditAction = AuditAction::new("template.created");
const CHANGED: AuditAction = AuditAction::new("template.changed");
const IMAGE_UPLOADED: AuditAction = AuditAction::new("template.image_uploaded");
const RESTORED: AuditAction = AuditAction::new("template.restored");
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
        Route::get("/ui/templates/starters/{key}", write, preview::starter),
        Route::get("/ui/templates/images", write, images::list),
        Route::post("/ui/templates/images", write, images::upload),
        Route::get("/media/{tenant}/{key}", Access::Open, images::serve),
        Route::get("/ui/templates/{template}/versions", view, versions::list),
        Route::post(
            "/ui/templates/{template}/versions/{version}/restore",
            write,
            versions::restore,
        ),
        Route::get("/ui/templates/{template}", view, show::show),
        Route::get("/ui/templates/{template}/preview", view, preview::saved),
        Route::get("/ui/templates/{template}/edit", write, edit::show),
        Route::post("/ui/templates/{template}/edit", write, edit::submit),
        Route::post("/ui/templates/{template}/test", send, test_send::submit),
        Route::post("/ui/templates/{template}/delete", write, remove::submit),
    ]
}
