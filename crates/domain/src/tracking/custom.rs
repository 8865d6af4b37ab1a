//! Custom events (カスタムイベント): what only the customer's own programs know of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::LeadId;
use crate::leads::EmailAddress;

/// Longest name of an event or a property. Characters.
const MAX_NAME: usize = 64;
/// Most properties of one event.
const MAX_PROPERTIES: usize = 50;
/// Longest text of a property. Characters.
const MAX_TEXT: usize = 1000;

/// Why a name or a property is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CustomEventError {
    /// The name has another form.
    #[error(
        "\"{0}\" is no name: write small letters, digits and _, beginning with a letter, at most 64"
    )]
    Name(String),
    /// There are more properties than are kept.
    #[error("an event has at most 50 properties")]
    TooMany,
    /// The value of this property is too long, or contains a NUL character.
    #[error("the property \"{0}\" is longer than 1,000 characters or contains a NUL character")]
    Text(String),
    /// The value of this property is not a finite number.
    #[error("the property \"{0}\" is not a finite number")]
    Number(String),
}

/// The name of a custom event, such as `assessment_completed`: small letters, digits and `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventName(String);

impl EventName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`CustomEventError::Name`] for any other form.
    pub fn parse(text: &str) -> Result<Self, CustomEventError> {
        if is_name(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CustomEventError::Name(
                text.chars().take(MAX_NAME).collect(),
            ))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for EventName {
    type Error = CustomEventError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EventName> for String {
    fn from(name: EventName) -> Self {
        name.0
    }
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PropertyValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number; finite.
    Real(f64),
    /// Text, at most 1,000 characters.
    Text(String),
}

/// As it stands in a condition: `true`, `12`, `1.5`, the text itself.
impl fmt::Display for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(truth) => truth.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Real(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What is known about a custom event, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<String, PropertyValue>",
    into = "BTreeMap<String, PropertyValue>"
)]
pub struct Properties(BTreeMap<String, PropertyValue>);

impl Properties {
    /// Checks names, number and lengths.
    ///
    /// # Errors
    /// See [`CustomEventError`]; it names the property.
    pub fn parse(values: BTreeMap<String, PropertyValue>) -> Result<Self, CustomEventError> {
        if values.len() > MAX_PROPERTIES {
            return Err(CustomEventError::TooMany);
        }
        for (name, value) in &values {
            EventName::parse(name)?;
            match value {
                PropertyValue::Text(text)
                    if text.chars().count() > MAX_TEXT || text.contains('\0') =>
                {
                    return Err(CustomEventError::Text(name.clone()));
                }
                PropertyValue::Real(number) if !number.is_finite() => {
                    return Err(CustomEventError::Number(name.clone()));
                }
                PropertyValue::Text(_)
                | PropertyValue::Real(_)
                | PropertyValue::Integer(_)
                | PropertyValue::Boolean(_) => {}
            }
        }
        Ok(Self(values))
    }

    /// The values by name.
    #[must_use]
    pub const fn values(&self) -> &BTreeMap<String, PropertyValue> {
        &self.0
    }

    /// Whether nothing more is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<BTreeMap<String, PropertyValue>> for Properties {
    type Error = CustomEventError;

    fn try_from(values: BTreeMap<String, PropertyValue>) -> Result<Self, Self::Error> {
        Self::parse(values)
    }
}

impl From<Properties> for BTreeMap<String, PropertyValue> {
    fn from(properties: Properties) -> Self {
        properties.0
    }
}

/// Whom a custom event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The lead with this id.
    Lead(LeadId),
    /// The lead that has this address when the event is written; nobody where none has.
    Address(EmailAddress),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_small_letters_digits_and_underscores() {
        for name in ["assessment_completed", "a", "step_2"] {
            assert_eq!(EventName::parse(name).unwrap().as_str(), name);
        }
        let long = "x".repeat(65);
        for name in [
            "", "2step", "Download", "a b", "a-b", "診断", "a'; --", &long,
        ] {
            assert!(EventName::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn properties_are_limited_and_named_in_the_complaint() {
        let one = |name: &str, value| Properties::parse(BTreeMap::from([(name.to_owned(), value)]));
        assert!(one("plan", PropertyValue::Text("無料".to_owned())).is_ok());
        let long = one("plan", PropertyValue::Text("あ".repeat(1001)));
        assert_eq!(long, Err(CustomEventError::Text("plan".to_owned())));
        let nul = one("plan", PropertyValue::Text("a\0b".to_owned()));
        assert_eq!(nul, Err(CustomEventError::Text("plan".to_owned())));
        let endless = one("n", PropertyValue::Real(f64::INFINITY));
        assert_eq!(endless, Err(CustomEventError::Number("n".to_owned())));
        assert!(one("Bad Name", PropertyValue::Boolean(true)).is_err());
        let many = (0..51).map(|n| (format!("p{n}"), PropertyValue::Integer(n)));
        assert_eq!(
            Properties::parse(many.collect()),
            Err(CustomEventError::TooMany)
        );
    }

    #[test]
    fn values_keep_their_kind_in_json() {
        let text = r#"{"a":true,"b":3,"c":2.5,"d":"無料"}"#;
        let read: Properties = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        assert!(serde_json::from_str::<Properties>(r#"{"a":[1]}"#).is_err());
    }
}
