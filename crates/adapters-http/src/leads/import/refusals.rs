//! The refused rows as a file, in the language of the interface.

use std::io::Write;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use domain::ids::{ImportId, TenantId};
use domain::leads::ExportFormat;
use domain::leads::import::Refusal;
use domain::tenancy::Locale;

use super::super::export_stream::written_by;
use super::super::refusal_text;
use crate::error::{Failure, PageResult};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;
use crate::texts;

/// Refusals that are read at once.
const CHUNK: u32 = 1_000;
const FORMAT: ExportFormat = ExportFormat::CsvUtf8;

pub(super) async fn download(me: SignedIn, state: State, id: web::Path<ImportId>) -> PageResult {
    let (tenant, id, locale) = (me.tenant_id(), id.into_inner(), me.locale());
    let file = written_by(move |out| {
        let ports = &state.ports;
        ports.imports.find(tenant, id)?.ok_or(Failure::NotFound)?;
        write(ports, tenant, id, locale, out)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, FORMAT.media_type()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"refused-rows.csv\"",
        ))
        .streaming(file))
}

fn write(
    ports: &Ports,
    tenant: TenantId,
    id: ImportId,
    locale: Locale,
    out: Box<dyn Write + Send>,
) -> Result<(), Failure> {
    let text = |key: &str| texts::text(locale, key, &texts::arguments([]));
    let mut sheet = ports.lead_export.begin(FORMAT, out)?;
    sheet.row(&[
        text("leads-import-refusal-line"),
        text("leads-import-refusal-column"),
        text("leads-import-refusal-reason"),
        text("leads-import-refusal-value"),
    ])?;
    let mut seen = 0;
    loop {
        let refusals = ports.imports.refusals(tenant, id, seen, CHUNK)?;
        if refusals.is_empty() {
            break;
        }
        seen += refusals.len() as u64;
        for refusal in &refusals {
            sheet.row(&cells(refusal, &text))?;
        }
    }
    Ok(sheet.finish()?)
}

fn cells(refusal: &Refusal, text: &impl Fn(&str) -> String) -> [String; 4] {
    [
        refusal.line.to_string(),
        refusal.column.clone().unwrap_or_default(),
        text(refusal_text::key(refusal.reason)),
        refusal.value.clone().unwrap_or_default(),
    ]
}
