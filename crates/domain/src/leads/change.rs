//! Edits of leads.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::attribute::AttributeValue;
use super::email::EmailAddress;
use super::lead::Lead;
use super::text::{tidy_line, tidy_tag};
use crate::ids::UserId;

/// What becomes of one field: in JSON an absent key, `null`, or a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It becomes empty.
    Clear,
    /// It becomes this.
    Set(T),
}

/// An edit of one lead. What is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields mean what they mean in Lead")]
pub struct LeadChanges {
    pub email: Option<EmailAddress>,
    pub name: Change<String>,
    pub kana: Change<String>,
    pub company: Change<String>,
    pub department: Change<String>,
    pub title: Change<String>,
    pub phone: Change<String>,
    pub graduation_year: Change<i32>,
    pub grade: Change<String>,
    pub industry: Change<String>,
    pub company_size: Change<i32>,
    pub region: Change<String>,
    pub owner: Change<UserId>,
    /// `None` removes the attribute.
    pub attributes: BTreeMap<String, Option<AttributeValue>>,
    /// Replaces every tag.
    pub tags: Option<BTreeSet<String>>,
}

impl Lead {
    /// Carries out an edit.
    pub fn apply(&mut self, changes: LeadChanges, now: DateTime<Utc>) {
        if let Some(email) = changes.email {
            self.email = email;
        }
        changes.name.tidied().apply(&mut self.name);
        changes.kana.tidied().apply(&mut self.kana);
        changes.company.tidied().apply(&mut self.company);
        changes.department.tidied().apply(&mut self.department);
        changes.title.tidied().apply(&mut self.title);
        changes.phone.tidied().apply(&mut self.phone);
        changes.graduation_year.apply(&mut self.graduation_year);
        changes.grade.tidied().apply(&mut self.grade);
        changes.industry.tidied().apply(&mut self.industry);
        changes.company_size.apply(&mut self.company_size);
        changes.region.tidied().apply(&mut self.region);
        changes.owner.apply(&mut self.owner);
        for (key, value) in changes.attributes {
            match value.and_then(AttributeValue::tidied) {
                Some(value) => self.attributes.insert(key, value),
                None => self.attributes.remove(&key),
            };
        }
        if let Some(tags) = changes.tags {
            self.tags = tags.iter().filter_map(|tag| tidy_tag(tag)).collect();
        }
        self.updated_at = now;
    }
}

impl<T> Change<T> {
    /// Carries the change out on a field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl Change<String> {
    /// A text of spaces clears.
    fn tidied(self) -> Self {
        match self {
            Self::Set(text) => Self::from(tidy_line(&text)),
            Self::Keep => Self::Keep,
            Self::Clear => Self::Clear,
        }
    }
}

/// What a form sends: an empty field clears.
impl<T> From<Option<T>> for Change<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;
    use crate::leads::LeadDraft;

    fn lead(draft: LeadDraft) -> Lead {
        draft.into_lead(LeadId::new(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn an_edit_keeps_clears_and_sets() {
        let mut known = lead(LeadDraft {
            name: Some("佐藤".into()),
            grade: Some("3".into()),
            ..LeadDraft::new(EmailAddress::parse("sato@example.jp").unwrap())
        });
        let changes =
            r#"{"grade": null, "region": "東京都", "attributes": {"x": {"number": 1.5}}}"#;
        known.apply(serde_json::from_str(changes).unwrap(), DateTime::UNIX_EPOCH);
        assert_eq!(known.name.as_deref(), Some("佐藤"));
        assert_eq!(known.grade, None);
        assert_eq!(known.region.as_deref(), Some("東京都"));
        assert_eq!(known.attributes["x"], AttributeValue::Number(1.5));
    }

    #[test]
    fn no_edit_reaches_ids_scores_or_dates() {
        // V-28
        for field in ["id", "tenant_id", "engagement_score", "score", "created_at"] {
            let changes = format!(r#"{{"{field}": 1}}"#);
            assert!(
                serde_json::from_str::<LeadChanges>(&changes).is_err(),
                "{field}"
            );
        }
    }
}
