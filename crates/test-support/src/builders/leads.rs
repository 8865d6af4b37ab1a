//! Leads and imports.

use std::collections::BTreeSet;

use domain::ids::ImportId;
use domain::leads::import::{Column, ColumnMapping, FileFormat, NewImport, Target};
use domain::leads::{EmailAddress, LeadDraft, LeadField};

/// The address `{name}@example.jp`.
///
/// # Panics
/// Where that is no address.
#[must_use]
pub fn address(name: &str) -> EmailAddress {
    EmailAddress::parse(&format!("{name}@example.jp")).expect("this is an address")
}

/// A lead of whom the address `{name}@example.jp` and the name are known.
#[must_use]
pub fn draft(name: &str) -> LeadDraft {
    LeadDraft {
        name: Some(name.to_owned()),
        ..LeadDraft::new(address(name))
    }
}

/// These tags.
#[must_use]
pub fn tags(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// A mapping of columns to these targets, with the headings 列1, 列2 ….
#[must_use]
pub fn mapping(targets: &[Target]) -> ColumnMapping {
    let column = |(n, target): (usize, &Target)| Column {
        heading: format!("列{}", n + 1),
        target: target.clone(),
    };
    ColumnMapping::new(targets.iter().enumerate().map(column).collect())
}

/// An upload with a column of addresses and one of names.
#[must_use]
pub fn new_import() -> NewImport {
    NewImport {
        id: ImportId::new(),
        file_name: "名簿.csv".to_owned(),
        format: FileFormat::default(),
        mapping: mapping(&[
            Target::Field(LeadField::Email),
            Target::Field(LeadField::Name),
        ]),
        bytes_total: 1_000,
        created_by: None,
    }
}
