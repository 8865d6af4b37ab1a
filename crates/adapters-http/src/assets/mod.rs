//! The scripts, styles and pictures of the interface, and the site tag (A31).

mod negotiation;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use web_assets::Asset;

use crate::error::{Failure, PageError, PageResult};
use crate::routes::Route;
use crate::security::Access;
use negotiation::{Coding, coding_for};

/// Addresses with a hash in them are never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Sites name the tag without a hash: a new version is everywhere after five minutes.
const BRIEFLY: &str = "public, max-age=300";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/assets/{path:.*}", Access::Open, file),
        Route::get("/tag.js", Access::Open, tag),
        Route::get("/favicon.ico", Access::Open, favicon),
    ]
}

/// The address of an embedded file by its plain name.
pub(crate) fn address(name: &str) -> Option<String> {
    web_assets::hashed(name).map(|hashed| format!("/assets/{hashed}"))
}

async fn file(request: HttpRequest, path: web::Path<String>) -> PageResult {
    serve(&request, &path)
}

async fn tag(request: HttpRequest) -> PageResult {
    serve(&request, "tag.js")
}

/// Browsers that do not read the page ask here.
async fn favicon() -> PageResult {
    let target = address("favicon.svg").ok_or(Failure::NotFound)?;
    let mut answer = HttpResponse::Found();
    answer.insert_header((header::LOCATION, target));
    answer.insert_header((header::CACHE_CONTROL, BRIEFLY));
    Ok(answer.finish())
}

fn serve(request: &HttpRequest, path: &str) -> PageResult {
    let asset = web_assets::asset(path).ok_or(PageError::from(Failure::NotFound))?;
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let coding = coding_for(accepted.and_then(|value| value.to_str().ok()), &asset);
    let etag = coding.etag(&asset.etag);
    let mut answer = if asked_before(request, &etag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header((header::ETAG, etag.clone()));
    answer.insert_header((header::VARY, "Accept-Encoding"));
    let lifetime = if asset.immutable { FOR_EVER } else { BRIEFLY };
    answer.insert_header((header::CACHE_CONTROL, lifetime));
    // Fonts and the tag are fetched by other origins' pages and by workers alike.
    answer.insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    if asked_before(request, &etag) {
        return Ok(answer.finish());
    }
    if let Some(name) = coding.name() {
        answer.insert_header((header::CONTENT_ENCODING, name));
    }
    Ok(answer
        .content_type(asset.content_type)
        .body(body(asset, coding)))
}

fn body(asset: Asset, coding: Coding) -> web::Bytes {
    let body = match coding {
        Coding::Brotli => asset.brotli,
        Coding::Gzip => asset.gzip,
        Coding::Identity => None,
    };
    body.unwrap_or(asset.body).into_owned().into()
}

fn asked_before(request: &HttpRequest, etag: &str) -> bool {
    request
        .headers()
        .get(header::IF_NONE_MATCH)
        .map(HeaderValue::as_bytes)
        .is_some_and(|known| {
            known.split(|byte| *byte == b',').any(|one| {
                let one = one.trim_ascii();
                one.strip_prefix(b"W/").unwrap_or(one) == etag.as_bytes()
            })
        })
}
