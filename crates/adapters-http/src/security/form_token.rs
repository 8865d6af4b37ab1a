//! Forms come from pages of ours: a token in every form and the origin of every request (V-20).

use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, header};
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use url::Url;

use crate::body;
use crate::error::Failure;

const HEADER: &str = "x-csrf-token";
const FIELD: &[u8] = b"csrf_token";

/// What every form of this session, or of this visit, must send back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FormToken(String);

impl FormToken {
    /// The token of a session.
    pub(crate) fn of_session(token: &str) -> Self {
        Self(token.to_owned())
    }

    /// The token of somebody who is not signed in, from the secret in their cookie. Another site
    /// can make the browser send the cookie, but cannot read it and so cannot know the token.
    pub(crate) fn of_visit(secret: &str) -> Self {
        let input = [b"form-token:".as_slice(), secret.as_bytes()].concat();
        Self(BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, &input)))
    }

    /// The token for the page.
    pub(crate) fn text(&self) -> String {
        self.0.clone()
    }

    /// Compares digests, so that the time tells nothing about the token.
    fn is(&self, sent: &[u8]) -> bool {
        digest(&SHA256, self.0.as_bytes()).as_ref() == digest(&SHA256, sent).as_ref()
    }
}

/// Whether a method changes something and so needs a token.
pub(crate) fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Lets a changing request through if it comes from a page of ours and brings the token: in the
/// header, or in a field of a form, which is taken out so that handlers do not see it.
///
/// # Errors
/// [`Failure::ForeignForm`] otherwise.
pub(crate) async fn check(
    request: &mut ServiceRequest,
    token: &FormToken,
    public: &Url,
    limit: usize,
) -> Result<(), Failure> {
    if !is_from_our_page(request.request(), public) || request.content_type() == "text/plain" {
        return Err(Failure::ForeignForm);
    }
    let in_header = request
        .headers()
        .get(HEADER)
        .map(|it| it.as_bytes().to_vec());
    if request.content_type() != "application/x-www-form-urlencoded" {
        let known = in_header.is_some_and(|sent| token.is(&sent));
        return known.then_some(()).ok_or(Failure::ForeignForm);
    }
    let form = body::read(request.take_payload(), limit).await?;
    let (in_form, rest) = split_off_token(&form);
    if !in_header.or(in_form).is_some_and(|sent| token.is(&sent)) {
        return Err(Failure::ForeignForm);
    }
    let length = header::HeaderValue::from(rest.len());
    request.headers_mut().insert(header::CONTENT_LENGTH, length);
    request.set_payload(body::again(rest));
    Ok(())
}

/// Browsers say where a request comes from; what says nothing (a program) still needs the token.
pub(crate) fn is_from_our_page(request: &HttpRequest, public: &Url) -> bool {
    let header = |name| {
        request
            .headers()
            .get(name)
            .map(header::HeaderValue::as_bytes)
    };
    let same_site = header("sec-fetch-site").is_none_or(|site| site == b"same-origin");
    let same_origin = header("origin").is_none_or(|origin| {
        origin == public.origin().ascii_serialization().as_bytes()
            || is_host(origin, public.scheme(), request.connection_info().host())
    });
    same_site && same_origin
}

/// An installation that is reached by another name than its own, such as `localhost`.
fn is_host(origin: &[u8], scheme: &str, host: &str) -> bool {
    origin == format!("{scheme}://{host}").as_bytes()
}

/// The token in a form, and the form without it.
fn split_off_token(form: &[u8]) -> (Option<Vec<u8>>, Vec<u8>) {
    let mut sent = None;
    let mut rest: Vec<&[u8]> = Vec::new();
    for pair in form.split(|byte| *byte == b'&') {
        match pair
            .strip_prefix(FIELD)
            .and_then(|value| value.strip_prefix(b"="))
        {
            Some(value) => sent = Some(value.to_vec()),
            None => rest.push(pair),
        }
    }
    (sent, rest.join(&b'&'))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn public() -> Url {
        Url::parse("https://ondo.example.jp/").unwrap()
    }

    fn from(origin: &str) -> HttpRequest {
        TestRequest::post()
            .insert_header(("host", "localhost:8080"))
            .insert_header(("origin", origin))
            .to_http_request()
    }

    // V-20
    #[test]
    fn only_our_own_origin_is_ours() {
        assert!(is_from_our_page(
            &from("https://ondo.example.jp"),
            &public()
        ));
        let evil = [
            "https://evil",
            "null",
            "",
            "http://ondo.example.jp",
            "https://ondo.example.jp:8443",
            "https://ondo.example.jp.evil",
            "https://evil-ondo.example.jp",
        ];
        for origin in evil {
            assert!(!is_from_our_page(&from(origin), &public()), "{origin}");
        }
    }

    // V-20
    #[test]
    fn a_browser_that_says_cross_site_is_refused_without_an_origin() {
        for (site, ours) in [
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
        ] {
            let request = TestRequest::post()
                .insert_header(("sec-fetch-site", site))
                .to_http_request();
            assert_eq!(is_from_our_page(&request, &public()), ours, "{site}");
        }
    }

    #[test]
    fn the_token_is_taken_out_of_the_form() {
        let (sent, rest) = split_off_token(b"name=a&csrf_token=xyz&role=admin");
        assert_eq!(sent.unwrap(), b"xyz");
        assert_eq!(rest, b"name=a&role=admin");
        let (sent, rest) = split_off_token(b"name=csrf_token");
        assert!(sent.is_none());
        assert_eq!(rest, b"name=csrf_token");
    }

    #[test]
    fn a_visit_has_its_own_token() {
        let token = FormToken::of_visit("secret");
        assert_eq!(token, FormToken::of_visit("secret"));
        assert_ne!(token, FormToken::of_visit("other"));
        assert!(!token.text().contains("secret"));
        assert!(!token.is(b""));
    }
}
