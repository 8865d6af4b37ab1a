//! Whether this process answers, and whether it can take engagements in: for whatever starts,
//! watches and feeds it.

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::tracking::IntakeState;
use serde::Serialize;

use crate::error::PageResult;
use crate::routes::Route;
use crate::security::Access;
use crate::state::State;

/// What a load balancer and a person at a terminal need to know.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: &'static str,
    spool: Spool,
    queued: usize,
}

#[derive(Serialize)]
struct Spool {
    has_room: bool,
    engagements: u64,
    bytes: u64,
    limit: u64,
    oldest: Option<chrono::DateTime<chrono::Utc>>,
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Open, health),
        Route::get("/readyz", Access::Open, ready),
    ]
}

async fn health() -> PageResult {
    Ok(alive())
}

async fn ready(state: State) -> PageResult {
    Ok(readiness(state.ports.intake.state()))
}

/// Says nothing about the storage: a process that is restarted because the database is away would
/// lose the clicks that it still takes in.
pub(crate) fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// Whether an engagement can be acknowledged: by the database or by the spool.
pub(crate) fn readiness(state: IntakeState) -> HttpResponse {
    let mut answer = if state.accepts() {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Readiness {
            ready: state.accepts(),
            database: if state.log_answers { "answers" } else { "away" },
            spool: Spool {
                has_room: state.spool_has_room,
                engagements: state.spooled.engagements,
                bytes: state.spooled.bytes,
                limit: state.spooled.limit,
                oldest: state.spooled.oldest,
            },
            queued: state.queued,
        })
}
