//! Addresses of pages, checked once.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

use super::{Origin, VisitorId};

/// Longest address that is kept.
const MAX_BYTES: usize = 2048;
/// The parameter that carries a visitor id from a mail to a site.
const TID: &str = "tid";

/// Why a text is not the address of a page that can be tracked.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PageUrlError {
    /// It is no absolute address.
    #[error("this is not a complete web address (https://…)")]
    Malformed,
    /// It is `javascript:`, `data:`, `file:` or the like.
    #[error("only http and https addresses can be used")]
    Scheme,
    /// It carries a user name or password.
    #[error("an address must not carry a user name or password")]
    Credentials,
    /// It is longer than 2,048 bytes.
    #[error("the address is longer than 2,048 characters")]
    TooLong,
}

/// An absolute http or https address without credentials, in the canonical form of the URL
/// standard: the host in punycode, the path percent-encoded, no control characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageUrl(Url);

impl TryFrom<String> for PageUrl {
    type Error = PageUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PageUrl> for String {
    fn from(url: PageUrl) -> Self {
        url.0.into()
    }
}

impl PageUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// See [`PageUrlError`].
    pub fn parse(text: &str) -> Result<Self, PageUrlError> {
        if text.len() > MAX_BYTES {
            return Err(PageUrlError::TooLong);
        }
        let url = Url::parse(text).map_err(|_cause| PageUrlError::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PageUrlError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PageUrlError::Credentials);
        }
        let has_host = match url.host() {
            Some(Host::Domain(domain)) => !domain.is_empty(),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        };
        if !has_host {
            return Err(PageUrlError::Malformed);
        }
        if url.as_str().len() > MAX_BYTES {
            return Err(PageUrlError::TooLong);
        }
        Ok(Self(url))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The path, percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// Host and path: the page whichever way it was asked for. Names the page in reports and rules.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}{}", self.0.host_str().unwrap_or_default(), self.path())
    }

    /// The origin, as a browser sends it.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::of_url(&self.0)
    }

    /// Takes the parameter `tid` out and returns it when it is a visitor id. The parameter names a
    /// person, so no stored address carries it.
    #[must_use]
    pub fn take_tid(mut self) -> (Self, Option<VisitorId>) {
        let mut tid = None;
        if !self.0.query_pairs().any(|(name, _)| name == TID) {
            return (self, None);
        }
        let kept: Vec<(String, String)> = self
            .0
            .query_pairs()
            .filter(|(name, value)| {
                if name == TID {
                    tid = tid.or_else(|| VisitorId::parse(value));
                }
                name != TID
            })
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if kept.is_empty() {
            self.0.set_query(None);
        } else {
            self.0.query_pairs_mut().clear().extend_pairs(kept);
        }
        (self, tid)
    }

    /// The address with `tid` as its last parameter, replacing one that is there.
    #[must_use]
    pub fn with_tid(self, tid: VisitorId) -> Self {
        let (mut url, _replaced) = self.take_tid();
        url.0.query_pairs_mut().append_pair(TID, &tid.to_string());
        url
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_pages() {
        // V-04
        let refused = [
            ("javascript:alert(1)//x", PageUrlError::Scheme),
            ("data:text/html,x", PageUrlError::Scheme),
            ("/relative", PageUrlError::Malformed),
            ("https://", PageUrlError::Malformed),
            ("https://user:pw@school.example/", PageUrlError::Credentials),
        ];
        for (text, error) in refused {
            assert_eq!(PageUrl::parse(text), Err(error), "{text}");
        }
        let long = format!("https://school.example/{}", "x".repeat(MAX_BYTES));
        assert_eq!(PageUrl::parse(&long), Err(PageUrlError::TooLong));
    }

    #[test]
    fn no_control_character_survives() {
        let url = PageUrl::parse("https://school.example/a\r\nSet-Cookie: x").unwrap();
        assert!(!url.as_str().contains(['\r', '\n']));
    }

    #[test]
    fn tid_is_appended_last_and_replaces_one_that_is_there() {
        // A27
        let tid = VisitorId::from_random_bytes([1; 16]);
        let other = VisitorId::from_random_bytes([2; 16]);
        let url = PageUrl::parse(&format!("https://school.example/a?x=1&tid={other}#top")).unwrap();
        assert_eq!(
            url.with_tid(tid).as_str(),
            format!("https://school.example/a?x=1&tid={tid}#top")
        );
    }

    #[test]
    fn taking_tid_leaves_the_rest_as_it_was() {
        let tid = VisitorId::from_random_bytes([1; 16]);
        let url = PageUrl::parse(&format!("https://school.example/?tid={tid}")).unwrap();
        let (url, taken) = url.take_tid();
        assert_eq!(url.as_str(), "https://school.example/");
        assert_eq!(taken, Some(tid));
        let plain = PageUrl::parse("https://school.example/?q=a+b%20c").unwrap();
        assert_eq!(plain.clone().take_tid(), (plain, None));
    }
}
