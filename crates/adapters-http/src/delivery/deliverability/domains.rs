//! How each receiving domain treats the mail, as a table and as a file.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use domain::analytics::DomainDelivery;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Locale;
use serde::Serialize;

use super::memory::Domains;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

/// Days that are counted, and domains that are shown.
const DAYS: i64 = 30;
const SHOWN: u32 = 20;
/// Spreadsheets take a file for UTF-8 by this.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The columns with a count, in order: the ends of their keys in the texts.
const COLUMNS: [&str; 9] = [
    "domain",
    "sends",
    "delivered",
    "bounces",
    "complaints",
    "clicked",
    "scanned",
    "scanner-share",
    "machine-opened",
];

#[derive(Serialize)]
struct Row<'a> {
    domain: &'a str,
    sends: u64,
    delivered: u64,
    bounces: u64,
    complaints: u64,
    clicked: u64,
    click_rate: String,
    scanned: u64,
    scanner_share: String,
    machine_opened: u64,
}

/// The table, which the page asks for by itself: counting takes longer than the rest.
pub(in super::super) async fn table(
    request: HttpRequest,
    me: SignedIn,
    state: State,
) -> PageResult {
    let domains = blocking(move || match counted(&state, &me) {
        Ok(domains) => Ok(Some(domains)),
        // More mail than can be counted while somebody waits: the page says so.
        Err(StoreError::Unavailable(_)) => Ok(None),
        Err(error) => Err(error),
    })
    .await?;
    let rows = domains.as_ref().map(|domains| {
        let rows = domains.rows.iter().map(Row::of);
        rows.collect::<Vec<_>>()
    });
    Page::of(&request, "delivery/deliverability_domains.html")
        .title("delivery-rates-domains")
        .nav(Nav::Settings)
        .with("is_counted", &rows.is_some())
        .with("rows", &rows.unwrap_or_default())
        .with("days", &DAYS)
        .with(
            "counted_at",
            &domains.as_ref().map(|domains| domains.counted_at),
        )
        .render_block("domains")
}

/// The same as a file.
pub(in super::super) async fn download(me: SignedIn, state: State) -> PageResult {
    let locale = me.locale();
    let domains = blocking(move || counted(&state, &me)).await?;
    let file = file(&domains.rows, locale).map_err(Failure::unexpected)?;
    let name = domains.counted_at.format("domains-%Y%m%d.csv");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(file))
}

fn counted(state: &AppState, me: &SignedIn) -> StoreResult<Arc<Domains>> {
    let tenant = me.tenant_id();
    state.deliverability.domains(tenant, || {
        let now = me.now();
        let since = now - TimeDelta::days(DAYS);
        Ok(Domains {
            rows: state.ports.deliverability.by_domain(tenant, since, SHOWN)?,
            counted_at: now,
        })
    })
}

/// Names of domains are ASCII without signs that a spreadsheet takes for a formula.
fn file(rows: &[DomainDelivery], locale: Locale) -> Result<Vec<u8>, csv::Error> {
    let heading = |column: &str| {
        let key = format!("delivery-rates-{column}");
        texts::text(locale, &key, &texts::arguments([]))
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(COLUMNS.map(heading))?;
    for row in rows {
        writer.write_record([
            row.domain.clone(),
            row.sends.to_string(),
            row.delivered.to_string(),
            row.bounces.to_string(),
            row.complaints.to_string(),
            row.clicked.to_string(),
            row.scanned.to_string(),
            row.scanner_share().to_string(),
            row.machine_opened.to_string(),
        ])?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

impl<'a> Row<'a> {
    fn of(row: &'a DomainDelivery) -> Self {
        Self {
            domain: &row.domain,
            sends: row.sends,
            delivered: row.delivered,
            bounces: row.bounces,
            complaints: row.complaints,
            clicked: row.clicked,
            click_rate: row.click_rate().to_string(),
            scanned: row.scanned,
            scanner_share: row.scanner_share().to_string(),
            machine_opened: row.machine_opened,
        }
    }
}
