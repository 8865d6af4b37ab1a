//! The tracking endpoints, and the settings of what is tracked.
//!
//! `GET /t/c/{token}` follows a link of a mail, `GET /t/o/{token}` is the pixel, `POST /t/pv` takes
//! the reports of the site tag, `POST /api/v1/engagements` those of the customer's programs. None of
//! them looks at a cookie: what they act on is signed, or comes from the page of a registered site or
//! with a token. None of the first three asks the database before it answers.

mod click;
mod custom_events;
mod directory;
mod first_times;
mod important_pages;
mod open;
mod page_view;
mod signs;
mod sites;

pub(crate) use directory::SiteDirectory;
pub(crate) use first_times::FirstTimes;

use actix_web::http::Method;
use domain::tenancy::{Permission, Scope};

use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    let edit = Access::Needs(Permission::EditTracking);
    vec![
        Route::get("/t/c/{token}", Access::Open, click::follow),
        Route::new(Method::HEAD, "/t/c/{token}", Access::Open, click::follow),
        Route::get("/t/o/{token}", Access::Open, open::show),
        Route::new(Method::HEAD, "/t/o/{token}", Access::Open, open::show),
        Route::post("/t/pv", Access::Open, page_view::take),
        Route::new(Method::OPTIONS, "/t/pv", Access::Open, page_view::preflight),
        Route::post(
            "/api/v1/engagements",
            Access::Api(Scope::EngagementsWrite),
            custom_events::take,
        ),
        Route::get("/ui/settings/sites", edit, sites::show),
        Route::post("/ui/settings/sites", edit, sites::register),
        Route::post("/ui/settings/sites/{id}/remove", edit, sites::remove),
        Route::get("/ui/settings/important-pages", edit, important_pages::show),
        Route::post("/ui/settings/important-pages", edit, important_pages::add),
        Route::post(
            "/ui/settings/important-pages/{id}/remove",
            edit,
            important_pages::remove,
        ),
    ]
}
