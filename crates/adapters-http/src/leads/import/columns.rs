//! The mapping of columns as a form: each target has a name, and each name a target.

use domain::leads::import::{
    Column, ColumnMapping, FileEncoding, FileFormat, MappingError, Separator, Target,
};
use domain::leads::{AttributeDefinition, AttributeKind, LeadField};
use serde::{Deserialize, Serialize};

use super::super::query::typed_tags;
use crate::error::{Complaint, Failure};

/// What was chosen: how the file is read, and one target for each column in the file's order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MappingForm {
    encoding: String,
    separator: String,
    target: Vec<String>,
    pub(super) tags: String,
}

/// How to read the file, in the address of the page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FormatQuery {
    encoding: Option<String>,
    separator: Option<String>,
}

/// A target that a column can have.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    value: String,
    /// The label itself, or nothing where `key` names a text.
    label: Option<String>,
    key: String,
    group: &'static str,
}

impl FormatQuery {
    /// The format that was chosen, if any; what was left open is as `known`.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for names that are none.
    pub(super) fn chosen(&self, known: FileFormat) -> Result<Option<FileFormat>, Failure> {
        if self.encoding.is_none() && self.separator.is_none() {
            return Ok(None);
        }
        let encoding = self.encoding.as_deref();
        let separator = self.separator.as_deref();
        format(
            encoding.unwrap_or(known.encoding.as_str()),
            separator.unwrap_or(known.separator.as_str()),
        )
        .map(Some)
    }
}

fn format(encoding: &str, separator: &str) -> Result<FileFormat, Failure> {
    let unknown = |field| Failure::Invalid(Complaint::about(field, "unknown value"));
    Ok(FileFormat {
        encoding: FileEncoding::parse(encoding).ok_or_else(|| unknown("encoding"))?,
        separator: Separator::parse(separator).ok_or_else(|| unknown("separator"))?,
    })
}

impl MappingForm {
    /// How the file is to be read.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for names that are none.
    pub(super) fn format(&self) -> Result<FileFormat, Failure> {
        format(&self.encoding, &self.separator)
    }

    /// The mapping of a file with this header.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for targets that do not fit the header.
    pub(super) fn mapping(
        &self,
        header: &[String],
        attributes: &[AttributeDefinition],
    ) -> Result<ColumnMapping, Failure> {
        let misfit = || Failure::Invalid(Complaint::about("target", "it does not fit the file"));
        if self.target.len() != header.len() {
            return Err(misfit());
        }
        let columns = header.iter().zip(&self.target).map(|(heading, name)| {
            Some(Column {
                heading: heading.clone(),
                target: target(name, heading, attributes)?,
            })
        });
        let columns: Option<Vec<Column>> = columns.collect();
        Ok(ColumnMapping {
            columns: columns.ok_or_else(misfit)?,
            tags: typed_tags(&self.tags),
        })
    }
}

const PARTS: [(Target, &str); 6] = [
    (Target::Ignore, "ignore"),
    (Target::FamilyName, "family-name"),
    (Target::GivenName, "given-name"),
    (Target::FamilyKana, "family-kana"),
    (Target::GivenKana, "given-kana"),
    (Target::Tags, "tags"),
];

fn target(name: &str, heading: &str, attributes: &[AttributeDefinition]) -> Option<Target> {
    if let Some((target, _)) = PARTS.iter().find(|(_, part)| *part == name) {
        return Some(target.clone());
    }
    let (group, rest) = name.split_once('.')?;
    match group {
        "field" => LeadField::parse(rest).map(Target::Field),
        "attribute" => attributes
            .iter()
            .find(|one| one.key == rest)
            .map(Target::attribute),
        "new" => AttributeKind::parse(rest).map(|kind| Target::new_attribute(heading, kind)),
        _unknown => None,
    }
}

/// The name of a target in the form.
pub(super) fn name(target: &Target, attributes: &[AttributeDefinition]) -> String {
    match target {
        Target::Field(field) => format!("field.{}", field.as_str()),
        Target::Attribute { key, kind, .. } => {
            if attributes.iter().any(|one| one.key == *key) {
                format!("attribute.{key}")
            } else {
                format!("new.{}", kind.as_str())
            }
        }
        Target::Ignore
        | Target::FamilyName
        | Target::GivenName
        | Target::FamilyKana
        | Target::GivenKana
        | Target::Tags => {
            let part = PARTS.iter().find(|(part, _)| part == target);
            part.map_or("ignore", |(_, name)| *name).to_owned()
        }
    }
}

/// Every target that a column can have.
pub(super) fn offers(attributes: &[AttributeDefinition]) -> Vec<Offer> {
    let offer = |value: String, key: String, group| Offer {
        value,
        label: None,
        key,
        group,
    };
    let part = |name: &str, group| {
        offer(
            name.to_owned(),
            format!("leads-import-target-{name}"),
            group,
        )
    };
    let mut offers = vec![part("ignore", "ignore")];
    offers.extend(LeadField::ALL.map(|field| {
        let key = format!("leads-field-{}", field.as_str().replace('_', "-"));
        offer(format!("field.{}", field.as_str()), key, "fields")
    }));
    for name in ["family-name", "given-name", "family-kana", "given-kana"] {
        offers.push(part(name, "fields"));
    }
    offers.push(part("tags", "fields"));
    offers.extend(attributes.iter().map(|one| Offer {
        label: Some(one.label.clone()),
        ..offer(
            format!("attribute.{}", one.key),
            String::new(),
            "attributes",
        )
    }));
    offers.extend(AttributeKind::ALL.map(|kind| {
        let key = format!("leads-import-target-new-{}", kind.as_str());
        offer(format!("new.{}", kind.as_str()), key, "new")
    }));
    offers
}

/// The key of the text that says why a mapping cannot be used, and the column that it is about.
pub(super) fn fault(error: MappingError) -> (&'static str, Option<usize>) {
    match error {
        MappingError::NoEmail => ("leads-import-mapping-no-email", None),
        MappingError::Repeated(column) => ("leads-import-mapping-repeated", Some(column)),
        MappingError::WholeAndParts(column) => {
            ("leads-import-mapping-whole-and-parts", Some(column))
        }
        MappingError::AttributeKey(column) => ("leads-import-mapping-attribute-key", Some(column)),
        MappingError::AttributeKind(column) => {
            ("leads-import-mapping-attribute-kind", Some(column))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn every_offer_is_a_target_and_has_its_name() {
        let attributes = [AttributeDefinition {
            key: "budget".into(),
            label: "ご予算".into(),
            kind: AttributeKind::Number,
            created_at: DateTime::UNIX_EPOCH,
        }];
        for offer in offers(&attributes) {
            let target = target(&offer.value, "志望学科", &attributes).unwrap();
            assert_eq!(name(&target, &attributes), offer.value);
        }
    }

    #[test]
    fn targets_must_fit_the_header() {
        let header = ["メール".to_owned()];
        let mapping = |targets: &[&str]| {
            let form = MappingForm {
                target: targets.iter().map(|&it| it.to_owned()).collect(),
                ..MappingForm::default()
            };
            form.mapping(&header, &[])
        };
        assert!(mapping(&["field.email"]).is_ok());
        let misfits: [&[&str]; 4] = [
            &[],
            &["ignore", "ignore"],
            &["field.score"],
            &["attribute.x"],
        ];
        for misfit in misfits {
            assert_eq!(mapping(misfit).unwrap_err().status(), 400);
        }
    }
}
