//! What became of mails: by day, by link, by template.

mod rows;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Timestamptz, Uuid as SqlUuid};
use domain::analytics::{
    IndustryFigures, LinkFigures, MailCounts, MailDay, MailHour, MailReports, SentContent,
    SourceRank, TemplateFigures,
};
use domain::ids::{BroadcastId, TemplateId, TenantId};
use domain::store::StoreResult;
use domain::tracking::MailSource;
use uuid::Uuid;

use self::rows::{ContentRow, DayRow, HourRow, IndustryRow, LinkRow, SumRow};
use super::count;
use super::rows::RankRow;
use crate::pool::PgStore;

impl MailReports for PgStore {
    fn by_day(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<MailDay>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<DayRow> = diesel::sql_query(include_str!("by_day.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(source.uuid())
                .load(connection)?;
            Ok(rows.into_iter().map(MailDay::from).collect())
        })
    }

    fn first_hours(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        start: DateTime<Utc>,
        hours: u16,
    ) -> StoreResult<Vec<MailHour>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<HourRow> = diesel::sql_query(include_str!("first_hours.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(broadcast.uuid())
                .bind::<Timestamptz, _>(start)
                .bind::<Integer, _>(i32::from(hours))
                .load(connection)?;
            Ok(rows.into_iter().map(MailHour::from).collect())
        })
    }

    fn by_industry(
        &self,
        tenant: TenantId,
        source: MailSource,
        limit: u32,
    ) -> StoreResult<Vec<IndustryFigures>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<IndustryRow> = diesel::sql_query(include_str!("by_industry.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(source.uuid())
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)?;
            Ok(rows.into_iter().map(IndustryFigures::from).collect())
        })
    }

    fn links(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<LinkFigures>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<LinkRow> = diesel::sql_query(include_str!("links.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(source.uuid())
                .load(connection)?;
            Ok(rows.into_iter().map(LinkFigures::from).collect())
        })
    }

    fn contents(&self, tenant: TenantId, source: MailSource) -> StoreResult<Vec<SentContent>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<ContentRow> = diesel::sql_query(include_str!("contents.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(source.uuid())
                .load(connection)?;
            Ok(rows.into_iter().map(SentContent::from).collect())
        })
    }

    fn by_source(&self, tenant: TenantId) -> StoreResult<BTreeMap<Uuid, MailCounts>> {
        let rows = self.sums(tenant, include_str!("by_source.sql"))?;
        let counts = |row: SumRow| (row.id, row.counts.into());
        Ok(rows.into_iter().map(counts).collect())
    }

    fn by_template(&self, tenant: TenantId) -> StoreResult<BTreeMap<TemplateId, TemplateFigures>> {
        let rows = self.sums(tenant, include_str!("by_template.sql"))?;
        let figures = |row: SumRow| {
            let figures = TemplateFigures {
                broadcasts: count(row.broadcasts),
                counts: row.counts.into(),
            };
            (TemplateId::from_uuid(row.id), figures)
        };
        Ok(rows.into_iter().map(figures).collect())
    }

    fn of_template(
        &self,
        tenant: TenantId,
        template: TemplateId,
        limit: u32,
    ) -> StoreResult<Vec<SourceRank>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<RankRow> = diesel::sql_query(include_str!("of_template.sql"))
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(template.uuid())
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)?;
            Ok(rows.into_iter().map(SourceRank::from).collect())
        })
    }
}

impl PgStore {
    fn sums(&self, tenant: TenantId, query: &str) -> StoreResult<Vec<SumRow>> {
        self.in_tenant(tenant, |connection| {
            Ok(diesel::sql_query(query)
                .bind::<SqlUuid, _>(tenant.uuid())
                .load(connection)?)
        })
    }
}
