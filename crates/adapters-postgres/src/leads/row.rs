//! A lead as the table has it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId, UserId};
use domain::leads::{EmailAddress, Lead};
use domain::scoring::Band;
use domain::store::{StoreError, StoreResult};
use domain::tracking::VisitorId;
use uuid::Uuid;

use super::tags::tags_of;
use crate::pool::TenantWorkError;
use crate::schema::leads;

pub(super) type LeadsOf = Filter<leads::table, Eq<leads::tenant_id, Uuid>>;

pub(super) fn leads_of(tenant: TenantId) -> LeadsOf {
    leads::table.filter(leads::tenant_id.eq(tenant.uuid()))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = leads, check_for_backend(diesel::pg::Pg))]
pub(super) struct Row {
    id: Uuid,
    email: String,
    name: Option<String>,
    kana: Option<String>,
    company: Option<String>,
    department: Option<String>,
    title: Option<String>,
    phone: Option<String>,
    graduation_year: Option<i32>,
    grade: Option<String>,
    industry: Option<String>,
    company_size: Option<i32>,
    region: Option<String>,
    attributes: serde_json::Value,
    owner_id: Option<Uuid>,
    engagement_score: i32,
    fit_score: i32,
    score: i32,
    score_band: String,
    last_engaged_at: Option<DateTime<Utc>>,
    last_clicked_url: Option<String>,
    tracking_id: Option<Uuid>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Row {
    fn into_lead(self, tags: BTreeSet<String>) -> StoreResult<Lead> {
        Ok(Lead {
            id: LeadId::from_uuid(self.id),
            email: address(&self.email)?,
            name: self.name,
            kana: self.kana,
            company: self.company,
            department: self.department,
            title: self.title,
            phone: self.phone,
            graduation_year: self.graduation_year,
            grade: self.grade,
            industry: self.industry,
            company_size: self.company_size,
            region: self.region,
            attributes: serde_json::from_value(self.attributes).map_err(StoreError::unexpected)?,
            tags,
            owner: self.owner_id.map(UserId::from_uuid),
            engagement_score: self.engagement_score,
            fit_score: self.fit_score,
            score: self.score,
            band: Band::parse(&self.score_band).unwrap_or_default(),
            last_engaged_at: self.last_engaged_at,
            last_clicked_url: self.last_clicked_url,
            tracking_id: self.tracking_id.map(VisitorId::from_uuid),
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// An address that was checked before it was stored.
pub(super) fn address(text: &str) -> StoreResult<EmailAddress> {
    EmailAddress::parse(text).map_err(StoreError::unexpected)
}

/// The rows as leads, with their tags, in the same order.
pub(super) fn with_tags(
    connection: &mut PgConnection,
    tenant: TenantId,
    rows: Vec<Row>,
) -> Result<Vec<Lead>, TenantWorkError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut tags: BTreeMap<Uuid, BTreeSet<String>> = tags_of(connection, tenant, &ids)?;
    rows.into_iter()
        .map(|row| {
            let tags = tags.remove(&row.id).unwrap_or_default();
            Ok(row.into_lead(tags)?)
        })
        .collect()
}
