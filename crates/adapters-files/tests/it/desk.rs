//! Importing and exporting as the interface does it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use adapters_files::{SpreadsheetExport, UploadFolder};
use chrono_tz::Asia::Tokyo;
use domain::ids::{ImportId, TenantId, UserId};
use domain::leads::import::{
    Import, ImportFiles, ImportQueue, ImportStore, Inspection, NewImport, Owners, guess_mapping,
    run_due_import,
};
use domain::leads::{
    AsOf, EmailAddress, ExportFormat, ExportOrder, LeadFilter, LeadListing, export_leads,
};
use domain::tenancy::Locale;
use tempfile::TempDir;
use test_support::builders::tenancy::at;
use test_support::in_memory::InMemoryLeads;

pub(crate) struct Desk {
    pub(crate) leads: InMemoryLeads,
    pub(crate) files: UploadFolder,
    _home: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let home = TempDir::new().unwrap();
        Self {
            leads: InMemoryLeads::default(),
            files: UploadFolder::new(home.path()).unwrap(),
            _home: home,
        }
    }

    /// Uploads a file, goes by the guesses and queues it.
    pub(crate) fn queue(&self, tenant: TenantId, content: &[u8]) -> (ImportId, Inspection) {
        let id = ImportId::new();
        let mut source = content;
        let bytes_total = self.files.keep(tenant, id, &mut source, u64::MAX).unwrap();
        let seen = self.files.inspect(tenant, id, None).unwrap();
        let attributes = self.leads.attributes(tenant).unwrap();
        let mapping = guess_mapping(&seen.header, &attributes);
        mapping.check(&attributes).unwrap();
        let new = NewImport {
            id,
            file_name: "名簿.csv".to_owned(),
            format: seen.format,
            mapping: mapping.clone(),
            bytes_total,
            created_by: None,
        };
        ImportStore::create(&self.leads, tenant, new, at(0)).unwrap();
        assert!(
            self.leads
                .queue(tenant, id, seen.format, &mapping, at(0))
                .unwrap()
        );
        (id, seen)
    }

    pub(crate) fn run(&self, queue: &dyn ImportQueue) -> bool {
        run_due_import(queue, &self.files, &|| at(10), &|| false).unwrap()
    }

    pub(crate) fn import(&self, tenant: TenantId, content: &[u8]) -> Import {
        let (id, _) = self.queue(tenant, content);
        assert!(self.run(&self.leads));
        self.imported(tenant, id)
    }

    pub(crate) fn imported(&self, tenant: TenantId, id: ImportId) -> Import {
        ImportStore::find(&self.leads, tenant, id).unwrap().unwrap()
    }

    pub(crate) fn export(
        &self,
        tenant: TenantId,
        format: ExportFormat,
        owners: &BTreeMap<UserId, EmailAddress>,
    ) -> Vec<u8> {
        let mut file = Vec::new();
        let order = ExportOrder {
            filter: &LeadFilter::default(),
            format,
            locale: Locale::Ja,
            owners,
            as_of: AsOf::new(at(0), Tokyo),
        };
        let out = Box::new(&mut file);
        export_leads(&self.leads, &SpreadsheetExport, tenant, order, out).unwrap();
        file
    }

    /// A tenant with this staff.
    pub(crate) fn tenant(&self, owners: &Owners) -> TenantId {
        let tenant = TenantId::new();
        self.leads.set_owners(tenant, owners.clone());
        tenant
    }
}
