//! What the figures of mail need from storage.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{IndustryFigures, LinkFigures, MailCounts, MailDay, MailHour, SentContent};
use crate::analytics::SourceRank;
use crate::ids::{BroadcastId, TemplateId, TenantId};
use crate::store::StoreResult;
use crate::tracking::MailSource;

/// What became of the broadcasts of one template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TemplateFigures {
    /// How many of them were sent, at least in part.
    pub broadcasts: u64,
    /// Their mails together, so that a rate of them is the mean over all mails (C17).
    pub counts: MailCounts,
}

/// What became of mails, from roll-ups wherever nothing else is said.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait MailReports: Send + Sync {
    /// The days of a broadcast or campaign on which something happened, in order.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn by_day(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<MailDay>>;

    /// The first `hours` hours of a broadcast that began at `start`. Reads each of its mails once.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn first_hours(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        start: DateTime<Utc>,
        hours: u16,
    ) -> StoreResult<Vec<MailHour>>;

    /// The mails of a broadcast or campaign by the industry of their readers, most mails first.
    /// Reads each of its mails once.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn by_industry(
        &self,
        tenant: TenantId,
        source: MailSource,
        limit: u32,
    ) -> StoreResult<Vec<IndustryFigures>>;

    /// Every link of a broadcast or campaign by its number; of all its contents, in all versions.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn links(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<LinkFigures>>;

    /// What a broadcast or campaign sends: first what its steps send now, in their order.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn contents(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<SentContent>>;

    /// Everything that became of each broadcast and campaign, by its id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn by_source(&self, tenant: TenantId) -> StoreResult<BTreeMap<Uuid, MailCounts>>;

    /// What became of the broadcasts of each template. One that tested two templates against each
    /// other is in no template's figures.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn by_template(&self, tenant: TenantId) -> StoreResult<BTreeMap<TemplateId, TemplateFigures>>;

    /// The newest broadcasts of a template that were sent, those that tested two templates
    /// included.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn of_template(
        &self,
        tenant: TenantId,
        template: TemplateId,
        limit: u32,
    ) -> StoreResult<Vec<SourceRank>>;
}
