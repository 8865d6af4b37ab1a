//! What will become of the first rows, read exactly as the import will read them.

use actix_web::{HttpRequest, web};
use domain::ids::ImportId;
use domain::leads::LeadDraft;
use domain::leads::import::{ColumnMapping, Row, RowReader, Target};
use serde::Serialize;

use super::columns::{self, MappingForm};
use super::review::{Look, Review, trouble_page};
use super::view::RefusalView;
use crate::blocking::blocking_long;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::Page;
use crate::security::SignedIn;
use crate::state::State;

/// The first rows, and whether the mapping can be used.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    fault: Option<&'static str>,
    /// The heading of the column that the fault is about.
    fault_column: Option<String>,
    headings: Vec<String>,
    rows: Vec<PreviewRow>,
}

#[derive(Debug, Serialize)]
struct PreviewRow {
    line: u64,
    is_lead: bool,
    cells: Vec<Cell>,
    problems: Vec<RefusalView>,
}

/// A cell, and what is read in it.
#[derive(Debug, Serialize)]
struct Cell {
    text: String,
    is_ignored: bool,
}

impl Preview {
    pub(super) fn of(review: &Review, mapping: &ColumnMapping) -> Self {
        let fault = mapping.check(&review.attributes).err();
        let (key, column) = fault.map(columns::fault).unzip();
        let header = &review.inspection.header;
        let reader = RowReader::new(mapping, &review.owners);
        let rows = review.inspection.rows.iter();
        Self {
            fault: key,
            fault_column: column.flatten().and_then(|at| header.get(at).cloned()),
            headings: header.clone(),
            rows: rows
                .map(|(line, cells)| PreviewRow::of(*line, cells, mapping, &reader))
                .collect(),
        }
    }

    /// Whether the import can start with this mapping.
    pub(super) fn is_usable(&self) -> bool {
        self.fault.is_none()
    }
}

impl PreviewRow {
    fn of(line: u64, cells: &[String], mapping: &ColumnMapping, reader: &RowReader<'_>) -> Self {
        let row = reader.read(line, cells);
        let draft = match &row {
            Row::Lead(draft) => Some(&**draft),
            Row::Refused(_) | Row::Blank => None,
        };
        let cells = mapping.columns.iter().zip(cells);
        let cells = cells.map(|(column, cell)| Cell::of(&column.target, cell, draft));
        Self {
            line,
            is_lead: draft.is_some(),
            cells: cells.collect(),
            problems: match &row {
                Row::Refused(refusals) => refusals.iter().map(RefusalView::of).collect(),
                Row::Lead(_) | Row::Blank => Vec::new(),
            },
        }
    }
}

impl Cell {
    fn of(target: &Target, cell: &str, draft: Option<&LeadDraft>) -> Self {
        let read = draft.and_then(|draft| value(target, draft));
        Self {
            text: read.unwrap_or_else(|| cell.trim().to_owned()),
            is_ignored: *target == Target::Ignore,
        }
    }
}

/// What was read, where it may look different from what was written.
fn value(target: &Target, draft: &LeadDraft) -> Option<String> {
    use domain::leads::LeadField as F;
    match target {
        Target::Field(F::Email) => Some(draft.email.to_string()),
        Target::Field(F::GraduationYear) => draft.graduation_year.map(|year| year.to_string()),
        Target::Field(F::CompanySize) => draft.company_size.map(|size| size.to_string()),
        Target::Attribute { key, .. } => draft.attributes.get(key).map(ToString::to_string),
        Target::Field(
            F::Name
            | F::Kana
            | F::Company
            | F::Department
            | F::Title
            | F::Phone
            | F::Grade
            | F::Industry
            | F::Region
            | F::Owner,
        )
        | Target::Ignore
        | Target::FamilyName
        | Target::GivenName
        | Target::FamilyKana
        | Target::GivenKana
        | Target::Tags => None,
    }
}

/// The preview for another mapping, for htmx. Changes nothing.
pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<ImportId>,
    Form(form): Form<MappingForm>,
) -> PageResult {
    let (tenant, id, format) = (me.tenant_id(), id.into_inner(), form.format()?);
    let look = blocking_long(move || {
        let found = state.ports.imports.find(tenant, id)?;
        let import = found.ok_or(Failure::NotFound)?;
        Look::at(&state.ports, tenant, import, Some(format))
    })
    .await?;
    match look {
        Look::Trouble(import, trouble) => trouble_page(&request, &import, trouble),
        Look::Fine(review) => {
            let mapping = form.mapping(&review.inspection.header, &review.attributes)?;
            Page::of(&request, "leads/import/preview.html")
                .with("preview", &review.preview(&mapping))
                .render()
        }
    }
}
