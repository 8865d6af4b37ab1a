//! Ports that hold nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::analytics::{
    Dashboard, IndustryFigures, LinkFigures, MailCounts, MailDay, MailHour, MailReports, Period,
    Reports, SentContent, SourceRank, TemplateFigures,
};
use domain::ids::{BroadcastId, TemplateId, TenantId};
use domain::store::StoreResult;
use domain::tracking::MailSource;
use uuid::Uuid;

/// Everything that is asked for is empty.
pub(crate) struct Quiet;

impl Reports for Quiet {
    fn dashboard(&self, _: TenantId, _: Period) -> StoreResult<Dashboard> {
        Ok(Dashboard::default())
    }
}

impl MailReports for Quiet {
    fn by_day(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<MailDay>> {
        Ok(Vec::new())
    }

    fn first_hours(
        &self,
        _: TenantId,
        _: BroadcastId,
        _: DateTime<Utc>,
        _: u16,
    ) -> StoreResult<Vec<MailHour>> {
        Ok(Vec::new())
    }

    fn by_industry(&self, _: TenantId, _: MailSource, _: u32) -> StoreResult<Vec<IndustryFigures>> {
        Ok(Vec::new())
    }

    fn links(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<LinkFigures>> {
        Ok(Vec::new())
    }

    fn contents(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<SentContent>> {
        Ok(Vec::new())
    }

    fn by_source(&self, _: TenantId) -> StoreResult<BTreeMap<Uuid, MailCounts>> {
        Ok(BTreeMap::new())
    }

    fn by_template(&self, _: TenantId) -> StoreResult<BTreeMap<TemplateId, TemplateFigures>> {
        Ok(BTreeMap::new())
    }

    fn of_template(&self, _: TenantId, _: TemplateId, _: u32) -> StoreResult<Vec<SourceRank>> {
        Ok(Vec::new())
    }
}
