//! Addresses of pages, checked once.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url, form_urlencoded};

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
    ///
    /// Every other byte stays: what is left is an address that reads back, and a shorter one.
    #[must_use]
    pub fn take_tid(mut self) -> (Self, Option<VisitorId>) {
        let Some(query) = self.0.query() else {
            return (self, None);
        };
        let mut taken = Vec::new();
        let mut kept = Vec::new();
        for parameter in query.split('&') {
            match tid_of(parameter) {
                Some(value) => taken.push(value),
                None => kept.push(parameter),
            }
        }
        if taken.is_empty() {
            return (self, None);
        }
        let tid = taken.iter().find_map(|value| VisitorId::parse(value));
        let kept = kept.join("&");
        self.0
            .set_query(Some(kept.as_str()).filter(|kept| !kept.is_empty()));
        (self, tid)
    }

    /// The address with `tid` as its last parameter, replacing one that is there. An address that
    /// would become too long to be read back goes without.
    #[must_use]
    pub fn with_tid(self, tid: VisitorId) -> Self {
        let (url, _replaced) = self.take_tid();
        let mut named = url.clone();
        let tid = tid.to_string();
        named.0.query_pairs_mut().append_pair(TID, &tid);
        if named.as_str().len() > MAX_BYTES {
            return url;
        }
        named
    }
}

/// The value of one parameter of a query, if it is `tid`, however its name is encoded.
fn tid_of(parameter: &str) -> Option<Cow<'_, str>> {
    let (name, value) = form_urlencoded::parse(parameter.as_bytes()).next()?;
    (name == TID).then_some(value)
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
    use proptest::prelude::*;

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

    #[test]
    fn taking_tid_rewrites_no_other_parameter() {
        // F-10: what is spooled must read back.
        let cases = [
            ("?flag&tid=x", "?flag"),
            ("?tid=x&next=/a/b&q=a+b%20c", "?next=/a/b&q=a+b%20c"),
            ("?a=1&%74id=x&b=%E6%B8%A9", "?a=1&b=%E6%B8%A9"),
            ("?a&&tid&b=", "?a&&b="),
            ("?tid=x&tid=y", ""),
            ("?tid=x#tid=y", "#tid=y"),
            ("?mytid=x&tid2=y", "?mytid=x&tid2=y"),
        ];
        for (before, after) in cases {
            let url = PageUrl::parse(&format!("https://school.example/{before}")).unwrap();
            let (left, tid) = url.take_tid();
            assert_eq!(left.as_str(), format!("https://school.example/{after}"));
            assert_eq!(tid, None);
        }
    }

    #[test]
    fn a_long_address_reads_back_without_its_tid() {
        let slashes = "/".repeat(1900);
        let text = format!("https://school.example/search?tid=x&q={slashes}");
        let (left, _) = PageUrl::parse(&text).unwrap().take_tid();
        assert_eq!(
            left.as_str(),
            format!("https://school.example/search?q={slashes}")
        );
        assert_eq!(PageUrl::parse(left.as_str()), Ok(left));
    }

    #[test]
    fn an_address_that_has_no_room_for_tid_goes_without() {
        let tid = VisitorId::from_random_bytes([1; 16]);
        let room = "?tid=".len() + tid.to_string().len();
        let home = "https://school.example/";
        for (length, is_named) in [(MAX_BYTES - room, true), (MAX_BYTES - room + 1, false)] {
            let text = format!("{home}{}", "x".repeat(length - home.len()));
            let url = PageUrl::parse(&text).unwrap().with_tid(tid);
            assert_eq!(url.as_str().contains("tid="), is_named);
            assert_eq!(PageUrl::parse(url.as_str()), Ok(url));
        }
    }

    /// Queries as browsers and as nobody sends them.
    fn query() -> impl Strategy<Value = String> {
        let parameter = prop_oneof![
            3 => Just("tid=x".to_owned()),
            1 => Just(format!("tid={}", VisitorId::from_random_bytes([7; 16]))),
            1 => Just("%74%69d".to_owned()),
            4 => "[a-z]{0,4}=?[-/?:@!$'()*+,;=%0-9A-Fa-z ~温度\"<>\\[\\]|^`{}]{0,40}",
            1 => Just("/".repeat(600)),
        ];
        prop::collection::vec(parameter, 0..6).prop_map(|parameters| parameters.join("&"))
    }

    proptest! {
        #[test]
        fn what_taking_tid_leaves_is_no_longer_and_reads_back(
            path in "[a-z/%温 ]{0,20}",
            query in query(),
            fragment in "#?[a-z=&/]{0,8}",
        ) {
            let text = format!("https://school.example/{path}?{query}{fragment}");
            let Ok(url) = PageUrl::parse(&text) else { return Ok(()) };
            let before = url.as_str().len();
            let (left, _) = url.take_tid();
            prop_assert!(left.as_str().len() <= before);
            prop_assert!(!left.0.query_pairs().any(|(name, _)| name == TID));
            prop_assert_eq!(PageUrl::parse(left.as_str()), Ok(left.clone()));
            let stored = serde_json::to_string(&left).unwrap();
            prop_assert_eq!(serde_json::from_str::<PageUrl>(&stored).unwrap(), left.clone());
            let named = left.with_tid(VisitorId::from_random_bytes([1; 16]));
            prop_assert_eq!(PageUrl::parse(named.as_str()), Ok(named.clone()));
        }
    }
}
