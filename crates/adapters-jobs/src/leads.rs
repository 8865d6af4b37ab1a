//! Imports of leads, carried on in the background.

use chrono::{DateTime, Utc};
use domain::leads::import::{ImportFiles, ImportQueue, run_due_import};
use domain::store::StoreResult;

/// Carries on every import that is due, one after another, until none is left or `should_stop`.
/// `true` where there was something to do. `clock` is read once a chunk.
///
/// # Errors
/// Those of the storage; the import at hand is given back and goes on from its last chunk.
pub fn run_due_imports(
    queue: &dyn ImportQueue,
    files: &dyn ImportFiles,
    clock: &dyn Fn() -> DateTime<Utc>,
    should_stop: &dyn Fn() -> bool,
) -> StoreResult<bool> {
    let mut has_worked = false;
    while !should_stop() && run_due_import(queue, files, clock, should_stop)? {
        has_worked = true;
    }
    Ok(has_worked)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use domain::ids::{ImportId, TenantId};
    use domain::leads::import::{
        FileFormat, ImportFileError, ImportStatus, ImportStore, MockImportFiles, Record, Records,
    };
    use test_support::builders::leads::new_import;
    use test_support::builders::tenancy::at;
    use test_support::in_memory::InMemoryLeads;

    use super::*;

    /// A header and one row.
    struct OneRow(u64);

    impl Records for OneRow {
        fn next(&mut self) -> Result<Option<Record>, ImportFileError> {
            self.0 += 1;
            let cells = match self.0 {
                1 => ["email", "name"],
                2 => ["sato@example.jp", "佐藤"],
                _ => return Ok(None),
            };
            Ok(Some(Record {
                line: self.0,
                next_line: self.0 + 1,
                bytes_read: 100 * self.0,
                cells: Ok(cells.map(str::to_owned).to_vec()),
            }))
        }
    }

    fn files() -> MockImportFiles {
        let mut files = MockImportFiles::new();
        files
            .expect_open()
            .returning(|_, _, _, _| Ok(Box::new(OneRow(0))));
        files.expect_discard().returning(|_, _| Ok(()));
        files
    }

    fn queued(leads: &InMemoryLeads, tenant: TenantId) -> ImportId {
        let new = new_import();
        let (id, mapping) = (new.id, new.mapping.clone());
        ImportStore::create(leads, tenant, new, at(0)).unwrap();
        leads
            .queue(tenant, id, FileFormat::default(), &mapping, at(0))
            .unwrap();
        id
    }

    fn status(leads: &InMemoryLeads, tenant: TenantId, id: ImportId) -> ImportStatus {
        let import = ImportStore::find(leads, tenant, id).unwrap().unwrap();
        import.status
    }

    #[test]
    fn every_due_import_is_carried_on() {
        let leads = InMemoryLeads::default();
        let (ours, theirs) = (TenantId::new(), TenantId::new());
        let imports = [ours, ours, theirs].map(|tenant| (tenant, queued(&leads, tenant)));
        let run = || run_due_imports(&leads, &files(), &|| at(5), &|| false).unwrap();
        assert!(run());
        for (tenant, id) in imports {
            assert_eq!(status(&leads, tenant, id), ImportStatus::Completed);
        }
        assert!(!run());
    }

    #[test]
    fn a_worker_that_shall_stop_takes_no_further_import() {
        let leads = InMemoryLeads::default();
        let tenant = TenantId::new();
        let imports = [queued(&leads, tenant), queued(&leads, tenant)];
        let asked = Cell::new(0);
        let should_stop = || {
            asked.set(asked.get() + 1);
            asked.get() > 2
        };
        assert!(run_due_imports(&leads, &files(), &|| at(5), &should_stop).unwrap());
        let done = imports.map(|id| status(&leads, tenant, id));
        let completed = done.iter().filter(|&&one| one == ImportStatus::Completed);
        assert_eq!(completed.count(), 1);
    }
}
