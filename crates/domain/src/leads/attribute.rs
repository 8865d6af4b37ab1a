//! Custom attributes: what a tenant knows about its leads beyond the fixed fields.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::text::tidy;

/// One value of a custom attribute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeValue {
    /// Any text.
    Text(String),
    /// A finite number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Boolean(bool),
}

/// What kind of values an attribute has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeKind {
    /// Any text.
    #[default]
    Text,
    /// A finite number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
}

/// A custom attribute of a tenant's leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDefinition {
    /// Names the attribute in storage, merge tags and the JSON interface.
    pub key: String,
    /// What people read, e.g. the heading of the imported column.
    pub label: String,
    /// What kind of values it has.
    pub kind: AttributeKind,
    /// When it was first defined.
    pub created_at: DateTime<Utc>,
}

impl AttributeValue {
    /// The value as it is stored; `None` for a text of spaces and for what is no finite number.
    #[must_use]
    pub fn tidied(self) -> Option<Self> {
        match self {
            Self::Text(text) => tidy(&text).map(Self::Text),
            Self::Number(number) => number.is_finite().then_some(Self::Number(number)),
            Self::Date(_) | Self::Boolean(_) => Some(self),
        }
    }

    /// The kind this value is of.
    #[must_use]
    pub const fn kind(&self) -> AttributeKind {
        match self {
            Self::Text(_) => AttributeKind::Text,
            Self::Number(_) => AttributeKind::Number,
            Self::Date(_) => AttributeKind::Date,
            Self::Boolean(_) => AttributeKind::Boolean,
        }
    }
}

/// As it stands in a file or on a screen: `12.5`, `2026-04-01`, `true`.
impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Boolean(value) => value.fmt(f),
        }
    }
}

impl AttributeKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Date, Self::Boolean];

    /// The name in storage, addresses and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
