//! `GET /t/o/{token}`: the pixel of a mail.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::tracking::open;

use super::click::record;
use super::signs::opener_of;
use crate::metrics::Limited;
use crate::security::client_ip::client_ip;
use crate::state::State;

/// One transparent dot: the smallest picture that every mail program shows. (C8)
const GIF: &[u8; 43] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\
    \x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// Records the open and answers with the picture: always for a good token, even when nothing can
/// be recorded; with 404 for a bad one (D12).
pub(super) async fn show(
    request: HttpRequest,
    state: State,
    token: web::Path<String>,
) -> HttpResponse {
    let address = client_ip(&request, &state.address.trusted_proxies);
    let (client, verdict) = opener_of(&request, &state, address);
    let token = token.strip_suffix(".gif").unwrap_or(&token);
    let Ok(engagement) = open(token, &state.keys, client, verdict, state.now()) else {
        return picture(StatusCode::NOT_FOUND);
    };
    record(&state, address, engagement, Limited::Open).await;
    picture(StatusCode::OK)
}

fn picture(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "image/gif"))
        .insert_header((
            header::CACHE_CONTROL,
            "no-store, no-cache, must-revalidate, private",
        ))
        .body(GIF.as_slice())
}
