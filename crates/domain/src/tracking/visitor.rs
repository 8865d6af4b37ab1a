//! Visitors (訪問者): browsers, known by the random id in their cookie.

use std::fmt;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use uuid::{Uuid, Version};

/// How far back a browser's history joins the lead that it turns out to be, counted from its arrival
/// (D15).
///
/// A quarter of a year covers the weeks in which somebody compares, and bounds the daily
/// partitions of the log that an arrival looks into.
pub const JOINED_HISTORY: Duration = Duration::days(90);

/// How many page views of that history join at most: the newest (D15).
///
/// A person reads some dozens of pages. A screen in an entrance hall that shows the site anew every
/// minute has 130,000 in that time; all of them in the one transaction of an arrival would hold up
/// everybody's engagements.
pub const JOINED_PAGE_VIEWS: usize = 1_000;

/// The id in the cookie `ma_tid` and the parameter `tid`: a version 4 UUID, 122 random bits, so that
/// no neighbour of a known one is anybody's (V-01).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VisitorId(Uuid);

impl VisitorId {
    /// The id that these random bytes make.
    #[must_use]
    pub fn from_random_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Reads the hyphenated lower-case form; anything else, and any version but 4, is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value = Uuid::try_parse(text).ok()?;
        let canonical = value.hyphenated().to_string() == text;
        (canonical && value.get_version() == Some(Version::Random)).then_some(Self(value))
    }

    /// The id with a value that was stored by us.
    #[must_use]
    pub const fn from_uuid(value: Uuid) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for VisitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// Shows the first digits only: whoever holds the whole id can send page views as that person.
impl fmt::Debug for VisitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisitorId({:.4}…)", self.0.simple().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_canonical_random_uuid_is_a_visitor() {
        // V-01
        let id = VisitorId::from_random_bytes([0xAB; 16]);
        assert_eq!(VisitorId::parse(&id.to_string()), Some(id));
        let refused = [
            "",
            "1",
            "12345",
            "00000000-0000-0000-0000-000000000000",
            "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d",
            &id.to_string().to_uppercase(),
            &id.uuid().simple().to_string(),
            &format!("{{{id}}}"),
        ];
        for text in refused {
            assert_eq!(VisitorId::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_visitor_is_not_written_whole_to_logs() {
        let id = VisitorId::from_random_bytes([0xAB; 16]);
        assert!(!format!("{id:?}").contains(&id.to_string()));
    }
}
