//! What privacy needs of the storage.

use chrono::{DateTime, Utc};

use super::{
    Confirmation, Consent, Funnel, LeadPreferences, PreferenceChange, PrivacySettings, Said, Topic,
};
use crate::ids::{ConfirmationId, LeadId, TenantId, TopicId};
use crate::store::StoreResult;
use crate::tracking::MailSource;

/// The kinds of mail of a tenant.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TopicStore: Send + Sync {
    /// All of them, in the order in which they are shown.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn topics(&self, tenant: TenantId) -> StoreResult<Vec<Topic>>;

    /// Adds one.
    ///
    /// # Errors
    /// [`Duplicate`](crate::store::StoreError::Duplicate) if there is one of this name.
    fn add_topic(&self, tenant: TenantId, topic: &Topic, now: DateTime<Utc>) -> StoreResult<()>;

    /// Changes the one with this id; `false` if there is none.
    ///
    /// # Errors
    /// [`Duplicate`](crate::store::StoreError::Duplicate) if another has this name.
    fn change_topic(
        &self,
        tenant: TenantId,
        topic: &Topic,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// Removes one with all that was chosen for it; `false` if there is none.
    ///
    /// # Errors
    /// [`InUse`](crate::store::StoreError::InUse) if mail of this kind was made.
    fn remove_topic(&self, tenant: TenantId, topic: TopicId) -> StoreResult<bool>;

    /// Of which kind the mail of a source is.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn topic_of(&self, tenant: TenantId, source: MailSource) -> StoreResult<Option<TopicId>>;

    /// Says of which kind the mail of a source is; `false` unless it is a broadcast's draft or a
    /// campaign of this tenant. The mails of a live campaign are of that kind from then on.
    ///
    /// # Errors
    /// [`InUse`](crate::store::StoreError::InUse) if there is no such topic.
    fn assign_topic(
        &self,
        tenant: TenantId,
        source: MailSource,
        topic: Option<TopicId>,
    ) -> StoreResult<bool>;
}

/// What people want.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PreferenceStore: Send + Sync {
    /// What a lead wants; the default for whoever never said anything, or is not there.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn preferences(&self, tenant: TenantId, lead: LeadId) -> StoreResult<LeadPreferences>;

    /// Makes the changes in their order, all or none, as [`LeadPreferences::change`] does;
    /// `false` if there is no such lead. A topic that is not there is passed over. Counts for
    /// every mail that is not yet with the provider. Where a pause ends, the person's campaigns and
    /// their mails go on at once.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn change_preferences(
        &self,
        tenant: TenantId,
        lead: LeadId,
        changes: &[PreferenceChange],
        said: Said,
    ) -> StoreResult<bool>;
}

/// The records of consent.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ConsentStore: Send + Sync {
    /// Those of a lead, the newest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn consents(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<Consent>>;

    /// Adds one; the same id again changes nothing. `false` if there is no such lead.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn record_consent(&self, tenant: TenantId, consent: &Consent) -> StoreResult<bool>;

    /// What the tenant demands before it sends.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn privacy_settings(&self, tenant: TenantId) -> StoreResult<PrivacySettings>;

    /// Demands this from now on.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn demand(
        &self,
        tenant: TenantId,
        settings: PrivacySettings,
        now: DateTime<Utc>,
    ) -> StoreResult<()>;
}

/// Those who were asked to confirm.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait ConfirmationStore: Send + Sync {
    /// The one with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn confirmation(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
    ) -> StoreResult<Option<Confirmation>>;

    /// The one of a lead.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn confirmation_of(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Option<Confirmation>>;

    /// Keeps a question. An open one is asked again: its time begins anew, its id stays. One that
    /// was answered makes room for the new one, which holds no mail back: the person said what
    /// they wanted before, and where they refused since, the refusal stops mail.
    /// Answers the id that the mail must carry; none if there is no such lead.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn ask(&self, tenant: TenantId, question: &Confirmation)
    -> StoreResult<Option<ConfirmationId>>;

    /// The provider took the mail.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn note_asked(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// A browser showed the page; only the first time counts.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn note_visited(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()>;

    /// The person confirms: in one transaction the question is answered, the consent is recorded,
    /// an earlier refusal by the person is lifted, and the person's campaigns go on at once. `false` if the question is gone, expired
    /// or was answered before.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn confirm(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        network: Option<String>,
        at: DateTime<Utc>,
    ) -> StoreResult<bool>;

    /// How far those got who were asked since then.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn funnel(&self, tenant: TenantId, since: DateTime<Utc>) -> StoreResult<Funnel>;
}
