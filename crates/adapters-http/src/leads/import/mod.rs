//! Importing leads from a file: upload, look, map, start, watch, read what was refused.

mod cancel;
mod columns;
mod incoming;
mod job;
mod preview;
mod refusals;
mod review;
mod start;
mod trouble;
mod upload;
mod view;

use domain::tenancy::Permission;

use crate::routes::Route;
use crate::security::Access;

pub(crate) use incoming::channel;
pub(crate) use trouble::Trouble;
pub(crate) use upload::file_of;

pub(super) fn routes() -> Vec<Route> {
    const IMPORT: Access = Access::Needs(Permission::ImportLeads);
    vec![
        Route::get("/ui/leads/import", IMPORT, upload::show),
        Route::post("/ui/leads/import", IMPORT, upload::upload),
        Route::get("/ui/leads/import/{id}", IMPORT, job::show),
        Route::get("/ui/leads/import/{id}/progress", IMPORT, job::progress),
        Route::post("/ui/leads/import/{id}/preview", IMPORT, preview::show),
        Route::post("/ui/leads/import/{id}/start", IMPORT, start::start),
        Route::post("/ui/leads/import/{id}/cancel", IMPORT, cancel::cancel),
        Route::get("/ui/leads/import/{id}/refusals", IMPORT, refusals::download),
    ]
}

/// The page of one import.
fn address(id: domain::ids::ImportId) -> String {
    format!("/ui/leads/import/{id}")
}
