//! Lists as CSV files that spreadsheets open as they are.

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::analytics::MailCounts;
use domain::leads::formula;
use domain::tenancy::Locale;

use crate::error::Failure;
use crate::security::SignedIn;
use crate::texts;

/// Spreadsheets take a file for UTF-8 by this.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The headings of [`of_counts`], in its order.
const COUNTS: [&str; 14] = [
    "analytics-mail-sends",
    "analytics-mail-delivered",
    "analytics-mail-clicked",
    "analytics-mail-click-rate",
    "analytics-mail-all-clicks",
    "analytics-mail-machine-clicks",
    "analytics-mail-opened",
    "analytics-mail-open-rate",
    "analytics-mail-all-opens",
    "analytics-mail-machine-opens",
    "analytics-mail-bounces",
    "analytics-mail-complaints",
    "analytics-mail-unsubscribes",
    "analytics-mail-unsubscribe-rate",
];

/// A file that is being written: no cell of it runs as a formula (V-29).
pub(super) struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// An empty file with these columns, and those of the counts behind them.
    pub(super) fn with_counts(columns: &[&str], locale: Locale) -> Result<Self, Failure> {
        let mut sheet = Self {
            writer: csv::WriterBuilder::new()
                .terminator(csv::Terminator::CRLF)
                .from_writer(BYTE_ORDER_MARK.to_vec()),
        };
        let headings = columns.iter().chain(&COUNTS);
        let headings = headings.map(|key| texts::text(locale, key, &texts::arguments([])));
        sheet.row(headings)?;
        Ok(sheet)
    }

    /// One line.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), Failure> {
        for cell in cells {
            let safe = formula::protect(&cell);
            self.writer
                .write_field(safe.as_bytes())
                .map_err(Failure::unexpected)?;
        }
        self.writer
            .write_record(None::<&[u8]>)
            .map_err(Failure::unexpected)
    }

    /// One line that ends with the counts.
    pub(super) fn row_with_counts(
        &mut self,
        cells: Vec<String>,
        counts: &MailCounts,
    ) -> Result<(), Failure> {
        self.row(cells.into_iter().chain(of_counts(counts)))
    }

    /// The bytes of the file.
    pub(super) fn finish(self) -> Result<Vec<u8>, Failure> {
        let file = self.writer.into_inner();
        file.map_err(|error| Failure::unexpected(error.into_error()))
    }
}

/// What a file of today is called.
pub(super) fn name_of_today(list: &str, me: &SignedIn) -> String {
    let today = me.now().with_timezone(&me.tenant().time_zone);
    format!("{list}-{}.csv", today.format("%Y%m%d"))
}

/// The file as an answer that browsers keep.
pub(super) fn answer(file: Vec<u8>, name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(file)
}

fn of_counts(counts: &MailCounts) -> [String; COUNTS.len()] {
    [
        counts.sends.to_string(),
        counts.delivered.to_string(),
        counts.unique_clicks.to_string(),
        counts.click_rate().to_string(),
        counts.clicks.to_string(),
        counts.machine_clicks.to_string(),
        counts.unique_opens.to_string(),
        counts.open_rate().to_string(),
        counts.opens.to_string(),
        counts.machine_opens.to_string(),
        counts.bounces.to_string(),
        counts.complaints.to_string(),
        counts.unsubscribes.to_string(),
        counts.unsubscribe_rate().to_string(),
    ]
}
