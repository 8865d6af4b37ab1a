//! What campaigns need from storage.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{
    Advance, Campaign, CampaignDefinition, CampaignStatus, CampaignVersion, EnrollCause, Enrolled,
    Enrollment, EnrollmentStatus, StepExecution, Trigger,
};
use crate::ids::{CampaignId, EnrollmentId, LeadId, SendId, StepId, TenantId};
use crate::store::StoreResult;
use crate::tracking::EventName;

/// Campaigns, for people.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait CampaignStore: Send + Sync {
    /// Keeps a new draft.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn create(&self, tenant: TenantId, campaign: &Campaign) -> StoreResult<()>;

    /// Replaces the definition as it is edited. People inside go on by the version they are in, and
    /// the newest version says who gets in, until the next activation.
    /// `false` if there is no such campaign, or somebody else has changed it since `seen`.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn update(
        &self,
        tenant: TenantId,
        id: CampaignId,
        definition: &CampaignDefinition,
        seen: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Removes a campaign that nobody has ever been in; `false` otherwise.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn remove(&self, tenant: TenantId, id: CampaignId) -> StoreResult<bool>;

    /// The campaign with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, id: CampaignId) -> StoreResult<Option<Campaign>>;

    /// Campaigns, newest first; in one status or in any.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn list(
        &self,
        tenant: TenantId,
        status: Option<CampaignStatus>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Campaign>>;

    /// Makes a version that people can be in, with its contents and their links, and makes the
    /// campaign active; one transaction. `false`, and nothing is done, unless `version.version`
    /// is the next and the status allows it (an active campaign may get a new version too).
    ///
    /// People inside an earlier version stay in it, or, where `move_along`, go on in this one at
    /// the step that [`super::Flow::landing`] says; where it says none, they have reached the end.
    /// A past-due step is shifted to now, but for people who are paused. A paused campaign is resumed as by `change_status`.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn activate(
        &self,
        tenant: TenantId,
        version: &CampaignVersion,
        move_along: bool,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Pauses, resumes or completes, if [`CampaignStatus::allows`] it. Resuming shifts every
    /// waiting step (`next_at` and `since`) by the time that the campaign was paused, so that
    /// nothing floods out at once (complaint 11); for whoever was paused alone as well, no time
    /// counts twice. Completing takes out whoever is inside.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn change_status(
        &self,
        tenant: TenantId,
        id: CampaignId,
        next: CampaignStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// How many people stand where in a campaign. (B14)
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepFigures {
    /// People who wait for this step now.
    pub waiting: u64,
    /// Times it was done, mails queued included.
    pub done: u64,
    /// Times it was skipped.
    pub skipped: u64,
    /// Mails that the provider took.
    pub sent: u64,
    /// Mails that arrived.
    pub delivered: u64,
    /// Mails that came back.
    pub bounced: u64,
    /// Mails that a person opened. For reference only (A25).
    pub opened: u64,
    /// Opens by a person, repeats included.
    pub opens: u64,
    /// Mails in which a person clicked.
    pub clicked: u64,
    /// Clicks by a person, repeats included.
    pub clicks: u64,
    /// People who refused more mail because of this one.
    pub unsubscribed: u64,
}

/// How a campaign stands. (B53, C11, C31)
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CampaignFigures {
    /// Enrollments by where they stand.
    pub by_status: BTreeMap<&'static str, u64>,
    /// By step, those of earlier versions included.
    pub steps: BTreeMap<StepId, StepFigures>,
    /// People who ended by an exit condition: the campaign's conversions.
    pub converted: u64,
}

/// One person's way, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrollmentTrace {
    /// Where it stands.
    pub enrollment: Enrollment,
    /// What was done, oldest first.
    pub executions: Vec<StepExecution>,
}

/// Enrollments, for people and programs.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait EnrollmentStore: Send + Sync {
    /// Lets leads into a campaign, each by its own cause, in one transaction; the answers are in
    /// the order of the causes. Whether the campaign is active, the lead exists and may get mail,
    /// and re-entry are looked at here, under lock; entry conditions by the caller. (B17)
    ///
    /// The first step is due when [`super::beginning`] says.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn enroll(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        causes: &[EnrollCause],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrolled>>;

    /// How a campaign stands.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn figures(&self, tenant: TenantId, campaign: CampaignId) -> StoreResult<CampaignFigures>;

    /// Enrollments of a campaign, newest first: in one status or any, waiting for one step or any.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn of_campaign(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        status: Option<EnrollmentStatus>,
        step: Option<StepId>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Enrollment>>;

    /// A lead's ways through campaigns, newest first, with what was done.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn of_lead(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<EnrollmentTrace>>;

    /// One way through a campaign, with what was done.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn trace(&self, tenant: TenantId, id: EnrollmentId) -> StoreResult<Option<EnrollmentTrace>>;

    /// Pauses, resumes or takes out one lead; `false` if the enrollment has ended or is there
    /// already.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn change_status(
        &self,
        tenant: TenantId,
        id: EnrollmentId,
        next: EnrollmentStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// What somebody did, as conditions of a campaign ask for it. All of it by a person, since the
/// enrollment began.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Opened a mail of this enrollment: of this step, or of any.
    Opened(Option<StepId>),
    /// Clicked in a mail of this enrollment.
    Clicked {
        /// Of this step, or of any.
        step: Option<StepId>,
        /// A link whose address contains this, or any.
        url_contains: Option<String>,
    },
    /// Viewed a page whose path contains this.
    Visited(String),
    /// Did what this custom event reports.
    Custom(EventName),
    /// Is in this segment now.
    InSegment(uuid::Uuid),
    /// Came past this step in this enrollment, in whatever version: it was done or skipped.
    Passed(StepId),
}

/// Enrollments, for the workers.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait CampaignWork: Send + Sync {
    /// Takes up to `limit` enrollments that are due, of active campaigns. Two workers never take
    /// the same one. What is taken stays taken until `now + lease`. Leads who refuse mail, or to
    /// whom none can go any more, are not taken: their way ends here, as `Unsubscribed`. Those whose
    /// campaigns stand still ([`crate::privacy::Wishes::stands_still_until`]) are not taken either:
    /// their step is held back until then.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrollment>>;

    /// What a version does; `contents` are not needed to advance, only their ids, so their
    /// sources and links may be empty.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn version(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        version: u32,
    ) -> StoreResult<Option<CampaignVersion>>;

    /// Whether the lead of an enrollment did this.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn did(&self, tenant: TenantId, enrollment: &Enrollment, deed: &Deed) -> StoreResult<bool>;

    /// Writes what one look at a claimed enrollment came to: executions, effects (queued mails,
    /// attributes, tags, points with their history, reactions) and where it goes on, in one
    /// transaction. `false`, and nothing is written, if the enrollment is no longer as it was
    /// claimed.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn apply(
        &self,
        tenant: TenantId,
        claimed: &Enrollment,
        advance: &Advance,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// A person clicked in this mail of a campaign: if the enrollment waits for the step that
    /// [`super::Flow::hastened_by`] names, that step is due now (B15). `false` if it does not.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn hasten(&self, tenant: TenantId, send: SendId, now: DateTime<Utc>) -> StoreResult<bool>;

    /// Active campaigns with the triggers of their newest versions, for what does not come through
    /// the intake: changed attributes, dates.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn active_triggers(&self, tenant: TenantId) -> StoreResult<Vec<(CampaignId, Trigger)>>;

    /// Leads whose custom attribute is this day, in the order of their ids.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn due_dates(
        &self,
        tenant: TenantId,
        attribute: &str,
        day: NaiveDate,
    ) -> StoreResult<Vec<LeadId>>;
}
