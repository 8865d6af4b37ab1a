//! What a step writes into a lead.

use std::collections::BTreeMap;

use super::writable_field;
use crate::leads::{AttributeValue, Change, ConditionField, LeadChanges, LeadField};

/// The edit that a step makes; none where the field cannot be written, or not with this value.
#[must_use]
pub fn field_change(field: &str, value: &AttributeValue) -> Option<LeadChanges> {
    let value = value.clone().tidied()?;
    match writable_field(field)? {
        ConditionField::Attribute(key) => Some(LeadChanges {
            attributes: BTreeMap::from([(key, Some(value))]),
            ..LeadChanges::default()
        }),
        ConditionField::Field(field) => fixed(field, &value),
        ConditionField::Score | ConditionField::Band | ConditionField::Tags => None,
    }
}

fn fixed(field: LeadField, value: &AttributeValue) -> Option<LeadChanges> {
    let mut changes = LeadChanges::default();
    let text = || match value {
        AttributeValue::Text(text) => Some(Change::Set(text.clone())),
        AttributeValue::Number(_) | AttributeValue::Date(_) | AttributeValue::Boolean(_) => None,
    };
    match field {
        LeadField::Name => changes.name = text()?,
        LeadField::Kana => changes.kana = text()?,
        LeadField::Company => changes.company = text()?,
        LeadField::Department => changes.department = text()?,
        LeadField::Title => changes.title = text()?,
        LeadField::Phone => changes.phone = text()?,
        LeadField::Grade => changes.grade = text()?,
        LeadField::Industry => changes.industry = text()?,
        LeadField::Region => changes.region = text()?,
        LeadField::GraduationYear => changes.graduation_year = whole(value)?,
        LeadField::CompanySize => changes.company_size = whole(value)?,
        LeadField::Email | LeadField::Owner => return None,
    }
    Some(changes)
}

fn whole(value: &AttributeValue) -> Option<Change<i32>> {
    match value {
        AttributeValue::Number(number) => {
            let is_whole = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and within the range"
            )]
            is_whole.then_some(Change::Set(*number as i32))
        }
        AttributeValue::Text(text) => text.trim().parse().ok().map(Change::Set),
        AttributeValue::Date(_) | AttributeValue::Boolean(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> AttributeValue {
        AttributeValue::Text(text.to_owned())
    }

    #[test]
    fn fixed_fields_and_custom_attributes_can_be_written() {
        let industry = field_change("industry", &text("製造業")).unwrap();
        assert_eq!(industry.industry, Change::Set("製造業".to_owned()));
        let year = field_change("graduation_year", &AttributeValue::Number(2027.0)).unwrap();
        assert_eq!(year.graduation_year, Change::Set(2027));
        let plan = field_change("attributes.plan", &text("無料")).unwrap();
        assert_eq!(plan.attributes["plan"], Some(text("無料")));
    }

    #[test]
    fn scores_addresses_and_owners_cannot_be_written() {
        // V-28
        for field in [
            "score",
            "score_band",
            "tags",
            "email",
            "owner",
            "attributes.",
            "id",
        ] {
            assert_eq!(field_change(field, &text("1")), None, "{field}");
        }
    }

    #[test]
    fn a_value_fits_its_field() {
        for (field, value) in [
            ("company_size", text("many")),
            ("company_size", AttributeValue::Number(1.5)),
            ("company_size", AttributeValue::Number(1e12)),
            ("name", AttributeValue::Boolean(true)),
            ("name", text("　 ")),
        ] {
            assert_eq!(field_change(field, &value), None, "{field} {value}");
        }
    }
}
