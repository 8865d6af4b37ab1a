//! Deleting a lead with everything that is known of it.

use crate::ids::{LeadId, TenantId};
use crate::store::StoreResult;

/// What is kept about a lead besides the lead itself: what a deletion takes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadTraces {
    /// Engagements.
    pub engagements: u64,
    /// Lines of the score history.
    pub score_lines: u64,
    /// Mails in the send log.
    pub mails: u64,
}

/// Deletes leads.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait LeadRemoval: Send + Sync {
    /// What a deletion would take along.
    ///
    /// # Errors
    /// The storage's.
    fn traces(&self, tenant: TenantId, lead: LeadId) -> StoreResult<LeadTraces>;

    /// Deletes the lead, its tags, visits, engagements, points and mails, all or nothing; false
    /// where there is no such lead. Counts of reports stay, and so does a stop of mail to the
    /// address: a refusal outlives whoever refused. There is no way back.
    ///
    /// # Errors
    /// The storage's.
    fn remove(&self, tenant: TenantId, lead: LeadId) -> StoreResult<bool>;
}
