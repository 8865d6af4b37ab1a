//! Registered sites: where the tag may report from, and where `tid` may be carried to.

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;
use url::Url;

use crate::ids::{SiteId, TenantId};

/// Scheme, host and port, written exactly as a browser writes it in the `Origin` header (RFC 6454).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

/// Why a text is not an origin.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a site is named by its address up to the host, such as https://www.example.jp")]
pub struct OriginError;

impl Origin {
    /// Reads what a person types for a site: an address, of which the origin is kept.
    ///
    /// # Errors
    /// [`OriginError`] when it is no http or https address.
    pub fn parse_address(text: &str) -> Result<Self, OriginError> {
        let url = Url::parse(text.trim()).map_err(|_cause| OriginError)?;
        let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
        usable.then(|| Self::of_url(&url)).ok_or(OriginError)
    }

    /// Reads an `Origin` header: only the exact form that a browser sends is taken. No case folding,
    /// no trailing dot, no default port, no `null`.
    #[must_use]
    pub fn parse_header(text: &str) -> Option<Self> {
        let origin = Self::parse_address(text).ok()?;
        (origin.0 == text).then_some(origin)
    }

    /// The origin with a value that was stored by us.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(super) fn of_url(url: &Url) -> Self {
        Self(url.origin().ascii_serialization())
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.0)
    }
}

/// Names a site in its tag (`data-site-key`, body field `sid`). Public: it stands in every page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteKey(String);

impl SiteKey {
    /// The key that these random bytes make: 24 hexadecimal digits.
    #[must_use]
    pub fn from_random_bytes(bytes: [u8; 12]) -> Self {
        use std::fmt::Write as _;
        let digits = bytes.iter().fold(String::new(), |mut text, byte| {
            let _infallible = write!(text, "{byte:02x}");
            text
        });
        Self(digits)
    }

    /// Reads a key; none when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 24 && text.bytes().all(digits)).then(|| Self(text.to_owned()))
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A web site of the tenant that carries the tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What the staff call it.
    pub name: String,
    /// Where its pages are.
    pub origin: Origin,
    /// What its tag sends along.
    pub key: SiteKey,
    /// When the last page view of it arrived; none before the first.
    pub last_received_at: Option<DateTime<Utc>>,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

impl Site {
    /// The tag, to be pasted into every page of the site (A31); `product` is where we are reached.
    #[must_use]
    pub fn snippet(&self, product: &Url) -> String {
        let tag = product
            .join("tag.js")
            .map_or_else(|_no_base| "/tag.js".to_owned(), String::from);
        let key = self.key.as_str();
        format!("<script async src=\"{tag}\" data-site-key=\"{key}\"></script>")
    }
}

/// A site as it is found by its origin, before any tenant is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredSite {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which one.
    pub id: SiteId,
    /// Its key.
    pub key: SiteKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_must_be_exactly_what_a_browser_sends() {
        // A35, A59
        let exact = ["https://school.example", "http://localhost:8081"];
        for text in exact {
            assert_eq!(Origin::parse_header(text).unwrap().as_str(), text);
        }
        let refused = [
            "null",
            "",
            "https://School.example",
            "https://school.example/",
            "https://school.example:443",
            "https://school.example\0",
            "https://user@school.example",
            "school.example",
            "ftp://school.example",
            "https://school.example https://evil.example",
        ];
        for text in refused {
            assert_eq!(Origin::parse_header(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_typed_address_becomes_its_origin() {
        let typed = [
            (
                "https://School.example/ja/index.html",
                "https://school.example",
            ),
            (" http://localhost:8081/ ", "http://localhost:8081"),
            ("https://日本語.example", "https://xn--wgv71a119e.example"),
        ];
        for (text, origin) in typed {
            assert_eq!(Origin::parse_address(text).unwrap().as_str(), origin);
        }
        assert_eq!(Origin::parse_address("javascript:x"), Err(OriginError));
    }

    #[test]
    fn the_snippet_names_the_product_and_the_site() {
        // A31
        let site = Site {
            id: SiteId::new(),
            name: "School".to_owned(),
            origin: Origin::parse_address("https://school.example").unwrap(),
            key: SiteKey::from_random_bytes([0xAB; 12]),
            last_received_at: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let product = Url::parse("https://ondo.example/").unwrap();
        assert_eq!(
            site.snippet(&product),
            "<script async src=\"https://ondo.example/tag.js\" data-site-key=\"abababababababababababab\"></script>"
        );
    }

    #[test]
    fn look_alikes_are_other_origins() {
        let site = Origin::parse_address("https://bizcraft-studio.com").unwrap();
        let others = [
            "https://bizcraft-studio.com.evil.example",
            "https://evilbizcraft-studio.com",
            "http://bizcraft-studio.com",
            "https://bizcraft-studio.com:8443",
            "https://bizcraft-studio.com.",
        ];
        for text in others {
            assert_ne!(Origin::parse_header(text), Some(site.clone()), "{text}");
        }
    }
}
