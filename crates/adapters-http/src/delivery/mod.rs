//! Who sends and by what, and what providers report.

pub(crate) mod deliverability;
pub(crate) mod hand_over;
mod mailbox;
mod provider;
pub(crate) mod sender;
mod sending;
mod time_machine;
mod webhook;

use domain::tenancy::{AuditAction, Permission};

use crate::routes::Route;
use crate::security::Access;

const SENDER_CHANGED: AuditAction = AuditAction::new("sender.changed");
const PROVIDER_CHANGED: AuditAction = AuditAction::new("mail_provider.changed");
const HONEYPOT_ON: AuditAction = AuditAction::new("honeypot.turned_on");
const HONEYPOT_OFF: AuditAction = AuditAction::new("honeypot.turned_off");
const PROVIDER_TESTED: AuditAction = AuditAction::new("mail_provider.tested");

pub(crate) fn routes() -> Vec<Route> {
    let settings = Access::Needs(Permission::ManageSettings);
    let look = Access::Needs(Permission::ViewReports);
    vec![
        Route::get("/ui/settings/sender", settings, sender::show),
        Route::post("/ui/settings/sender", settings, sender::submit),
        Route::get(sending::PATH, settings, sending::show),
        Route::post(sending::PATH, settings, sending::submit),
        Route::post("/ui/settings/sending/stop", settings, sending::halt::stop),
        Route::post(
            "/ui/settings/sending/resume",
            settings,
            sending::halt::resume,
        ),
        Route::get("/ui/settings/mail", settings, provider::show),
        Route::post("/ui/settings/mail", settings, provider::save::submit),
        Route::post("/ui/settings/mail/test", settings, provider::test::submit),
        Route::get(deliverability::PATH, look, deliverability::show),
        Route::post(deliverability::PATH, settings, deliverability::recheck),
        Route::get(deliverability::TABLE, look, deliverability::table),
        Route::get(deliverability::FILE, look, deliverability::download),
        Route::post("/webhooks/sendgrid/{key}", Access::Open, webhook::take),
        Route::post("/dev/clock", Access::Open, time_machine::advance),
        Route::get(mailbox::PATH, Access::Open, mailbox::list),
        Route::get("/dev/mailbox.json", Access::Open, mailbox::json),
        Route::get("/dev/mailbox/{mail}", Access::Open, mailbox::read),
    ]
}
