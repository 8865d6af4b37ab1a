//! Mails as pages: written by people who are not trusted, and shown where they can do nothing.
//!
//! A mail is shown in a frame whose answer says that it is a sandbox of no origin (V-22): no script
//! runs, no cookie is sent, and nothing of the interface can be read, whoever opens the address.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

/// For what authors write: pictures, also those that the product keeps, and styles, nothing else.
pub(crate) const PREVIEW: &str =
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; sandbox";

/// For the mailbox of the demo: links open in a window of their own, and the picture that counts
/// opens is fetched, as in a real mail program.
pub(crate) const MAILBOX: &str = "default-src 'none'; img-src http: https: data:; \
     style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The headers of a page that is shown in a frame of ours; `policy` is one of the above.
pub(crate) fn headers(policy: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("Content-Security-Policy", policy),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]
}

/// A mail as a page.
pub(crate) fn mail(html: String, policy: &'static str) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::OK);
    for header in headers(policy) {
        answer.insert_header(header);
    }
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(header::ContentType::html())
        .body(html)
}
