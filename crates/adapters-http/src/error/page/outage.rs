//! The page that takes the place of any other while the database is away.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

use super::{Failure, Page, drawn, toast};
use crate::state::State;

/// After this time the page asks again by itself. Seconds.
const ASK_AGAIN: u64 = 10;

/// Says what still works, how much is kept, and asks again by itself. Answered from memory.
pub(super) fn page(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    if let Some(toast) = toast(request, failure) {
        return toast;
    }
    let intake = request
        .app_data::<State>()
        .map(|state| state.ports.intake.state())
        .unwrap_or_default();
    // Asking again repeats a question, never an order.
    let again = (*request.method() == Method::GET).then_some(ASK_AGAIN);
    let mut page = Page::of(request, "errors/outage.html")
        .with("accepts", &intake.accepts())
        .with("waiting", &intake.spooled.engagements)
        .with("oldest", &intake.spooled.oldest)
        .with("again", &again);
    if let Some(seconds) = again {
        page = page.header("Refresh", seconds.to_string());
    }
    drawn(page, failure)
}
