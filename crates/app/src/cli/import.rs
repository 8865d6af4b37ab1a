//! `ondo import`

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use adapters_files::UploadFolder;
use adapters_postgres::PgStore;
use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Args;
use domain::ids::ImportId;
use domain::leads::import::{
    ColumnMapping, FileEncoding, FileFormat, Import, ImportFiles, ImportStatus, ImportStore,
    NewImport, Target, guess_mapping, run_due_import,
};
use domain::leads::{LeadListing as _, audit};
use domain::store::StoreResult;
use domain::tenancy::{Actor, AuditEntry, AuditLog as _, Tenant};

use super::OfTenant;
use crate::config::Config;
use crate::database::Database;
use crate::terminal::{remark, say};

/// Exit code of an import in which rows were refused.
const SOME_REFUSED: u8 = 2;
const LOOK: Duration = Duration::from_millis(300);

/// Columns are recognised by their headings. Faulty rows are refused with line, column and reason;
/// the rows around them are kept, and the exit code is then 2.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The CSV file
    file: PathBuf,
    /// utf8, cp932, euc-jp, utf16-le, utf16-be or iso2022-jp [default: found out from the file]
    #[arg(long, value_parser = encoding)]
    encoding: Option<FileEncoding>,
    #[command(flatten)]
    tenant: OfTenant,
}

fn encoding(text: &str) -> Result<FileEncoding, String> {
    FileEncoding::parse(text).ok_or_else(|| {
        let names = FileEncoding::ALL.map(FileEncoding::as_str).join(", ");
        format!("it is one of {names}")
    })
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let database = Database::open(config)?;
    let store = database.jobs(config)?;
    let tenant = arguments.tenant.find(&store)?;
    let files = UploadFolder::new(config.uploads())?;
    let id = queue(&store, &files, &tenant, arguments)?;
    let import = carry_on(&store, &files, &tenant, id)?;
    report(&store, &tenant, &import)
}

/// Puts the file where workers look for it and hands it to them.
fn queue(
    store: &PgStore,
    files: &UploadFolder,
    tenant: &Tenant,
    arguments: &Arguments,
) -> anyhow::Result<ImportId> {
    let path = &arguments.file;
    let mut content =
        File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let id = ImportId::new();
    let bytes_total = files.keep(tenant.id, id, &mut content, u64::MAX)?;
    let queued =
        understand(store, files, tenant, id, arguments.encoding).and_then(|(format, mapping)| {
            let now = Utc::now();
            let new = NewImport {
                id,
                file_name: path.display().to_string(),
                format,
                mapping: mapping.clone(),
                bytes_total,
                created_by: None,
            };
            ImportStore::create(store, tenant.id, new, now)?;
            ImportStore::queue(store, tenant.id, id, format, &mapping, now)?;
            let target = audit::import(id);
            let actor = Actor::system("ondo import");
            store.append(
                tenant.id,
                &AuditEntry::new(actor, audit::IMPORT_STARTED, target, now),
            )?;
            Ok(id)
        });
    if queued.is_err() {
        drop(files.discard(tenant.id, id));
    }
    queued
}

/// How the file is read and what its columns mean.
fn understand(
    store: &PgStore,
    files: &UploadFolder,
    tenant: &Tenant,
    id: ImportId,
    encoding: Option<FileEncoding>,
) -> anyhow::Result<(FileFormat, ColumnMapping)> {
    let mut seen = files.inspect(tenant.id, id, None)?;
    if let Some(encoding) = encoding.filter(|encoding| *encoding != seen.format.encoding) {
        let separator = seen.format.separator;
        let format = FileFormat {
            encoding,
            separator,
        };
        seen = files.inspect(tenant.id, id, Some(format))?;
    }
    let attributes = store.attributes(tenant.id)?;
    let mapping = guess_mapping(&seen.header, &attributes);
    for column in &mapping.columns {
        remark(format_args!(
            "  {} → {}",
            column.heading,
            meaning(&column.target)
        ));
    }
    mapping
        .check(&attributes)
        .context("the columns cannot be used")?;
    Ok((seen.format, mapping))
}

fn meaning(target: &Target) -> String {
    match target {
        Target::Ignore => "(ignored)".to_owned(),
        Target::Field(field) => field.as_str().to_owned(),
        Target::FamilyName | Target::GivenName => "name".to_owned(),
        Target::FamilyKana | Target::GivenKana => "kana".to_owned(),
        Target::Tags => "tags".to_owned(),
        Target::Attribute { key, .. } => format!("attributes.{key}"),
    }
}

/// Waits until the import has ended. Works on it in this process, unless a worker of a running
/// Ondo takes it first.
fn carry_on(
    store: &PgStore,
    files: &UploadFolder,
    tenant: &Tenant,
    id: ImportId,
) -> anyhow::Result<Import> {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let work = scope.spawn(|| work(store, files, &stop));
        let ended = watch(store, tenant, id, &|| work.is_finished());
        stop.store(true, Ordering::Relaxed);
        let worked = work.join();
        let worked = worked.map_err(|_panic| anyhow::anyhow!("the import panicked"))?;
        match ended? {
            Some(import) => Ok(import),
            None => {
                worked?;
                bail!("the import is gone")
            }
        }
    })
}

fn work(store: &PgStore, files: &UploadFolder, stop: &AtomicBool) -> StoreResult<()> {
    let should_stop = || stop.load(Ordering::Relaxed);
    while !should_stop() {
        if !run_due_import(store, files, &Utc::now, &should_stop)? {
            thread::sleep(LOOK);
        }
    }
    Ok(())
}

/// Shows progress until the import has ended; nothing where it is gone or nobody works on it.
fn watch(
    store: &PgStore,
    tenant: &Tenant,
    id: ImportId,
    is_abandoned: &dyn Fn() -> bool,
) -> StoreResult<Option<Import>> {
    let mut shown = None;
    loop {
        // Asked before the look, so that what it did last is seen.
        let abandoned = is_abandoned();
        let Some(import) = ImportStore::find(store, tenant.id, id)? else {
            return Ok(None);
        };
        let rows = import.rows_created + import.rows_updated + import.rows_refused;
        if shown.replace(rows) != Some(rows) && rows > 0 {
            remark(format_args!("{:3} %  {rows} rows", import.percent()));
        }
        match import.status {
            ImportStatus::Completed | ImportStatus::Failed | ImportStatus::Cancelled => {
                return Ok(Some(import));
            }
            ImportStatus::Uploaded | ImportStatus::Queued | ImportStatus::Running if abandoned => {
                return Ok(None);
            }
            ImportStatus::Uploaded | ImportStatus::Queued | ImportStatus::Running => {
                thread::sleep(LOOK);
            }
        }
    }
}

fn report(store: &PgStore, tenant: &Tenant, import: &Import) -> anyhow::Result<ExitCode> {
    let mut offset = 0;
    loop {
        let page = ImportStore::refusals(store, tenant.id, import.id, offset, 500)?;
        if page.is_empty() {
            break;
        }
        offset += page.len() as u64;
        for one in &page {
            let column = one.column.as_deref().unwrap_or("-");
            let value = one.value.as_deref().unwrap_or("");
            let (line, reason) = (one.line, one.reason.as_str());
            say(format_args!("line {line}\t{column}\t{reason}\t{value}"));
        }
    }
    say(format_args!(
        "{} created, {} updated, {} refused",
        import.rows_created, import.rows_updated, import.rows_refused
    ));
    match (import.status, import.failure) {
        (ImportStatus::Completed, _) if import.rows_refused == 0 => Ok(ExitCode::SUCCESS),
        (ImportStatus::Completed, _) => Ok(ExitCode::from(SOME_REFUSED)),
        (_, Some(failure)) => bail!("the import failed: {}", failure.as_str()),
        (status, None) => bail!("the import ended as {}", status.as_str()),
    }
}
