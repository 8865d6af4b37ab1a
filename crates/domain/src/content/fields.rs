//! The fields that a merge tag can name. There are no others (V-08).

use std::collections::BTreeMap;

/// Every field outside the custom attributes. A value may be missing for a lead; the tag then
/// prints nothing, or what `or` or the `default` filter give instead.
pub const FIELD_NAMES: [&str; 13] = [
    "name",
    "kana",
    "email",
    "company",
    "department",
    "title",
    "graduation_year",
    "grade",
    "industry",
    "region",
    "sender_name",
    "organisation",
    UNSUBSCRIBE_FIELD,
];

/// The field that holds the address of the page on which this person refuses more mail.
pub const UNSUBSCRIBE_FIELD: &str = "unsubscribe_url";

/// Custom attributes are named `attributes.<key>`; a key that no lead has prints nothing.
pub const ATTRIBUTE_PREFIX: &str = "attributes";

/// One value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum MergeValue {
    /// Text.
    Text(String),
    /// A whole number, such as a graduation year.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// Yes or no.
    Truth(bool),
}

/// The values of one mail to one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MergeFields {
    values: BTreeMap<&'static str, MergeValue>,
    attributes: BTreeMap<String, MergeValue>,
}

impl MergeFields {
    /// Sets a field. A name outside [`FIELD_NAMES`] is not taken, and neither is blank text:
    /// a field without a value is missing, so that `{{ name or "お客" }}` finds its other word.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Option<MergeValue>>) -> Self {
        let known = FIELD_NAMES.into_iter().find(|known| *known == name);
        if let (Some(name), Some(value)) = (known, value.into().filter(MergeValue::is_present)) {
            self.values.insert(name, value);
        }
        self
    }

    /// Sets a custom attribute; blank text counts as missing.
    #[must_use]
    pub fn with_attribute(mut self, key: &str, value: MergeValue) -> Self {
        if value.is_present() {
            self.attributes.insert(key.to_owned(), value);
        }
        self
    }

    /// The fields that have a value.
    pub fn values(&self) -> impl Iterator<Item = (&'static str, &MergeValue)> {
        self.values.iter().map(|(name, value)| (*name, value))
    }

    /// The custom attributes that have a value.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &MergeValue)> {
        self.attributes
            .iter()
            .map(|(key, value)| (key.as_str(), value))
    }
}

impl MergeValue {
    fn is_present(&self) -> bool {
        match self {
            Self::Text(text) => !text.trim().is_empty(),
            Self::Whole(_) | Self::Number(_) | Self::Truth(_) => true,
        }
    }
}

impl From<&str> for MergeValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for MergeValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_outside_the_list_is_not_taken() {
        // V-08
        let fields = MergeFields::default().with("password_hash", MergeValue::from("secret"));
        assert_eq!(fields.values().count(), 0);
    }

    #[test]
    fn a_blank_name_counts_as_missing() {
        let fields = MergeFields::default().with("name", MergeValue::from("　 "));
        assert_eq!(fields.values().count(), 0);
    }
}
