use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::ImportId;
use domain::leads::import::{
    Chunk, ClaimedImport, Commit, FileEncoding, FileFormat, Import, ImportFailure, ImportStatus,
    Refusal, RefusalReason, Separator, Target,
};
use domain::leads::{AttributeKind, LeadField};

use super::LeadsDesk;
use crate::builders::leads::{address, draft, mapping, new_import};
use crate::builders::tenancy::at;

const FORMAT: FileFormat = FileFormat {
    encoding: FileEncoding::Cp932,
    separator: Separator::Tab,
};

fn lease(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::minutes(1)
}

fn chunk(from_line: u64, next_line: u64, names: &[&str]) -> Chunk {
    Chunk {
        from_line,
        next_line,
        bytes_read: next_line * 10,
        drafts: names.iter().map(|name| draft(name)).collect(),
        refusals: Vec::new(),
        rows_refused: 0,
        is_last: false,
    }
}

impl LeadsDesk<'_> {
    fn uploaded(&self) -> ImportId {
        let new = new_import();
        let id = new.id;
        self.imports.create(self.tenant, new, at(0)).unwrap();
        id
    }

    fn queued(&self) -> ImportId {
        let id = self.uploaded();
        let mapping = new_import().mapping;
        assert!(
            self.imports
                .queue(self.tenant, id, FORMAT, &mapping, at(1))
                .unwrap()
        );
        id
    }

    fn import(&self, id: ImportId) -> Import {
        self.imports.find(self.tenant, id).unwrap().unwrap()
    }

    fn claim(&self, now: DateTime<Utc>) -> Option<ClaimedImport> {
        self.queue.claim(now, lease(now)).unwrap()
    }

    fn commit(&self, id: ImportId, chunk: &Chunk) -> Commit {
        let now = at(10);
        self.queue
            .commit_chunk(self.tenant, id, chunk, now, lease(now))
            .unwrap()
    }
}

/// It comes back as it was noted; queueing defines the attributes of the mapping.
pub fn an_import_waits_until_it_is_queued(desk: &LeadsDesk<'_>) {
    let new = new_import();
    let id = desk.uploaded();
    let import = desk.import(id);
    assert_eq!(
        (import.status, import.next_line),
        (ImportStatus::Uploaded, 1)
    );
    assert_eq!(
        (import.file_name, import.mapping),
        (new.file_name, new.mapping)
    );
    assert_eq!(desk.claim(at(1)), None);
    let mapping = mapping(&[
        Target::Field(LeadField::Email),
        Target::new_attribute("ご予算", AttributeKind::Number),
    ]);
    let queue = || {
        desk.imports
            .queue(desk.tenant, id, FORMAT, &mapping, at(2))
            .unwrap()
    };
    assert!(queue());
    assert!(!queue());
    let import = desk.import(id);
    assert_eq!(
        (import.status, import.format),
        (ImportStatus::Queued, FORMAT)
    );
    assert_eq!(import.mapping, mapping);
    let defined = desk.listing.attributes(desk.tenant).unwrap();
    assert_eq!(
        (defined[0].key.as_str(), defined[0].kind),
        ("ご予算", AttributeKind::Number)
    );
}

/// Until the lease has ended, or it is given back.
pub fn an_import_is_held_by_one_worker(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    let claimed = desk.claim(at(5)).unwrap();
    assert_eq!((claimed.tenant, claimed.import.id), (desk.tenant, id));
    assert_eq!(claimed.import.status, ImportStatus::Running);
    assert_eq!(claimed.import.started_at, Some(at(5)));
    assert_eq!(claimed.owners.get(desk.staff.0), Some(&desk.staff.1));
    assert_eq!(desk.claim(at(6)), None);
    let later = desk.claim(lease(at(5))).unwrap();
    assert_eq!(later.import.started_at, Some(at(5)));
    desk.queue.release(desk.tenant, id).unwrap();
    assert!(desk.claim(lease(at(5))).is_some());
}

/// Leads, refusals and progress; the last chunk completes.
pub fn a_chunk_is_stored_with_its_progress(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    desk.claim(at(5)).unwrap();
    assert_eq!(
        desk.commit(id, &chunk(1, 4, &["a", "b", "a"])),
        Commit::Done { rows_refused: 0 }
    );
    let bad = [
        Refusal::of_cell(5, "列1", RefusalReason::AddressAtSign, "x"),
        Refusal::of_cell(5, "列2", RefusalReason::TooLong, "y"),
        Refusal::of_row(6, RefusalReason::UnbalancedQuote),
    ];
    let last = Chunk {
        refusals: bad.to_vec(),
        rows_refused: 2,
        is_last: true,
        ..chunk(4, 7, &["a"])
    };
    assert_eq!(desk.commit(id, &last), Commit::Done { rows_refused: 2 });
    let import = desk.import(id);
    assert_eq!(
        (
            import.rows_created,
            import.rows_updated,
            import.rows_refused
        ),
        (2, 2, 2)
    );
    assert_eq!((import.next_line, import.bytes_read), (7, 70));
    assert_eq!(
        (import.status, import.finished_at),
        (ImportStatus::Completed, Some(at(10)))
    );
    let refusals = |offset, limit| {
        desk.imports
            .refusals(desk.tenant, id, offset, limit)
            .unwrap()
    };
    assert_eq!(refusals(0, 10), bad);
    assert_eq!(refusals(1, 1), bad[1..2]);
    assert_eq!(desk.claim(at(1_000)), None);
}

/// A worker whose lease has ended, and that does not know it yet, stores nothing.
pub fn a_chunk_is_never_stored_twice(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    desk.claim(at(5)).unwrap();
    let first = chunk(1, 3, &["a", "b"]);
    assert!(matches!(desk.commit(id, &first), Commit::Done { .. }));
    assert_eq!(desk.commit(id, &first), Commit::Lost);
    assert_eq!(desk.commit(id, &chunk(2, 9, &["c"])), Commit::Lost);
    let import = desk.import(id);
    assert_eq!(
        (import.rows_created, import.rows_updated, import.next_line),
        (2, 0, 3)
    );
    let lost = desk
        .store
        .find_by_email(desk.tenant, &address("c"))
        .unwrap();
    assert_eq!(lost, None);
}

/// What it has stored stays.
pub fn a_cancelled_import_takes_no_more_rows(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    desk.claim(at(5)).unwrap();
    desk.commit(id, &chunk(1, 3, &["a"]));
    let cancel = || desk.imports.cancel(desk.tenant, id, at(7)).unwrap();
    assert!(cancel());
    assert!(!cancel());
    assert_eq!(desk.commit(id, &chunk(3, 5, &["b"])), Commit::Lost);
    let import = desk.import(id);
    assert_eq!(
        (import.status, import.rows_created),
        (ImportStatus::Cancelled, 1)
    );
    assert_eq!(desk.claim(at(1_000)), None);
}

/// And is not tried again.
pub fn a_failed_import_says_why(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    desk.claim(at(5)).unwrap();
    desk.queue
        .fail(desk.tenant, id, ImportFailure::FileGone, at(8))
        .unwrap();
    let import = desk.import(id);
    assert_eq!(import.failure, Some(ImportFailure::FileGone));
    assert_eq!(
        (import.status, import.finished_at),
        (ImportStatus::Failed, Some(at(8)))
    );
    assert_eq!(desk.claim(at(1_000)), None);
}

/// An id of another tenant is nobody's. (V-26)
pub fn an_import_of_another_tenant_is_not_found(desk: &LeadsDesk<'_>) {
    let id = desk.queued();
    let (stranger, now) = (desk.stranger, at(9));
    desk.claim(at(5)).unwrap();
    assert_eq!(desk.imports.find(stranger, id).unwrap(), None);
    assert_eq!(desk.imports.latest(stranger, 9).unwrap(), []);
    assert_eq!(desk.imports.latest(desk.tenant, 9).unwrap().len(), 1);
    assert!(!desk.imports.cancel(stranger, id, now).unwrap());
    let chunk = chunk(1, 3, &["a"]);
    let commit = desk
        .queue
        .commit_chunk(stranger, id, &chunk, now, lease(now))
        .unwrap();
    assert_eq!(commit, Commit::Lost);
    assert_eq!(desk.import(id).status, ImportStatus::Running);
}
