//! What leads need from storage.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::attribute::AttributeDefinition;
use super::change::LeadChanges;
use super::email::EmailAddress;
use super::filter::{AsOf, LeadFilter, LeadPage, LeadRow};
use super::lead::{Lead, LeadDraft};
use crate::ids::{LeadId, TenantId};
use crate::store::StoreResult;

/// What an upsert did with one draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upserted {
    /// There was no lead with the address; now there is.
    Created(LeadId),
    /// The lead with the address took up what the draft knows.
    Updated(LeadId),
}

/// Leads, one by one.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait LeadStore: Send + Sync {
    /// Creates a lead.
    ///
    /// # Errors
    /// `Duplicate` where the tenant has a lead with this address; nothing is changed then.
    fn create(&self, tenant: TenantId, draft: LeadDraft, now: DateTime<Utc>) -> StoreResult<Lead>;

    /// The lead with this id; an id of another tenant is nobody's.
    fn find(&self, tenant: TenantId, id: LeadId) -> StoreResult<Option<Lead>>;

    /// Those of these leads that there are, in no particular order.
    fn find_many(&self, tenant: TenantId, ids: &[LeadId]) -> StoreResult<Vec<Lead>>;

    /// The lead with this address.
    fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Lead>>;

    /// Carries out an edit, read and written under one lock, and returns the lead after it.
    ///
    /// # Errors
    /// `Duplicate` where another lead has the new address; nothing is changed then.
    fn update(
        &self,
        tenant: TenantId,
        id: LeadId,
        changes: LeadChanges,
        now: DateTime<Utc>,
    ) -> StoreResult<Option<Lead>>;

    /// Creates or completes leads by their address, all or none of them, and says per draft what
    /// was done. Two calls at once never make two leads of one address; of two drafts with one
    /// address in a batch the later adds to the earlier.
    fn upsert_many(
        &self,
        tenant: TenantId,
        drafts: &[LeadDraft],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Upserted>>;

    /// Adds the tags in `add` to those of the leads that exist and takes away those in `remove`,
    /// at `now`. Returns how many leads were found; ids of other tenants are not (V-26).
    fn change_tags(
        &self,
        tenant: TenantId,
        leads: &[LeadId],
        add: &BTreeSet<String>,
        remove: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> StoreResult<u64>;
}

/// Leads, many at a time.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait LeadListing: Send + Sync {
    /// One page.
    fn page(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        page: LeadPage,
        as_of: AsOf,
    ) -> StoreResult<Vec<LeadRow>>;

    /// How many the filter finds.
    fn count(&self, tenant: TenantId, filter: &LeadFilter, as_of: AsOf) -> StoreResult<u64>;

    /// The next `limit` leads after `after`, in the order of their ids: the way through a list of
    /// any length in constant memory (exports, audiences of broadcasts).
    fn walk(
        &self,
        tenant: TenantId,
        filter: &LeadFilter,
        after: Option<LeadId>,
        limit: u32,
        as_of: AsOf,
    ) -> StoreResult<Vec<Lead>>;

    /// Every tag in use, in order.
    fn tags(&self, tenant: TenantId) -> StoreResult<Vec<String>>;

    /// The tenant's custom attributes in the order of their keys.
    fn attributes(&self, tenant: TenantId) -> StoreResult<Vec<AttributeDefinition>>;

    /// Defines attributes; one that exists keeps its kind and its label.
    fn define_attributes(
        &self,
        tenant: TenantId,
        attributes: &[AttributeDefinition],
    ) -> StoreResult<()>;
}
