//! Tasks for programs.

mod create;
mod document;
mod list;
mod patch;
mod references;

use actix_web::http::Method;
use domain::tenancy::Scope;

use crate::routes::Route;
use crate::security::Access;

pub(super) fn routes() -> Vec<Route> {
    const READ: Access = Access::Api(Scope::TasksRead);
    const WRITE: Access = Access::Api(Scope::TasksWrite);
    vec![
        Route::get("/api/v1/tasks", READ, list::list),
        Route::post("/api/v1/tasks", WRITE, create::create),
        Route::new(Method::PATCH, "/api/v1/tasks/{task}", WRITE, patch::patch),
    ]
}
