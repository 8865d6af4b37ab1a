//! What tracking needs of storage.

use chrono::{DateTime, Utc};

use super::{
    Engagement, EngagementType, EventName, ImportantPages, MachineVerdict, Origin, Properties,
    RegisteredSite, Site, VisitorId,
};
use crate::ids::{
    BroadcastId, EngagementId, ImportantPageId, LeadId, ScoringRuleId, SiteId, TenantId,
};
use crate::scoring::{LeadChange, LeadState, NewEngagement, ScoringPolicy};
use crate::store::StoreResult;

/// Decides what a lead's new engagements, in order of time, change. Pure and quick: the lead is
/// locked while it runs.
pub type Decide<'a> = dyn Fn(&ScoringPolicy, &LeadState, &[NewEngagement<'_>]) -> LeadChange + 'a;

/// What became of one engagement of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// False: the log had it already, and nothing changed.
    pub is_new: bool,
    /// Whether a machine did it, with the lead's other clicks in view.
    pub verdict: MachineVerdict,
    /// Whose it is; none for a stranger's.
    pub lead: Option<LeadId>,
    /// The visitor id of that lead.
    pub tracking_id: Option<VisitorId>,
}

/// The engagement log and all that follows from it.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait EngagementLog: Send + Sync {
    /// Writes a batch, of any tenants and leads, in one transaction: all of it or nothing.
    ///
    /// `decide` is called once for each lead of the batch with its new engagements. Its change,
    /// the score history, web sessions, joined visitors, counts of the sends and all roll-ups are
    /// written in the same transaction. An engagement that the log has already (same id and time)
    /// changes nothing, so a batch may be repeated when its outcome is unknown. An engagement of a
    /// lead that does not exist is kept without a lead.
    ///
    /// The answer has one entry for each engagement, in the order of the batch.
    ///
    /// # Errors
    /// `Unavailable`: nothing is known to be written; repeat the batch.
    fn append<'a>(&self, batch: &[Engagement], decide: &Decide<'a>) -> StoreResult<Vec<Appended>>;
}

/// One line of what happened to a lead. (A50)
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineEntry {
    /// The engagement.
    pub id: EngagementId,
    /// Its kind.
    pub kind: EngagementType,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The page or the link's target.
    pub url: Option<String>,
    /// The page's title.
    pub title: Option<String>,
    /// Where the browser came from.
    pub referrer: Option<String>,
    /// Whether the page is an important one.
    pub important: bool,
    /// Whether a machine did it.
    pub verdict: MachineVerdict,
    /// The broadcast whose mail it was, and its name.
    pub broadcast: Option<(BroadcastId, String)>,
    /// The provider's words, of a report.
    pub detail: Option<String>,
    /// Which custom event it was; none for the other kinds.
    pub event: Option<EventName>,
    /// What is known about the custom event.
    pub properties: Properties,
    /// The points it gave, after anything taken back.
    pub points: i32,
    /// The rule that gave them.
    pub rule: Option<(ScoringRuleId, String)>,
}

/// What happened to a lead, newest first.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Timeline: Send + Sync {
    /// At most `limit` entries, of the given kinds (none given: all), older than `before`.
    ///
    /// # Errors
    /// The storage's.
    fn timeline(
        &self,
        tenant: TenantId,
        lead: LeadId,
        kinds: &[EngagementType],
        before: Option<(DateTime<Utc>, EngagementId)>,
        limit: u32,
    ) -> StoreResult<Vec<TimelineEntry>>;
}

/// The registered sites.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SiteStore: Send + Sync {
    /// All sites of the tenant, oldest first.
    ///
    /// # Errors
    /// The storage's.
    fn sites(&self, tenant: TenantId) -> StoreResult<Vec<Site>>;

    /// Registers a site.
    ///
    /// # Errors
    /// `Duplicate` when the tenant has a site of that origin.
    fn register_site(&self, tenant: TenantId, site: &Site) -> StoreResult<()>;

    /// Removes a site; false when there is none. What was recorded stays.
    ///
    /// # Errors
    /// The storage's.
    fn remove_site(&self, tenant: TenantId, site: SiteId) -> StoreResult<bool>;

    /// The sites of any tenant with this origin: usually one.
    ///
    /// # Errors
    /// The storage's.
    fn sites_of_origin(&self, origin: &Origin) -> StoreResult<Vec<RegisteredSite>>;

    /// All sites of all tenants, in any order: few enough to be held in memory.
    ///
    /// # Errors
    /// The storage's.
    fn all_sites(&self) -> StoreResult<Vec<(Origin, RegisteredSite)>>;
}

/// One path fragment of the list of important pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportantPage {
    /// Its id.
    pub id: ImportantPageId,
    /// The fragment as it was typed.
    pub fragment: String,
}

/// The tenant's list of important pages. (A45)
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ImportantPageStore: Send + Sync {
    /// The list, oldest first.
    ///
    /// # Errors
    /// The storage's.
    fn important_pages(&self, tenant: TenantId) -> StoreResult<Vec<ImportantPage>>;

    /// Adds a fragment; what was recorded before keeps its judgement.
    ///
    /// # Errors
    /// `Duplicate` when it is on the list.
    fn add_important_page(
        &self,
        tenant: TenantId,
        page: &ImportantPage,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// Takes a fragment off the list; false when it is not on it.
    ///
    /// # Errors
    /// The storage's.
    fn remove_important_page(&self, tenant: TenantId, page: ImportantPageId) -> StoreResult<bool>;
}

impl FromIterator<ImportantPage> for ImportantPages {
    fn from_iter<T: IntoIterator<Item = ImportantPage>>(pages: T) -> Self {
        Self::new(pages.into_iter().map(|page| page.fragment))
    }
}
