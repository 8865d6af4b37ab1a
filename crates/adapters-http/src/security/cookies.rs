//! The cookies that we give out, and how they are closed.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};

/// A cookie of ours, by its bare name. Over TLS it is `Secure` and its name begins with `__Host-`,
/// so that no neighbouring host can plant it (RFC 6265bis §4.1.3.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnCookie {
    plain: &'static str,
    bound: &'static str,
}

/// Who is signed in.
pub(crate) const SESSION: OwnCookie = OwnCookie {
    plain: "ondo_session",
    bound: "__Host-ondo_session",
};

/// Ties the forms of people who are not signed in to their browser.
pub(crate) const VISIT: OwnCookie = OwnCookie {
    plain: "ondo_visit",
    bound: "__Host-ondo_visit",
};

/// Remembers a browser in which somebody signed in.
pub(crate) const DEVICE: OwnCookie = OwnCookie {
    plain: "ondo_device",
    bound: "__Host-ondo_device",
};

impl OwnCookie {
    /// The value that the browser sent.
    pub(crate) fn read(self, request: &HttpRequest, is_https: bool) -> Option<String> {
        let cookie = request.cookie(self.name(is_https))?;
        Some(cookie.value().to_owned())
    }

    /// The cookie with a value, until the browser closes or `lasts` is over.
    pub(crate) fn with(
        self,
        value: String,
        is_https: bool,
        lasts: Option<Duration>,
    ) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(is_https), value)
            .path("/")
            .http_only(true)
            .secure(is_https)
            .same_site(SameSite::Lax)
            .finish();
        cookie.set_max_age(lasts);
        cookie
    }

    /// The cookie that takes it away.
    pub(crate) fn removal(self, is_https: bool) -> Cookie<'static> {
        let mut cookie = self.with(String::new(), is_https, None);
        cookie.make_removal();
        cookie
    }

    /// Its name.
    pub(crate) const fn name(self, is_https: bool) -> &'static str {
        if is_https { self.bound } else { self.plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_tls_a_cookie_is_bound_to_the_host() {
        let cookie = SESSION.with("x".into(), true, None).to_string();
        assert_eq!(
            cookie,
            "__Host-ondo_session=x; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        let plain = SESSION.with("x".into(), false, None).to_string();
        assert_eq!(plain, "ondo_session=x; HttpOnly; SameSite=Lax; Path=/");
    }
}
