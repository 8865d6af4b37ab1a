//! Where a list that grows at its end goes on: the time and the id of the last entry seen.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The last entry seen, as `{microseconds}.{id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor<I> {
    at: DateTime<Utc>,
    id: I,
}

impl<I> Cursor<I> {
    pub(crate) fn new(at: DateTime<Utc>, id: I) -> Self {
        Self { at, id }
    }

    /// What the ports call `before`.
    pub(crate) fn place(self) -> (DateTime<Utc>, I) {
        (self.at, self.id)
    }
}

impl<I: fmt::Display> fmt::Display for Cursor<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id)
    }
}

impl<I: FromStr> FromStr for Cursor<I> {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (micros, id) = text.split_once('.')?;
            let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
            // Storage knows fewer years than a number can name.
            (1970..=9999).contains(&at.year()).then_some(())?;
            Some(Self::new(at, id.parse().ok()?))
        };
        read().ok_or("this is not a cursor of ours")
    }
}

impl<I: fmt::Display> Serialize for Cursor<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, I: FromStr> Deserialize<'de> for Cursor<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::EngagementId;

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let at = "2026-11-21T00:30:00.123456Z".parse().unwrap();
        let cursor = Cursor::new(at, EngagementId::new());
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        let far = format!("{}.{}", i64::MAX / 10, EngagementId::new());
        for text in [
            "",
            ".",
            "1.2",
            "x.00000000-0000-0000-0000-000000000000",
            "1 or 1=1",
            &far,
        ] {
            assert!(text.parse::<Cursor<EngagementId>>().is_err(), "{text}");
        }
    }
}
