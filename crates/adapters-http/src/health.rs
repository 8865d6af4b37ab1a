//! Whether this process answers, for whatever starts and watches it.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::error::PageResult;
use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/healthz", Access::Open, health)]
}

/// Says nothing about the storage: a process that is restarted because the database is away would
/// lose the clicks that it still takes in.
async fn health() -> PageResult {
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n"))
}
