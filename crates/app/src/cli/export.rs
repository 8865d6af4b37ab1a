//! `ondo export`

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use adapters_files::SpreadsheetExport;
use adapters_postgres::PgStore;
use anyhow::Context as _;
use chrono::Utc;
use clap::{Args, ValueEnum};
use domain::leads::{AsOf, ExportFormat, ExportOrder, LeadFilter, audit, export_leads};
use domain::tenancy::{Actor, AuditEntry, AuditLog as _, AuditTarget, Tenant, UserStore};

use super::OfTenant;
use crate::config::Config;
use crate::database::Database;
use crate::terminal::remark;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The form of the file
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    #[command(flatten)]
    tenant: OfTenant,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// UTF-8, with the mark by which Excel knows it
    Csv,
    /// What older Japanese programs read
    CsvCp932,
    /// An Excel workbook
    Xlsx,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::CsvUtf8,
            Format::CsvCp932 => Self::CsvCp932,
            Format::Xlsx => Self::Xlsx,
        }
    }
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<()> {
    let database = Database::open(config)?;
    let store = database.jobs(config)?;
    let tenant = arguments.tenant.find(&store)?;
    // Before the first byte: a list that left must be in the log.
    note(&store, &tenant, arguments.format)?;
    let owners = UserStore::list(&store, tenant.id)?
        .into_iter()
        .map(|user| (user.id, user.email))
        .collect();
    let now = Utc::now();
    let order = ExportOrder {
        filter: &LeadFilter::default(),
        format: arguments.format.into(),
        locale: tenant.locale,
        owners: &owners,
        as_of: AsOf {
            now,
            today: now.with_timezone(&tenant.time_zone).date_naive(),
        },
    };
    let count = export_leads(
        &store,
        &SpreadsheetExport,
        tenant.id,
        order,
        out(arguments)?,
    )?;
    remark(format_args!("{count} leads"));
    Ok(())
}

/// A file that only this user can read: it is full of addresses.
fn out(arguments: &Arguments) -> anyhow::Result<Box<dyn Write + Send>> {
    if arguments.output.as_os_str() == "-" {
        return Ok(Box::new(BufWriter::new(io::stdout())));
    }
    let path = &arguments.output;
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}

fn note(store: &PgStore, tenant: &Tenant, format: Format) -> anyhow::Result<()> {
    let actor = Actor::system("ondo export");
    let entry = AuditEntry::new(
        actor,
        audit::LEADS_EXPORTED,
        AuditTarget::all("lead"),
        Utc::now(),
    )
    .with_detail(ExportFormat::from(format).as_str());
    Ok(store.append(tenant.id, &entry)?)
}
