//! What lists and details show of a lead beyond the lead itself: how busy it was, and why it is
//! as warm as it is.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::filter::AsOf;
use crate::ids::{LeadId, TenantId};
use crate::store::StoreResult;
use crate::tracking::EngagementType;

/// What a person did in the last seven days, today included; machines are left out (A38).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Opened mails: a reference value.
    pub opens: u32,
    /// Followed links.
    pub clicks: u32,
    /// Viewed pages.
    pub page_views: u32,
    /// Viewed important pages, also counted in `page_views`.
    pub important_page_views: u32,
    /// Visits to the sites.
    pub sessions: u32,
}

/// An important page that a lead looked at (A50).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportantView {
    /// The page.
    pub url: String,
    /// Its title, as the latest view knew it.
    pub title: Option<String>,
    /// How often.
    pub views: u32,
    /// When last.
    pub last_at: DateTime<Utc>,
}

/// One cause of a lead's score: what the same rule gave for the same page or link, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreCause {
    /// The rule's name.
    pub rule: String,
    /// The kind of engagement.
    pub kind: EngagementType,
    /// The page or link.
    pub url: Option<String>,
    /// The points in all, after anything taken back; never zero.
    pub points: i32,
    /// How often it gave points.
    pub times: u32,
    /// When last.
    pub last_at: DateTime<Utc>,
}

/// Reads about leads.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait LeadInsight: Send + Sync {
    /// The lead's last seven days; nothing for a lead of another tenant.
    ///
    /// # Errors
    /// The storage's.
    fn activity(&self, tenant: TenantId, lead: LeadId, as_of: AsOf) -> StoreResult<Activity>;

    /// The important pages that the lead viewed since then, each once, the latest first.
    ///
    /// # Errors
    /// The storage's.
    fn important_views(
        &self,
        tenant: TenantId,
        lead: LeadId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<ImportantView>>;

    /// Of each of these leads the `each` strongest causes of its score, the strongest first; no
    /// entry for a lead without any.
    ///
    /// # Errors
    /// The storage's.
    fn score_causes(
        &self,
        tenant: TenantId,
        leads: &[LeadId],
        each: u32,
    ) -> StoreResult<BTreeMap<LeadId, Vec<ScoreCause>>>;
}
