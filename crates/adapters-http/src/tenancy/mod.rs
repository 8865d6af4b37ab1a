//! Sign-in, first run, and the settings of the organisation, its people and its programs.

mod account;
mod api_tokens;
mod audit;
mod entry;
mod home;
mod organisation;
mod refusals;
mod set_up;
mod settings;
mod sign_in;
mod sign_out;
mod users;

use domain::tenancy::Permission;

use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    let settings = Access::Needs(Permission::ManageSettings);
    let people = Access::Needs(Permission::ManageUsers);
    vec![
        Route::get("/", Access::Open, home::lead_on),
        Route::get("/setup", Access::Visitor, set_up::show),
        Route::post("/setup", Access::Visitor, set_up::submit),
        Route::get("/login", Access::Visitor, sign_in::show),
        Route::post("/login", Access::Visitor, sign_in::submit),
        Route::post("/logout", Access::SignedIn, sign_out::submit),
        Route::get("/ui/settings", Access::SignedIn, settings::show),
        Route::get("/ui/settings/account", Access::SignedIn, account::show),
        Route::post(
            "/ui/settings/account/language",
            Access::SignedIn,
            account::language::change,
        ),
        Route::post(
            "/ui/settings/account/password",
            Access::SignedIn,
            account::password::change,
        ),
        Route::get("/ui/settings/organisation", settings, organisation::show),
        Route::post("/ui/settings/organisation", settings, organisation::change),
        Route::get("/ui/settings/users", people, users::list::show),
        Route::post("/ui/settings/users", people, users::create::submit),
        Route::get("/ui/settings/users/new", people, users::create::show),
        Route::get("/ui/settings/users/{user}", people, users::edit::show),
        Route::post("/ui/settings/users/{user}", people, users::edit::submit),
        Route::post(
            "/ui/settings/users/{user}/password",
            people,
            users::password::reset,
        ),
        Route::get("/ui/settings/api-tokens", settings, api_tokens::list::show),
        Route::post(
            "/ui/settings/api-tokens",
            settings,
            api_tokens::create::submit,
        ),
        Route::post(
            "/ui/settings/api-tokens/{token}/revoke",
            settings,
            api_tokens::revoke::submit,
        ),
        Route::get(
            "/ui/settings/audit",
            Access::Needs(Permission::ViewAudit),
            audit::show,
        ),
    ]
}
