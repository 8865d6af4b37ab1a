//! A failure as a person sees it: a page, or a toast when htmx asked.

mod outage;

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use url::{Position, Url};

use super::Failure;
use crate::pages::{Frame, Page, Toast};
use crate::security::next_path;
use crate::texts;

/// A failure of a page. The answer is drawn by a middleware, which knows the
/// language.
#[derive(Debug)]
pub struct PageError(Failure);

/// The answer of a handler that shows a page.
pub(crate) type PageResult = Result<HttpResponse, PageError>;

impl<E: Into<Failure>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.0.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.0.status())
    }
}

/// Middleware: draws the answer of every [`PageError`] that comes out of a handler or a guard.
pub(crate) async fn show_failures(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let drawn = response
        .response()
        .error()
        .and_then(|error| error.as_error::<PageError>())
        .map(|error| answer(response.request(), &error.0));
    Ok(match drawn {
        Some(answer) => response.into_response(answer),
        None => response,
    })
}

fn answer(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    failure.log();
    let mut answer = match failure {
        Failure::SignedOut => to_sign_in(request),
        Failure::Invalid(_)
        | Failure::Forbidden
        | Failure::ForeignForm
        | Failure::NotFound
        | Failure::WrongMethod
        | Failure::TooSlow
        | Failure::Conflict(_)
        | Failure::Gone
        | Failure::TooLarge
        | Failure::UnsupportedKind
        | Failure::Impossible(_)
        | Failure::TooMany { .. }
        | Failure::Unexpected(_) => explain(request, failure),
        Failure::Unavailable(_) | Failure::NotKept(_) => outage::page(request, failure),
    };
    if let Some(wait) = failure.retry_after() {
        let seconds = header::HeaderValue::from(wait.as_secs().max(1));
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}

fn explain(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    toast(request, failure).unwrap_or_else(|| {
        let field = failure.complaint().and_then(|it| it.field.as_deref());
        let page = Page::of(request, "errors/page.html").with("field", &field);
        drawn(page, failure)
    })
}

/// The answer where htmx asked for a part of a page: what the person sees stays, and the message
/// goes to the corner of the page.
fn toast(request: &HttpRequest, failure: &Failure) -> Option<HttpResponse> {
    let frame = Frame::of(request);
    let key = format!("errors-{}-help", failure.name());
    frame.is_partial().then(|| {
        let text = texts::text(frame.locale(), &key, &texts::arguments([]));
        HttpResponse::build(failure.status())
            .insert_header(("HX-Reswap", "none"))
            .insert_header(("HX-Trigger", Toast::danger(text).trigger()))
            .finish()
    })
}

fn drawn(page: Page, failure: &Failure) -> HttpResponse {
    page.status(failure.status())
        .title(&format!("errors-{}-title", failure.name()))
        .with("failure", failure.name())
        .with("status", &failure.status().as_u16())
        .render()
        .unwrap_or_else(|error| {
            error.0.log();
            HttpResponse::new(failure.status())
        })
}

/// Path and query of the page that htmx asks from.
fn current_page(request: &HttpRequest) -> Option<String> {
    let address = request.headers().get("hx-current-url")?.to_str().ok()?;
    let address = Url::parse(address).ok()?;
    Some(address[Position::BeforePath..Position::AfterQuery].to_owned())
}

/// 303 to the sign-in page and back again; htmx is told to go there with the whole page, and back
/// to the page that asked for a part of itself.
fn to_sign_in(request: &HttpRequest) -> HttpResponse {
    let is_htmx = Frame::of(request).is_htmx();
    let asking = current_page(request).filter(|_| is_htmx);
    let asked = request.uri().path_and_query().map(|it| it.as_str());
    let target = next_path::sign_in_address(match *request.method() {
        Method::GET => asking.as_deref().or(asked),
        _ => None,
    });
    let mut answer = if is_htmx {
        let mut answer = HttpResponse::Unauthorized();
        answer.insert_header(("HX-Redirect", target));
        answer
    } else {
        let mut answer = HttpResponse::SeeOther();
        answer.insert_header((header::LOCATION, target));
        answer
    };
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}
