//! What staff are told, and the secret by which other programs know our calls.

mod list;
mod read;
mod unread;
mod webhooks;

use domain::tenancy::{AuditAction, Permission};

use crate::routes::Route;
use crate::security::Access;

const SECRET_RENEWED: AuditAction = AuditAction::new("webhook_secret.renewed");

pub(crate) fn routes() -> Vec<Route> {
    const MINE: Access = Access::SignedIn;
    const SETTINGS: Access = Access::Needs(Permission::ManageSettings);
    vec![
        Route::get("/ui/notifications", MINE, list::show),
        Route::get("/ui/notifications/unread", MINE, unread::show),
        Route::post("/ui/notifications/read", MINE, read::all),
        Route::post("/ui/notifications/{notification}/read", MINE, read::one),
        Route::get("/ui/settings/webhooks", SETTINGS, webhooks::show),
        Route::post("/ui/settings/webhooks", SETTINGS, webhooks::renew),
    ]
}
