use chrono::{DateTime, Utc};
use domain::ids::{ImportId, TenantId};
use domain::leads::import::{
    Chunk, ClaimedImport, ColumnMapping, Commit, FileFormat, Import, ImportFailure, ImportQueue,
    ImportStatus, ImportStore, NewImport, Refusal,
};
use domain::leads::{AttributeDefinition, LeadListing, Upserted};
use domain::store::StoreResult;

use super::{InMemoryLeads, StoredImport};

impl ImportStore for InMemoryLeads {
    fn create(&self, tenant: TenantId, new: NewImport, now: DateTime<Utc>) -> StoreResult<()> {
        let import = Import {
            id: new.id,
            file_name: new.file_name,
            status: ImportStatus::Uploaded,
            format: new.format,
            mapping: new.mapping,
            bytes_total: new.bytes_total,
            bytes_read: 0,
            next_line: 1,
            rows_created: 0,
            rows_updated: 0,
            rows_refused: 0,
            failure: None,
            created_by: new.created_by,
            created_at: now,
            started_at: None,
            finished_at: None,
        };
        let stored = StoredImport {
            import,
            lease_until: None,
            refusals: Vec::new(),
        };
        self.state().imports.insert((tenant, new.id), stored);
        Ok(())
    }

    fn queue(
        &self,
        tenant: TenantId,
        id: ImportId,
        format: FileFormat,
        mapping: &ColumnMapping,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let is_queued = self.change(tenant, id, &[ImportStatus::Uploaded], |stored| {
            stored.import.status = ImportStatus::Queued;
            stored.import.format = format;
            stored.import.mapping = mapping.clone();
        });
        if is_queued {
            let definition = |(key, label, kind): (&str, &str, _)| AttributeDefinition {
                key: key.to_owned(),
                label: label.to_owned(),
                kind,
                created_at: now,
            };
            let new: Vec<_> = mapping.attributes().map(definition).collect();
            self.define_attributes(tenant, &new)?;
        }
        Ok(is_queued)
    }

    fn cancel(&self, tenant: TenantId, id: ImportId, now: DateTime<Utc>) -> StoreResult<bool> {
        use ImportStatus::{Queued, Running, Uploaded};
        Ok(
            self.change(tenant, id, &[Uploaded, Queued, Running], |stored| {
                stored.import.status = ImportStatus::Cancelled;
                stored.import.finished_at = Some(now);
            }),
        )
    }

    fn find(&self, tenant: TenantId, id: ImportId) -> StoreResult<Option<Import>> {
        let state = self.state();
        let found = state.imports.get(&(tenant, id));
        Ok(found.map(|stored| stored.import.clone()))
    }

    fn latest(&self, tenant: TenantId, limit: u32) -> StoreResult<Vec<Import>> {
        let state = self.state();
        let of_tenant = state
            .imports
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let mut imports: Vec<Import> = of_tenant.map(|(_, one)| one.import.clone()).collect();
        imports.sort_by_key(|import| std::cmp::Reverse((import.created_at, import.id)));
        imports.truncate(limit as usize);
        Ok(imports)
    }

    fn refusals(
        &self,
        tenant: TenantId,
        id: ImportId,
        offset: u64,
        limit: u32,
    ) -> StoreResult<Vec<Refusal>> {
        let state = self.state();
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let refusals = state
            .imports
            .get(&(tenant, id))
            .into_iter()
            .flat_map(|one| &one.refusals);
        Ok(refusals
            .skip(offset)
            .take(limit as usize)
            .cloned()
            .collect())
    }
}

impl ImportQueue for InMemoryLeads {
    fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Option<ClaimedImport>> {
        let mut state = self.state();
        let is_due = |stored: &StoredImport| {
            matches!(
                stored.import.status,
                ImportStatus::Queued | ImportStatus::Running
            ) && stored.lease_until.is_none_or(|until| until <= now)
        };
        let mut due = state
            .imports
            .iter_mut()
            .filter(|(_, stored)| is_due(stored));
        let Some((&(tenant, _), stored)) = due.next() else {
            return Ok(None);
        };
        stored.import.status = ImportStatus::Running;
        stored.import.started_at.get_or_insert(now);
        stored.lease_until = Some(lease_until);
        let import = stored.import.clone();
        let owners = state.owners.get(&tenant).cloned().unwrap_or_default();
        Ok(Some(ClaimedImport {
            tenant,
            import,
            owners,
        }))
    }

    fn commit_chunk(
        &self,
        tenant: TenantId,
        id: ImportId,
        chunk: &Chunk,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Commit> {
        let mut state = self.state();
        let stands = state.imports.get(&(tenant, id)).is_some_and(|stored| {
            stored.import.status == ImportStatus::Running
                && stored.import.next_line == chunk.from_line
        });
        if !stands {
            return Ok(Commit::Lost);
        }
        let upsert = |draft| state.upsert(tenant, draft, now);
        let outcome: Vec<Upserted> = chunk.drafts.iter().map(upsert).collect();
        let is_created = |one: &&Upserted| matches!(one, Upserted::Created(_));
        let created = outcome.iter().filter(is_created).count() as u64;
        let Some(stored) = state.imports.get_mut(&(tenant, id)) else {
            return Ok(Commit::Lost);
        };
        stored.refusals.extend(chunk.refusals.iter().cloned());
        stored.lease_until = Some(lease_until);
        let import = &mut stored.import;
        import.next_line = chunk.next_line;
        import.bytes_read = chunk.bytes_read;
        import.rows_created += created;
        import.rows_updated += outcome.len() as u64 - created;
        import.rows_refused += chunk.rows_refused;
        if chunk.is_last {
            import.status = ImportStatus::Completed;
            import.finished_at = Some(now);
        }
        Ok(Commit::Done {
            rows_refused: import.rows_refused,
        })
    }

    fn fail(
        &self,
        tenant: TenantId,
        id: ImportId,
        failure: ImportFailure,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.change(tenant, id, &[ImportStatus::Running], |stored| {
            stored.import.status = ImportStatus::Failed;
            stored.import.failure = Some(failure);
            stored.import.finished_at = Some(now);
        });
        Ok(())
    }

    fn release(&self, tenant: TenantId, id: ImportId) -> StoreResult<()> {
        self.change(tenant, id, &[ImportStatus::Running], |stored| {
            stored.lease_until = None;
        });
        Ok(())
    }
}

impl InMemoryLeads {
    /// Changes an import that has one of these statuses. `false` where there is none.
    fn change(
        &self,
        tenant: TenantId,
        id: ImportId,
        from: &[ImportStatus],
        change: impl FnOnce(&mut StoredImport),
    ) -> bool {
        let mut state = self.state();
        let found = state.imports.get_mut(&(tenant, id));
        match found.filter(|stored| from.contains(&stored.import.status)) {
            Some(stored) => {
                change(stored);
                true
            }
            None => false,
        }
    }
}
