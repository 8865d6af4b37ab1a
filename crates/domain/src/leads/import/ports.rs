//! What imports need from storage.

use chrono::{DateTime, Utc};

use super::format::FileFormat;
use super::mapping::ColumnMapping;
use super::progress::{Import, ImportFailure, NewImport};
use super::refusal::Refusal;
use super::row::Owners;
use crate::ids::{ImportId, TenantId};
use crate::leads::lead::LeadDraft;
use crate::store::StoreResult;

/// An import that this worker alone may carry on until the lease ends.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedImport {
    /// Whose import.
    pub tenant: TenantId,
    /// The import as it stands.
    pub import: Import,
    /// The tenant's staff.
    pub owners: Owners,
}

/// What a stretch of a file held.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Where it started; the import must stand there still.
    pub from_line: u64,
    /// Where the next one starts.
    pub next_line: u64,
    /// Bytes of the file that are done after it.
    pub bytes_read: u64,
    /// The good rows.
    pub drafts: Vec<LeadDraft>,
    /// The faults of the others.
    pub refusals: Vec<Refusal>,
    /// How many rows the others are.
    pub rows_refused: u64,
    /// The file ends here.
    pub is_last: bool,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commit {
    /// It is stored; so many rows were refused in the whole import by now.
    #[expect(missing_docs, reason = "said above")]
    Done { rows_refused: u64 },
    /// Nothing was stored: the import was cancelled, or another worker carried it on.
    Lost,
}

/// Imports as people see them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImportStore: Send + Sync {
    /// Notes an upload.
    fn create(&self, tenant: TenantId, import: NewImport, now: DateTime<Utc>) -> StoreResult<()>;

    /// Hands an uploaded import to the workers, and defines the custom attributes that its
    /// mapping feeds, both or neither. `false` where it is not (or no longer) waiting for that.
    fn queue(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: FileFormat,
        mapping: &ColumnMapping,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Stops an import that has not ended; what it has stored stays. `false` where it has ended.
    fn cancel(&self, tenant: TenantId, id: ImportId, now: DateTime<Utc>) -> StoreResult<bool>;

    /// The import with this id; an id of another tenant is nobody's.
    fn find(&self, tenant: TenantId, id: ImportId) -> StoreResult<Option<Import>>;

    /// The latest imports, newest first.
    fn latest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<Import>>;

    /// The refusals after the first `offset`, in the order of the file.
    fn refusals(
        &self,
        tenant: TenantId,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> StoreResult<Vec<Refusal>>;
}

/// Imports as workers see them.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImportQueue: Send + Sync {
    /// Takes an import that is queued, or whose worker has let its lease end, of any tenant.
    /// Two workers never hold the same one.
    fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Option<ClaimedImport>>;

    /// Stores a chunk's leads and refusals, moves the import on and renews the lease: all of
    /// that or nothing, so that a kill neither doubles nor loses a row. After the last chunk
    /// the import is completed.
    fn commit_chunk(
        &self,
        tenant: TenantId,
        id: ImportId,
        chunk: &Chunk,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Commit>;

    /// Ends a running import that cannot go on.
    fn fail(
        &self,
        tenant: TenantId,
        id: ImportId,
        failure: ImportFailure,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// Gives a running import back, so that any worker may carry it on at once.
    fn release(&self, tenant: TenantId, id: ImportId) -> StoreResult<()>;
}
