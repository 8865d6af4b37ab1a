//! Exporting lists of leads (書き出し).

use std::collections::BTreeMap;
use std::io::Write;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::attribute::AttributeDefinition;
use super::email::EmailAddress;
use super::field::LeadField;
use super::filter::{AsOf, LeadFilter};
use super::import::attribute_heading;
use super::lead::Lead;
use super::ports::LeadListing;
use crate::ids::{LeadId, TenantId, UserId};
use crate::store::StoreError;
use crate::tenancy::Locale;

/// What file to make of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// UTF-8 with a byte order mark, by which Excel knows it.
    #[default]
    CsvUtf8,
    /// What older Japanese programs read; characters that it lacks become 〓.
    CsvCp932,
    /// An Excel workbook.
    Xlsx,
}

/// Why a file could not be made.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The leads could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be written.
    #[error("the file cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The list has more rows than the file format takes.
    #[error("the list has more rows than a workbook takes (1,048,575); export it as CSV")]
    TooManyRows,
}

/// A table that is being written.
pub trait SheetWriter {
    /// Writes the next row. Every cell is text, and stays text when the file is opened (V-29).
    ///
    /// # Errors
    /// `Io`, or `TooManyRows` for a workbook.
    fn row(&mut self, cells: &[String]) -> Result<(), ExportError>;

    /// Writes what is left. Without this the file is incomplete.
    ///
    /// # Errors
    /// `Io`.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Writers of tables, in constant memory.
pub trait LeadExport: Send + Sync {
    /// Begins a file of `format` that goes to `out`.
    ///
    /// # Errors
    /// `Io`.
    fn begin<'a>(
        &self,
        format: ExportFormat,
        out: Box<dyn Write + Send + 'a>,
    ) -> Result<Box<dyn SheetWriter + 'a>, ExportError>;
}

/// What to export, and how.
#[derive(Clone, Copy, Debug)]
pub struct ExportOrder<'a> {
    /// Which leads.
    pub filter: &'a LeadFilter,
    /// Into what file.
    pub format: ExportFormat,
    /// Language of the headings.
    pub locale: Locale,
    /// Addresses of the tenant's staff, for the owner's column.
    pub owners: &'a BTreeMap<UserId, EmailAddress>,
    /// The moment that the filter counts from.
    pub as_of: AsOf,
}

/// Leads read at once.
const CHUNK: u32 = 500;

/// Writes the leads that a filter finds, in the order of their ids, and returns how many. The file
/// imports again unchanged: the headings are guessed right, and scores are ignored.
///
/// # Errors
/// See [`ExportError`]; what was written by then is incomplete.
pub fn export_leads(
    listing: &dyn LeadListing,
    export: &dyn LeadExport,
    tenant: TenantId,
    order: ExportOrder<'_>,
    out: Box<dyn Write + Send + '_>,
) -> Result<u64, ExportError> {
    let attributes = listing.attributes(tenant)?;
    let mut sheet = export.begin(order.format, out)?;
    sheet.row(&headings(order.locale, &attributes))?;
    let mut written = 0;
    let mut after: Option<LeadId> = None;
    loop {
        let leads = listing.walk(tenant, order.filter, after, CHUNK, order.as_of)?;
        let Some(last) = leads.last() else {
            break;
        };
        after = Some(last.id);
        for lead in &leads {
            sheet.row(&cells(lead, order.owners, &attributes))?;
            written += 1;
        }
    }
    sheet.finish()?;
    Ok(written)
}

fn headings(locale: Locale, attributes: &[AttributeDefinition]) -> Vec<String> {
    let fields = LeadField::ALL.map(|field| field.heading(locale).to_owned());
    let (tags, results) = match locale {
        Locale::Ja => ("タグ", ["スコア", "温度", "最終反応日時", "登録日時"]),
        Locale::En => ("Tags", ["Score", "Band", "Last reaction", "Created"]),
    };
    let mut row = Vec::from(fields);
    row.push(tags.to_owned());
    row.extend(
        attributes
            .iter()
            .map(|one| attribute_heading(one, attributes)),
    );
    row.extend(results.map(str::to_owned));
    row
}

fn cells(
    lead: &Lead,
    owners: &BTreeMap<UserId, EmailAddress>,
    attributes: &[AttributeDefinition],
) -> Vec<String> {
    let owner = lead.owner.and_then(|id| owners.get(&id));
    let field = |field| field_text(lead, owner, field).unwrap_or_default();
    let mut row = Vec::from(LeadField::ALL.map(field));
    row.push(Vec::from_iter(lead.tags.iter().map(String::as_str)).join(";"));
    row.extend(attributes.iter().map(|one| {
        let value = lead.attributes.get(&one.key);
        value.map(ToString::to_string).unwrap_or_default()
    }));
    row.push(lead.score.to_string());
    row.push(lead.band.as_str().to_owned());
    row.push(
        lead.last_engaged_at
            .map(|at| at.to_rfc3339())
            .unwrap_or_default(),
    );
    row.push(lead.created_at.to_rfc3339());
    row
}

fn field_text(lead: &Lead, owner: Option<&EmailAddress>, field: LeadField) -> Option<String> {
    match field {
        LeadField::Email => Some(lead.email.to_string()),
        LeadField::Name => lead.name.clone(),
        LeadField::Kana => lead.kana.clone(),
        LeadField::Company => lead.company.clone(),
        LeadField::Department => lead.department.clone(),
        LeadField::Title => lead.title.clone(),
        LeadField::Phone => lead.phone.clone(),
        LeadField::GraduationYear => lead.graduation_year.map(|year| year.to_string()),
        LeadField::Grade => lead.grade.clone(),
        LeadField::Industry => lead.industry.clone(),
        LeadField::CompanySize => lead.company_size.map(|size| size.to_string()),
        LeadField::Region => lead.region.clone(),
        LeadField::Owner => owner.map(ToString::to_string),
    }
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::CsvUtf8, Self::CsvCp932, Self::Xlsx];

    /// The name in addresses and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CsvUtf8 => "csv-utf8",
            Self::CsvCp932 => "csv-cp932",
            Self::Xlsx => "xlsx",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }

    /// The media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::CsvUtf8 => "text/csv; charset=utf-8",
            Self::CsvCp932 => "text/csv; charset=Shift_JIS",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The ending of the file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::CsvUtf8 | Self::CsvCp932 => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}
