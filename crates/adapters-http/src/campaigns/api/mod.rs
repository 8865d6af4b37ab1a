//! Broadcasts for programs.

mod create;
pub(super) mod paging;
mod read;
mod shape;
mod start;

use domain::tenancy::Scope;

use crate::routes::Route;
use crate::security::Access;

pub(super) fn routes() -> Vec<Route> {
    const READ: Access = Access::Api(Scope::BroadcastsRead);
    const WRITE: Access = Access::Api(Scope::BroadcastsWrite);
    vec![
        Route::get("/api/v1/broadcasts", READ, read::list),
        Route::post("/api/v1/broadcasts", WRITE, create::create),
        Route::get("/api/v1/broadcasts/{broadcast}", READ, read::one),
        Route::post("/api/v1/broadcasts/{broadcast}/start", WRITE, start::start),
    ]
}
