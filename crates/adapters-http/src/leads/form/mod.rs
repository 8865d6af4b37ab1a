//! The form of one lead: typed texts in, a draft or what is wrong with it out. Values are read as
//! an import reads them, so that `２０２７年度` and `約300名` mean the same everywhere.

use std::collections::BTreeMap;

use domain::ids::UserId;
use domain::leads::import::{Column, ColumnMapping, Owners, Refusal, Row, RowReader, Target};
use domain::leads::{AttributeDefinition, Change, Lead, LeadChanges, LeadDraft, LeadField};
use serde::{Deserialize, Serialize};

use super::query::typed_tags;
use super::refusal_text;
use crate::pages::FormErrors;

/// Fields whose texts are read by [`RowReader`], with their names in the form.
const FIELDS: [LeadField; 12] = [
    LeadField::Email,
    LeadField::Name,
    LeadField::Kana,
    LeadField::Company,
    LeadField::Department,
    LeadField::Title,
    LeadField::Phone,
    LeadField::GraduationYear,
    LeadField::Grade,
    LeadField::Industry,
    LeadField::CompanySize,
    LeadField::Region,
];

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LeadForm {
    email: String,
    name: String,
    kana: String,
    company: String,
    department: String,
    title: String,
    phone: String,
    graduation_year: String,
    grade: String,
    industry: String,
    company_size: String,
    region: String,
    owner: String,
    tags: String,
    /// Custom attributes, in the order of `attribute_value`.
    attribute_key: Vec<String>,
    attribute_value: Vec<String>,
}

/// A custom attribute as a field of the form.
#[derive(Debug, Serialize)]
pub(super) struct AttributeField {
    key: String,
    label: String,
    kind: &'static str,
    value: String,
}

impl LeadForm {
    /// What the form of a lead holds at first.
    pub(super) fn of(lead: &Lead) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: Option<i32>| number.map(|it| it.to_string()).unwrap_or_default();
        let attributes = lead.attributes.iter();
        let (attribute_key, attribute_value) = attributes
            .map(|(key, value)| (key.clone(), value.to_string()))
            .unzip();
        Self {
            email: lead.email.to_string(),
            name: text(&lead.name),
            kana: text(&lead.kana),
            company: text(&lead.company),
            department: text(&lead.department),
            title: text(&lead.title),
            phone: text(&lead.phone),
            graduation_year: number(lead.graduation_year),
            grade: text(&lead.grade),
            industry: text(&lead.industry),
            company_size: number(lead.company_size),
            region: text(&lead.region),
            owner: lead.owner.map(|id| id.to_string()).unwrap_or_default(),
            tags: Vec::from_iter(lead.tags.iter().map(String::as_str)).join("、"),
            attribute_key,
            attribute_value,
        }
    }

    /// The fields of the tenant's attributes with what was typed into them.
    pub(super) fn attribute_fields(&self, known: &[AttributeDefinition]) -> Vec<AttributeField> {
        let field = |one: &AttributeDefinition| AttributeField {
            key: one.key.clone(),
            label: one.label.clone(),
            kind: one.kind.as_str(),
            value: self.attribute(&one.key).to_owned(),
        };
        known.iter().map(field).collect()
    }

    /// The lead that was typed.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub(super) fn read(
        &self,
        attributes: &[AttributeDefinition],
        staff: &[UserId],
    ) -> Result<LeadDraft, FormErrors> {
        let (mapping, cells) = self.row(attributes);
        let mut errors = FormErrors::default();
        let owner = self.typed_owner(staff).unwrap_or_else(|()| {
            errors.add("owner", "leads-refusal-owner-unknown");
            None
        });
        let draft = match RowReader::new(&mapping, &Owners::new()).read(1, &cells) {
            Row::Lead(draft) => Some(*draft),
            Row::Refused(refusals) => {
                add_all(&mut errors, &refusals);
                None
            }
            Row::Blank => {
                errors.add("email", "leads-refusal-address-missing");
                None
            }
        };
        match draft {
            Some(draft) if errors.is_empty() => Ok(LeadDraft {
                owner,
                tags: typed_tags(&self.tags),
                ..draft
            }),
            Some(_) | None => Err(errors),
        }
    }

    /// The form as a row of a file whose headings are the names of the fields.
    fn row(&self, attributes: &[AttributeDefinition]) -> (ColumnMapping, Vec<&str>) {
        let mut columns = Vec::new();
        let mut cells = Vec::new();
        for field in FIELDS {
            columns.push(Column {
                heading: field.as_str().to_owned(),
                target: Target::Field(field),
            });
            cells.push(self.text(field));
        }
        for attribute in attributes {
            columns.push(Column {
                heading: "attributes".to_owned(),
                target: Target::attribute(attribute),
            });
            cells.push(self.attribute(&attribute.key));
        }
        (ColumnMapping::new(columns), cells)
    }

    fn text(&self, field: LeadField) -> &str {
        match field {
            LeadField::Email => &self.email,
            LeadField::Name => &self.name,
            LeadField::Kana => &self.kana,
            LeadField::Company => &self.company,
            LeadField::Department => &self.department,
            LeadField::Title => &self.title,
            LeadField::Phone => &self.phone,
            LeadField::GraduationYear => &self.graduation_year,
            LeadField::Grade => &self.grade,
            LeadField::Industry => &self.industry,
            LeadField::CompanySize => &self.company_size,
            LeadField::Region => &self.region,
            LeadField::Owner => &self.owner,
        }
    }

    fn attribute(&self, key: &str) -> &str {
        let mut typed = self.attribute_key.iter().zip(&self.attribute_value);
        let found = typed.find(|(name, _)| *name == key);
        found.map_or("", |(_, value)| value)
    }

    /// A member of staff of this tenant (V-25).
    fn typed_owner(&self, staff: &[UserId]) -> Result<Option<UserId>, ()> {
        if self.owner.is_empty() {
            return Ok(None);
        }
        let owner: Option<UserId> = self.owner.parse().ok();
        owner
            .filter(|owner| staff.contains(owner))
            .map(Some)
            .ok_or(())
    }
}

fn add_all(errors: &mut FormErrors, refusals: &[Refusal]) {
    for refusal in refusals {
        let column = refusal.column.as_deref().unwrap_or("email");
        let field = FIELDS.iter().find(|field| field.as_str() == column);
        let name = field.map_or("attributes", |field| field.as_str());
        errors.add(name, refusal_text::key(refusal.reason));
    }
}

/// The edit that makes a lead what the form says: an empty field clears.
pub(super) fn changes(draft: LeadDraft, known: &[AttributeDefinition]) -> LeadChanges {
    let mut typed = draft.attributes;
    let attributes: BTreeMap<_, _> = known
        .iter()
        .map(|one| (one.key.clone(), typed.remove(&one.key)))
        .collect();
    LeadChanges {
        email: Some(draft.email),
        name: Change::from(draft.name),
        kana: Change::from(draft.kana),
        company: Change::from(draft.company),
        department: Change::from(draft.department),
        title: Change::from(draft.title),
        phone: Change::from(draft.phone),
        graduation_year: Change::from(draft.graduation_year),
        grade: Change::from(draft.grade),
        industry: Change::from(draft.industry),
        company_size: Change::from(draft.company_size),
        region: Change::from(draft.region),
        owner: Change::from(draft.owner),
        attributes,
        tags: Some(draft.tags),
    }
}

#[cfg(test)]
mod tests;
