//! What the ports of [`domain::leads`] promise.

mod imports;
mod listing;
mod one_by_one;

pub use imports::*;
pub use listing::*;
pub use one_by_one::*;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{LeadId, TenantId, UserId};
use domain::leads::import::{ImportQueue, ImportStore};
use domain::leads::{EmailAddress, Lead, LeadDraft, LeadListing, LeadStore};

use crate::builders::tenancy::at;

/// What happens to leads through the ports of other capabilities.
pub trait ArrangeLeads {
    /// Suppresses an address.
    fn stop_mail(&self, tenant: TenantId, email: &EmailAddress);
    /// Counts page views of a lead on a day.
    fn view_pages(&self, tenant: TenantId, id: LeadId, day: NaiveDate, views: u32);
    /// Gives a lead a score and a last reaction.
    fn engage(&self, tenant: TenantId, id: LeadId, score: i32, at: DateTime<Utc>);
}

/// The ports of leads over one storage with two empty tenants.
#[derive(Clone, Copy)]
pub struct LeadsDesk<'a> {
    store: &'a dyn LeadStore,
    listing: &'a dyn LeadListing,
    imports: &'a dyn ImportStore,
    queue: &'a dyn ImportQueue,
    arrange: &'a dyn ArrangeLeads,
    tenant: TenantId,
    stranger: TenantId,
    staff: (&'a EmailAddress, UserId),
}

impl<'a> LeadsDesk<'a> {
    /// All ports of one storage. `staff` works for `tenant`; `stranger` is another tenant.
    pub fn of<S>(
        storage: &'a S,
        arrange: &'a dyn ArrangeLeads,
        tenant: TenantId,
        stranger: TenantId,
        staff: (&'a EmailAddress, UserId),
    ) -> Self
    where
        S: LeadStore + LeadListing + ImportStore + ImportQueue,
    {
        Self {
            store: storage,
            listing: storage,
            imports: storage,
            queue: storage,
            arrange,
            tenant,
            stranger,
            staff,
        }
    }

    fn add(&self, draft: LeadDraft) -> Lead {
        self.store.create(self.tenant, draft, at(0)).unwrap()
    }

    fn find(&self, id: LeadId) -> Lead {
        self.store.find(self.tenant, id).unwrap().unwrap()
    }
}

/// Runs every contract of leads as a test of its own. The argument is a function that takes a
/// contract and calls it with a fresh desk.
#[macro_export]
macro_rules! leads_contracts {
    ($on_storage:path) => {
        $crate::leads_contracts! { $on_storage:
            a_lead_comes_back_as_it_was_created,
            one_address_is_one_lead,
            a_lead_of_another_tenant_is_not_found,
            an_edit_keeps_what_it_does_not_name,
            an_address_of_another_lead_is_refused,
            an_upsert_creates_and_completes,
            a_batch_may_name_a_lead_twice,
            tags_are_changed_on_leads_of_the_tenant_only,
            a_list_shows_what_sales_need,
            each_filter_finds_its_leads,
            a_search_finds_any_spelling,
            lists_are_sorted_and_paged,
            a_walk_meets_every_lead_once,
            attributes_keep_their_first_definition,
            an_import_waits_until_it_is_queued,
            an_import_is_held_by_one_worker,
            a_chunk_is_stored_with_its_progress,
            a_chunk_is_never_stored_twice,
            a_cancelled_import_takes_no_more_rows,
            a_failed_import_says_why,
            an_import_of_another_tenant_is_not_found,
        }
    };
    ($on_storage:path: $($contract:ident,)*) => {$(
        #[test]
        fn $contract() {
            $on_storage($crate::contracts::leads::$contract);
        }
    )*};
}
