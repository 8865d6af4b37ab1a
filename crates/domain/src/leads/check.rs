//! What a draft or an edit must fulfil before it is stored, wherever it comes from.

use thiserror::Error;

use super::attribute::{AttributeDefinition, AttributeValue};
use super::change::{Change, LeadChanges};
use super::field::LeadField;
use super::lead::LeadDraft;
use super::text::{ATTRIBUTE_TEXT_MAX, TEXT_MAX};
use crate::ids::UserId;

/// The years that a 卒業年度 can be.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// One value that cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}: {fault}", field.name())]
pub struct FieldFault {
    /// Which value.
    pub field: CheckedField,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A value of a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckedField {
    /// A fixed field.
    Field(LeadField),
    /// The custom attribute with this key.
    Attribute(String),
}

/// What can be wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// Longer than the field.
    #[error("the text is too long")]
    TooLong,
    /// A NUL or another control character is in it.
    #[error("the text contains a control character")]
    ControlCharacter,
    /// Not a year or a number of people.
    #[error("the number is out of bounds")]
    OutOfRange,
    /// Nobody has defined the attribute.
    #[error("there is no such attribute")]
    UnknownAttribute,
    /// The attribute has another kind of values.
    #[error("the attribute has another kind of values")]
    WrongKind,
    /// There is no such member of staff.
    #[error("there is no such member of staff")]
    NoSuchOwner,
}

/// What values are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a> {
    /// The tenant's custom attributes.
    pub attributes: &'a [AttributeDefinition],
    /// The tenant's staff.
    pub staff: &'a [UserId],
}

impl CheckedField {
    /// The name in forms and in the JSON interface.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Field(field) => field.as_str().to_owned(),
            Self::Attribute(key) => format!("attributes.{key}"),
        }
    }
}

impl Checks<'_> {
    /// Whether a draft can be stored.
    ///
    /// # Errors
    /// See [`Fault`]; the first fault is told.
    pub fn draft(&self, draft: &LeadDraft) -> Result<(), FieldFault> {
        use LeadField as F;
        let texts = [
            (F::Name, &draft.name),
            (F::Kana, &draft.kana),
            (F::Company, &draft.company),
            (F::Department, &draft.department),
            (F::Title, &draft.title),
            (F::Phone, &draft.phone),
            (F::Grade, &draft.grade),
            (F::Industry, &draft.industry),
            (F::Region, &draft.region),
        ];
        for (field, value) in texts {
            check_text(field, value.as_deref())?;
        }
        check_year(draft.graduation_year)?;
        check_size(draft.company_size)?;
        self.check_owner(draft.owner)?;
        let mut attributes = draft.attributes.iter();
        attributes.try_for_each(|(key, value)| self.check_attribute(key, Some(value)))
    }

    /// Whether an edit can be carried out.
    ///
    /// # Errors
    /// See [`Fault`]; the first fault is told.
    pub fn changes(&self, changes: &LeadChanges) -> Result<(), FieldFault> {
        use LeadField as F;
        let texts = [
            (F::Name, &changes.name),
            (F::Kana, &changes.kana),
            (F::Company, &changes.company),
            (F::Department, &changes.department),
            (F::Title, &changes.title),
            (F::Phone, &changes.phone),
            (F::Grade, &changes.grade),
            (F::Industry, &changes.industry),
            (F::Region, &changes.region),
        ];
        for (field, change) in texts {
            check_text(field, set(change).map(String::as_str))?;
        }
        check_year(set(&changes.graduation_year).copied())?;
        check_size(set(&changes.company_size).copied())?;
        self.check_owner(set(&changes.owner).copied())?;
        let mut attributes = changes.attributes.iter();
        attributes.try_for_each(|(key, value)| self.check_attribute(key, value.as_ref()))
    }

    fn check_owner(&self, owner: Option<UserId>) -> Result<(), FieldFault> {
        let is_known = owner.is_none_or(|owner| self.staff.contains(&owner));
        is_known
            .then_some(())
            .ok_or_else(|| of(LeadField::Owner, Fault::NoSuchOwner))
    }

    fn check_attribute(&self, key: &str, value: Option<&AttributeValue>) -> Result<(), FieldFault> {
        let fault = |fault| FieldFault {
            field: CheckedField::Attribute(key.to_owned()),
            fault,
        };
        let mut known = self.attributes.iter();
        let definition = known
            .find(|one| one.key == key)
            .ok_or_else(|| fault(Fault::UnknownAttribute))?;
        match value {
            Some(value) if value.kind() != definition.kind => Err(fault(Fault::WrongKind)),
            Some(AttributeValue::Text(text)) => {
                text_fault(text, ATTRIBUTE_TEXT_MAX, true).map_or(Ok(()), |it| Err(fault(it)))
            }
            Some(
                AttributeValue::Number(_) | AttributeValue::Date(_) | AttributeValue::Boolean(_),
            )
            | None => Ok(()),
        }
    }
}

fn set<T>(change: &Change<T>) -> Option<&T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}

fn of(field: LeadField, fault: Fault) -> FieldFault {
    FieldFault {
        field: CheckedField::Field(field),
        fault,
    }
}

fn check_text(field: LeadField, text: Option<&str>) -> Result<(), FieldFault> {
    let fault = text.and_then(|text| text_fault(text, TEXT_MAX, false));
    fault.map_or(Ok(()), |fault| Err(of(field, fault)))
}

fn text_fault(text: &str, max: usize, may_have_lines: bool) -> Option<Fault> {
    let is_allowed = |c: char| may_have_lines && matches!(c, '\n' | '\r' | '\t');
    if text.chars().any(|c| c.is_control() && !is_allowed(c)) {
        Some(Fault::ControlCharacter)
    } else if text.chars().count() > max {
        Some(Fault::TooLong)
    } else {
        None
    }
}

fn check_year(year: Option<i32>) -> Result<(), FieldFault> {
    let is_year = year.is_none_or(|year| YEARS.contains(&year));
    is_year
        .then_some(())
        .ok_or_else(|| of(LeadField::GraduationYear, Fault::OutOfRange))
}

fn check_size(size: Option<i32>) -> Result<(), FieldFault> {
    let is_size = size.is_none_or(|size| size >= 0);
    is_size
        .then_some(())
        .ok_or_else(|| of(LeadField::CompanySize, Fault::OutOfRange))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::leads::attribute::AttributeKind;
    use crate::leads::email::EmailAddress;

    fn fault(fill: impl FnOnce(&mut LeadDraft)) -> Option<(String, Fault)> {
        let attributes = [AttributeDefinition {
            key: "budget".into(),
            label: "予算".into(),
            kind: AttributeKind::Number,
            created_at: DateTime::UNIX_EPOCH,
        }];
        let mut draft = LeadDraft::new(EmailAddress::parse("sato@example.jp").unwrap());
        fill(&mut draft);
        let checks = Checks {
            attributes: &attributes,
            staff: &[],
        };
        let checked = checks.draft(&draft);
        checked.err().map(|it| (it.field.name(), it.fault))
    }

    #[test]
    fn what_storage_or_people_cannot_take_is_refused() {
        // V-12, V-28
        let cases = [
            (
                fault(|it| it.name = Some("a\0b".into())),
                "name",
                Fault::ControlCharacter,
            ),
            (
                fault(|it| it.company = Some("あ".repeat(501))),
                "company",
                Fault::TooLong,
            ),
            (
                fault(|it| it.graduation_year = Some(26)),
                "graduation_year",
                Fault::OutOfRange,
            ),
            (
                fault(|it| it.company_size = Some(-1)),
                "company_size",
                Fault::OutOfRange,
            ),
            (
                fault(|it| it.owner = Some(UserId::new())),
                "owner",
                Fault::NoSuchOwner,
            ),
        ];
        for (found, field, fault) in cases {
            assert_eq!(found, Some((field.to_owned(), fault)));
        }
        assert_eq!(fault(|it| it.name = Some("佐藤 花子".into())), None);
    }

    #[test]
    fn an_attribute_must_be_defined_and_keep_its_kind() {
        let with = |key: &str, value: AttributeValue| {
            fault(|it| drop(it.attributes.insert(key.to_owned(), value)))
        };
        let text = AttributeValue::Text("x".into());
        let unknown = ("attributes.color".to_owned(), Fault::UnknownAttribute);
        assert_eq!(with("color", text.clone()), Some(unknown));
        let wrong = ("attributes.budget".to_owned(), Fault::WrongKind);
        assert_eq!(with("budget", text), Some(wrong));
        assert_eq!(with("budget", AttributeValue::Number(1.0)), None);
    }

    #[test]
    fn an_edit_is_held_to_the_same_rules() {
        let checks = Checks {
            attributes: &[],
            staff: &[],
        };
        let changes = LeadChanges {
            grade: Change::Set("\u{7}".into()),
            ..LeadChanges::default()
        };
        let found = checks.changes(&changes).unwrap_err();
        assert_eq!(found, of(LeadField::Grade, Fault::ControlCharacter));
        assert_eq!(checks.changes(&LeadChanges::default()), Ok(()));
    }
}
