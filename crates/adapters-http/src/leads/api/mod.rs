//! Leads for programs. Addresses are never masked here: a token with the scope sees them.

mod attributes;
mod document;
mod engagements;
mod list;
mod patch;
mod read;
mod remove;
mod score_history;
mod wish;
mod write;

use actix_web::http::Method;
use domain::tenancy::Scope;

use crate::error::{Complaint, Failure};
use crate::routes::Route;
use crate::security::Access;

pub(super) fn routes() -> Vec<Route> {
    const READ: Access = Access::Api(Scope::LeadsRead);
    const WRITE: Access = Access::Api(Scope::LeadsWrite);
    vec![
        Route::get("/api/v1/leads", READ, list::list),
        Route::post("/api/v1/leads", WRITE, write::upsert),
        Route::get("/api/v1/leads/{id}", READ, read::read),
        Route::new(Method::PATCH, "/api/v1/leads/{id}", WRITE, patch::patch),
        Route::new(Method::DELETE, "/api/v1/leads/{id}", WRITE, remove::remove),
        Route::get("/api/v1/leads/{id}/engagements", READ, engagements::list),
        Route::get(
            "/api/v1/leads/{id}/score-history",
            READ,
            score_history::list,
        ),
    ]
}

/// Entries of a page, unless the caller says how many.
const USUAL: u32 = 50;
/// The most entries of a page.
const MOST: u32 = 200;

/// How many entries the caller wants.
///
/// # Errors
/// [`Failure::Invalid`] for none or too many.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Failure> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _out_of_bounds => {
            let reason = format!("it must be between 1 and {MOST}");
            Err(Failure::Invalid(Complaint::about("limit", reason)))
        }
    }
}
