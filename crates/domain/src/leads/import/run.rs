//! Carrying an import on, chunk by chunk.

use chrono::{DateTime, TimeDelta, Utc};

use super::files::{ImportFileError, ImportFiles, Records};
use super::ports::{Chunk, ClaimedImport, Commit, ImportQueue};
use super::progress::{ImportFailure, REFUSALS_MAX};
use super::refusal::Refusal;
use super::row::{Row, RowReader};
use crate::store::StoreResult;

/// Rows in one transaction.
pub const CHUNK_ROWS: usize = 500;
/// Text in one transaction, in bytes, so that long rows do not fill the memory.
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// How long a worker may take for one chunk before another takes the import over.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// Takes one import that is due and carries it on until it ends or `should_stop`. `false` where
/// none was due. `clock` is read once a chunk, to renew the lease.
///
/// # Errors
/// Those of the storage. The import is given back and carried on from its last chunk, at the
/// latest when the lease has ended.
pub fn run_due_import(
    queue: &dyn ImportQueue,
    files: &dyn ImportFiles,
    clock: &dyn Fn() -> DateTime<Utc>,
    should_stop: &dyn Fn() -> bool,
) -> StoreResult<bool> {
    let now = clock();
    let Some(claimed) = queue.claim(now, now + LEASE)? else {
        return Ok(false);
    };
    let ended = carry_on(queue, files, &claimed, clock, should_stop)?;
    if ended {
        // What is left of a file that cannot be removed now is swept with the old uploads.
        drop(files.discard(claimed.tenant, claimed.import.id));
    }
    Ok(true)
}

/// `true` once the file is not needed any more.
fn carry_on(
    queue: &dyn ImportQueue,
    files: &dyn ImportFiles,
    claimed: &ClaimedImport,
    clock: &dyn Fn() -> DateTime<Utc>,
    should_stop: &dyn Fn() -> bool,
) -> StoreResult<bool> {
    let (tenant, import) = (claimed.tenant, &claimed.import);
    let fail = |failure| {
        queue
            .fail(tenant, import.id, failure, clock())
            .map(|()| true)
    };
    let mut records = match open(files, claimed) {
        Ok(records) => records,
        Err(error) => return fail(failure(&error)),
    };
    let reader = RowReader::new(&import.mapping, &claimed.owners);
    let mut from_line = import.next_line;
    loop {
        if should_stop() {
            return queue.release(tenant, import.id).map(|()| false);
        }
        let chunk = match read_chunk(records.as_mut(), reader, from_line) {
            Ok(chunk) => chunk,
            Err(error) => return fail(failure(&error)),
        };
        let now = clock();
        let commit = queue.commit_chunk(tenant, import.id, &chunk, now, now + LEASE);
        match commit.inspect_err(|_| give_back(queue, claimed))? {
            Commit::Lost => return Ok(false),
            Commit::Done { .. } if chunk.is_last => return Ok(true),
            Commit::Done { rows_refused } if rows_refused > REFUSALS_MAX => {
                return fail(ImportFailure::TooManyRefusals);
            }
            Commit::Done { .. } => from_line = chunk.next_line,
        }
    }
}

/// Where even that fails, the lease ends by itself.
fn give_back(queue: &dyn ImportQueue, claimed: &ClaimedImport) {
    drop(queue.release(claimed.tenant, claimed.import.id));
}

fn open(
    files: &dyn ImportFiles,
    claimed: &ClaimedImport,
) -> Result<Box<dyn Records>, ImportFileError> {
    let import = &claimed.import;
    let mut records = files.open(claimed.tenant, import.id, import.format, import.next_line)?;
    if import.next_line == 1 {
        let _header = records.next()?;
    }
    Ok(records)
}

fn failure(error: &ImportFileError) -> ImportFailure {
    match error {
        ImportFileError::NotFound => ImportFailure::FileGone,
        ImportFileError::Empty
        | ImportFileError::TooLarge(_)
        | ImportFileError::Workbook
        | ImportFileError::Binary { .. }
        | ImportFileError::Header { .. }
        | ImportFileError::Io(_) => ImportFailure::FileUnreadable,
    }
}

/// Reads the next rows, as many as one transaction takes.
fn read_chunk(
    records: &mut dyn Records,
    reader: RowReader<'_>,
    from_line: u64,
) -> Result<Chunk, ImportFileError> {
    let mut chunk = Chunk {
        from_line,
        next_line: from_line,
        bytes_read: 0,
        drafts: Vec::new(),
        refusals: Vec::new(),
        rows_refused: 0,
        is_last: false,
    };
    let (mut rows, mut bytes) = (0, 0);
    while rows < CHUNK_ROWS && bytes < CHUNK_BYTES {
        let Some(record) = records.next()? else {
            chunk.is_last = true;
            break;
        };
        rows += 1;
        chunk.next_line = record.next_line;
        chunk.bytes_read = record.bytes_read;
        let row = match record.cells {
            Ok(cells) => {
                bytes += cells.iter().map(String::len).sum::<usize>();
                reader.read(record.line, &cells)
            }
            Err(reason) => Row::Refused(vec![Refusal::of_row(record.line, reason)]),
        };
        match row {
            Row::Blank => {}
            Row::Lead(draft) => chunk.drafts.push(*draft),
            Row::Refused(refusals) => {
                chunk.rows_refused += 1;
                chunk.refusals.extend(refusals);
            }
        }
    }
    Ok(chunk)
}
