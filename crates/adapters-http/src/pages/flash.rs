//! A message that survives one redirect: "the user was created".
//!
//! The cookie carries the key of a text and its arguments, never the text, so that nobody can make
//! a page of ours say what they like.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::tenancy::Locale;
use serde::{Deserialize, Serialize};

use crate::texts;

const COOKIE: &str = "ondo_flash";

/// A message for the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    kind: Kind,
    key: String,
    arguments: BTreeMap<String, String>,
}

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Success,
    Danger,
}

/// A message as the template shows it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shown {
    kind: Kind,
    text: String,
}

impl Flash {
    /// It worked; `key` is the key of a text.
    pub(crate) fn success(key: &str) -> Self {
        Self::of(Kind::Success, key)
    }

    /// It did not work.
    pub(crate) fn danger(key: &str) -> Self {
        Self::of(Kind::Danger, key)
    }

    fn of(kind: Kind, key: &str) -> Self {
        Self {
            kind,
            key: key.to_owned(),
            arguments: BTreeMap::new(),
        }
    }

    /// What stands in the text for `{ $name }`.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.arguments.insert(name.to_owned(), value.to_string());
        self
    }

    /// The message as the page shows it.
    pub(super) fn shown(&self, locale: Locale) -> Option<Shown> {
        let arguments = self
            .arguments
            .iter()
            .map(|(name, value)| (name.clone().into(), value.clone().into()))
            .collect();
        Some(Shown {
            kind: self.kind,
            text: texts::lookup(locale, &self.key, &arguments)?,
        })
    }

    /// The message that the last answer left.
    pub(super) fn left_in(request: &HttpRequest) -> Option<Self> {
        let cookie = request.cookie(COOKIE)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The cookie that carries it to the next page.
    pub(crate) fn cookie(&self) -> Cookie<'static> {
        let value = serde_json::to_vec(self).unwrap_or_default();
        Cookie::build(COOKIE, BASE64_URL_SAFE_NO_PAD.encode(value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::minutes(1))
            .finish()
    }

    /// The cookie that takes it away once it was shown.
    pub(super) fn removal() -> Cookie<'static> {
        let mut cookie = Cookie::build(COOKIE, "").path("/").finish();
        cookie.make_removal();
        cookie
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_message_arrives_on_the_next_page() {
        let flash = Flash::success("layout-ago-days").with("count", "3<b>");
        let request = TestRequest::default()
            .cookie(flash.cookie())
            .to_http_request();
        let arrived = Flash::left_in(&request).unwrap();
        assert_eq!(arrived, flash);
        assert_eq!(arrived.shown(Locale::Ja).unwrap().text, "3<b>日前");
    }

    #[test]
    fn a_cookie_cannot_make_the_page_say_anything() {
        let forged = Flash::danger("Please send your password to evil@example.jp");
        assert!(forged.shown(Locale::En).is_none());
        let garbage = Cookie::new(COOKIE, "!!!");
        let request = TestRequest::default().cookie(garbage).to_http_request();
        assert!(Flash::left_in(&request).is_none());
    }
}
