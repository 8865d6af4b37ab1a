//! A file that waits: how it is read, what its columns mean, and what will become of its rows.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use domain::ids::TenantId;
use domain::leads::AttributeDefinition;
use domain::leads::import::{
    ColumnMapping, FileEncoding, FileFormat, Import, ImportFileError, Inspection, Owners,
    Separator, guess_mapping,
};
use serde::Serialize;

use super::columns::{self, Offer};
use super::preview::Preview;
use super::trouble::Trouble;
use super::view::View;
use crate::error::{Failure, PageResult};
use crate::pages::{Nav, Page};
use crate::ports::Ports;

/// A file with everything that its mapping depends on.
pub(super) struct Review {
    pub(super) import: Import,
    pub(super) inspection: Inspection,
    pub(super) attributes: Vec<AttributeDefinition>,
    pub(super) owners: Owners,
}

/// A file that can be reviewed, or why not.
pub(super) enum Look {
    Fine(Box<Review>),
    Trouble(Box<Import>, Trouble),
}

#[derive(Serialize)]
struct ColumnView<'a> {
    heading: &'a str,
    target: String,
    samples: Vec<&'a str>,
}

/// Values of a column that are shown beside its heading.
const SAMPLES: usize = 3;

impl Look {
    /// Looks at the file of an import. Where `format` is given, it is read in that way.
    ///
    /// # Errors
    /// Those of storage.
    pub(super) fn at(
        ports: &Ports,
        tenant: TenantId,
        import: Import,
        format: Option<FileFormat>,
    ) -> Result<Self, Failure> {
        let inspection: Result<Inspection, ImportFileError> =
            ports.import_files.inspect(tenant, import.id, format);
        let inspection = match inspection {
            Ok(inspection) => inspection,
            Err(error) => {
                return Ok(Self::Trouble(Box::new(import), Trouble::with_file(error)?));
            }
        };
        let staff = ports.users.list(tenant)?;
        Ok(Self::Fine(Box::new(Review {
            import,
            inspection,
            attributes: ports.lead_listing.attributes(tenant)?,
            owners: staff
                .into_iter()
                .map(|user| (user.email, user.id))
                .collect(),
        })))
    }
}

impl Review {
    /// What the columns probably mean.
    pub(super) fn guess(&self) -> ColumnMapping {
        guess_mapping(&self.inspection.header, &self.attributes)
    }

    /// What will become of the rows.
    pub(super) fn preview(&self, mapping: &ColumnMapping) -> Preview {
        Preview::of(self, mapping)
    }

    fn columns<'a>(&'a self, mapping: &ColumnMapping) -> Vec<ColumnView<'a>> {
        let headings = self.inspection.header.iter().enumerate();
        headings
            .zip(&mapping.columns)
            .map(|((position, heading), column)| ColumnView {
                heading,
                target: columns::name(&column.target, &self.attributes),
                samples: self.samples(position),
            })
            .collect()
    }

    fn samples(&self, column: usize) -> Vec<&str> {
        let rows = self.inspection.rows.iter();
        let cells = rows.filter_map(|(_, cells)| cells.get(column).map(String::as_str));
        let filled = cells.filter(|cell| !cell.trim().is_empty());
        filled.take(SAMPLES).collect()
    }

    /// The page with this mapping; `tags` as they were typed.
    pub(super) fn page(&self, request: &HttpRequest, mapping: &ColumnMapping, tags: &str) -> Page {
        let offers: Vec<Offer> = columns::offers(&self.attributes);
        let preview = self.preview(mapping);
        let status = if preview.is_usable() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        frame(request, &self.import)
            .with("trouble", &None::<Trouble>)
            .with("encoding", self.inspection.format.encoding.as_str())
            .with("separator", self.inspection.format.separator.as_str())
            .with("columns", &self.columns(mapping))
            .with("offers", &offers)
            .with("tags", tags)
            .with("preview", &preview)
            .status(status)
    }
}

fn frame(request: &HttpRequest, import: &Import) -> Page {
    Page::of(request, "leads/import/review.html")
        .title("leads-import-review-title")
        .nav(Nav::Import)
        .with("import", &View::of(import))
        .with("limit", &0)
        .with("encodings", &FileEncoding::ALL.map(FileEncoding::as_str))
        .with("separators", &Separator::ALL.map(Separator::as_str))
}

/// The page of a file that cannot be read.
pub(super) fn trouble_page(request: &HttpRequest, import: &Import, trouble: Trouble) -> PageResult {
    frame(request, import)
        .with("trouble", &Some(trouble))
        .with("encoding", import.format.encoding.as_str())
        .with("separator", import.format.separator.as_str())
        .render()
}
