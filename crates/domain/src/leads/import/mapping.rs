//! Which column of a file feeds which field of a lead.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::leads::attribute::{AttributeDefinition, AttributeKind};
use crate::leads::field::LeadField;
use crate::leads::text::search_form;

/// What becomes of the cells of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Nothing.
    #[default]
    Ignore,
    /// A fixed field.
    Field(LeadField),
    /// 姓, the first part of the name.
    FamilyName,
    /// 名, the second part of the name.
    GivenName,
    /// The first part of the kana.
    FamilyKana,
    /// The second part of the kana.
    GivenKana,
    /// Tags, several in one cell.
    Tags,
    /// A custom attribute, defined by the import where it is new.
    #[expect(
        missing_docs,
        reason = "the fields mean what they mean in AttributeDefinition"
    )]
    Attribute {
        key: String,
        label: String,
        kind: AttributeKind,
    },
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading in the file, named in refusals.
    pub heading: String,
    /// What becomes of its cells.
    pub target: Target,
}

/// What becomes of each column, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The columns.
    pub columns: Vec<Column>,
    /// Tags that every imported lead gets.
    #[serde(default)]
    pub tags: BTreeSet<String>,
}

/// Why a mapping cannot be used; the position counts columns from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MappingError {
    /// No column holds the address, by which leads are told apart.
    #[error("no column holds the e-mail address")]
    NoEmail,
    /// Two columns feed the same field.
    #[error("column {0} feeds a field that another column feeds already")]
    Repeated(usize),
    /// The name (or the kana) comes from one column and from parts at once.
    #[error("column {0} holds a part of a name that another column holds whole")]
    WholeAndParts(usize),
    /// The custom attribute has no key, or one with characters other than letters, digits and `_`.
    #[error("column {0} has an unusable attribute key")]
    AttributeKey(usize),
    /// The custom attribute exists with another kind of values.
    #[error("the attribute of column {0} exists with another kind of values")]
    AttributeKind(usize),
}

impl Target {
    /// The target for an attribute that is defined.
    #[must_use]
    pub fn attribute(definition: &AttributeDefinition) -> Self {
        Self::Attribute {
            key: definition.key.clone(),
            label: definition.label.clone(),
            kind: definition.kind,
        }
    }

    /// The target for a column that is ticked as a new custom attribute: the key is made from
    /// the heading, `ご予算 (円)` becomes `ご予算_円`.
    #[must_use]
    pub fn new_attribute(heading: &str, kind: AttributeKind) -> Self {
        let form: String = heading
            .trim()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .collect();
        let words: Vec<&str> = form.split('_').filter(|word| !word.is_empty()).collect();
        Self::Attribute {
            key: words
                .join("_")
                .to_lowercase()
                .chars()
                .take(KEY_MAX)
                .collect(),
            label: heading.trim().to_owned(),
            kind,
        }
    }

    /// The target of which this one is a part.
    fn whole(&self) -> Option<Self> {
        match self {
            Self::FamilyName | Self::GivenName => Some(Self::Field(LeadField::Name)),
            Self::FamilyKana | Self::GivenKana => Some(Self::Field(LeadField::Kana)),
            Self::Ignore | Self::Field(_) | Self::Tags | Self::Attribute { .. } => None,
        }
    }
}

/// Longest key of a custom attribute, in characters.
const KEY_MAX: usize = 64;

fn is_key(key: &str) -> bool {
    (1..=KEY_MAX).contains(&key.chars().count())
        && key.chars().all(|c| c.is_alphanumeric() || c == '_')
}

impl ColumnMapping {
    /// A mapping without tags of its own.
    #[must_use]
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            tags: BTreeSet::new(),
        }
    }

    /// Ignores parts of names where the whole name has a column.
    #[must_use]
    pub(super) fn with_whole_names_preferred(mut self) -> Self {
        let targets: HashSet<Target> = self.columns.iter().map(|c| c.target.clone()).collect();
        for column in &mut self.columns {
            if column.target.whole().is_some_and(|w| targets.contains(&w)) {
                column.target = Target::Ignore;
            }
        }
        self
    }

    /// Whether an import can go by it.
    ///
    /// # Errors
    /// See [`MappingError`]; the first fault is told.
    pub fn check(&self, existing: &[AttributeDefinition]) -> Result<(), MappingError> {
        let mut taken: HashSet<Target> = HashSet::new();
        let mut keys: HashSet<String> = HashSet::new();
        for (position, column) in self.columns.iter().enumerate() {
            if let Target::Attribute { key, kind, .. } = &column.target {
                check_attribute(position, key, *kind, existing)?;
                if !keys.insert(search_form(key)) {
                    return Err(MappingError::Repeated(position));
                }
            } else if !matches!(column.target, Target::Ignore | Target::Tags)
                && !taken.insert(column.target.clone())
            {
                return Err(MappingError::Repeated(position));
            }
        }
        let is_part_of_taken =
            |column: &Column| column.target.whole().is_some_and(|w| taken.contains(&w));
        if let Some(position) = self.columns.iter().position(is_part_of_taken) {
            return Err(MappingError::WholeAndParts(position));
        }
        if !taken.contains(&Target::Field(LeadField::Email)) {
            return Err(MappingError::NoEmail);
        }
        Ok(())
    }

    /// The custom attributes that it feeds.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str, AttributeKind)> {
        self.columns
            .iter()
            .filter_map(|column| match &column.target {
                Target::Attribute { key, label, kind } => {
                    Some((key.as_str(), label.as_str(), *kind))
                }
                Target::Ignore
                | Target::Field(_)
                | Target::FamilyName
                | Target::GivenName
                | Target::FamilyKana
                | Target::GivenKana
                | Target::Tags => None,
            })
    }
}

fn check_attribute(
    position: usize,
    key: &str,
    kind: AttributeKind,
    existing: &[AttributeDefinition],
) -> Result<(), MappingError> {
    if !is_key(key) {
        return Err(MappingError::AttributeKey(position));
    }
    match existing.iter().find(|one| one.key == key) {
        Some(one) if one.kind != kind => Err(MappingError::AttributeKind(position)),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(targets: &[Target]) -> ColumnMapping {
        let column = |target: &Target| Column {
            heading: String::new(),
            target: target.clone(),
        };
        ColumnMapping::new(targets.iter().map(column).collect())
    }

    #[test]
    fn a_mapping_needs_the_address_and_no_field_twice() {
        let email = Target::Field(LeadField::Email);
        let name = Target::Field(LeadField::Name);
        let check = |targets: &[Target]| mapping(targets).check(&[]);
        assert_eq!(check(std::slice::from_ref(&email)), Ok(()));
        assert_eq!(
            check(std::slice::from_ref(&name)),
            Err(MappingError::NoEmail)
        );
        assert_eq!(
            check(&[email.clone(), email.clone()]),
            Err(MappingError::Repeated(1))
        );
        assert_eq!(
            check(&[email, Target::GivenName, name]),
            Err(MappingError::WholeAndParts(1))
        );
    }

    #[test]
    fn a_ticked_column_gets_a_key_from_its_heading() {
        let target = Target::new_attribute(" ご予算 (円) ", AttributeKind::Number);
        let email = Target::Field(LeadField::Email);
        let mapping = mapping(&[email, target]);
        assert_eq!(mapping.check(&[]), Ok(()));
        assert_eq!(
            mapping.attributes().collect::<Vec<_>>(),
            [("ご予算_円", "ご予算 (円)", AttributeKind::Number)]
        );
    }

    #[test]
    fn an_attribute_keeps_the_kind_it_was_defined_with() {
        let defined = AttributeDefinition {
            key: "budget".into(),
            label: "Budget".into(),
            kind: AttributeKind::Text,
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        let email = Target::Field(LeadField::Email);
        let number = Target::new_attribute("budget", AttributeKind::Number);
        assert_eq!(
            mapping(&[email, number]).check(&[defined]),
            Err(MappingError::AttributeKind(1))
        );
    }
}
