//! Leads, one by one.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{LeadId, TenantId};
use domain::leads::{EmailAddress, Lead, LeadChanges, LeadDraft, LeadStore, Upserted, tidy_tag};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::row::{Row, leads_of, with_tags};
use super::{columns, tags, upsert};
use crate::PgStore;
use crate::automation::react;
use crate::pool::TenantWorkError;
use crate::schema::leads;

impl LeadStore for PgStore {
    fn create(&self, tenant: TenantId, draft: LeadDraft, now: DateTime<Utc>) -> StoreResult<Lead> {
        let lead = draft.into_lead(LeadId::new(), now);
        self.in_tenant(tenant, |connection| {
            if columns::insert(connection, tenant, &[&lead])?.is_empty() {
                let constraint = "leads_tenant_id_email_key".to_owned();
                return Err(StoreError::Duplicate(constraint).into());
            }
            tags::add(connection, tenant, &pairs(&lead, &lead.tags))?;
            react(connection, tenant, [(None, &lead)], now)
        })?;
        Ok(lead)
    }

    fn find(&self, tenant: TenantId, id: LeadId) -> StoreResult<Option<Lead>> {
        self.in_tenant(tenant, |connection| {
            let found = leads_of(tenant).filter(leads::id.eq(id.uuid()));
            let row = found
                .select(Row::as_select())
                .first(connection)
                .optional()?;
            with_its_tags(connection, tenant, row)
        })
    }

    fn find_many(&self, tenant: TenantId, ids: &[LeadId]) -> StoreResult<Vec<Lead>> {
        let wanted: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        self.in_tenant(tenant, |connection| {
            let rows: Vec<Row> = leads_of(tenant)
                .filter(leads::id.eq_any(wanted))
                .select(Row::as_select())
                .load(connection)?;
            with_tags(connection, tenant, rows)
        })
    }

    fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Lead>> {
        self.in_tenant(tenant, |connection| {
            let found = leads_of(tenant).filter(leads::email.eq(email.as_str()));
            let row = found
                .select(Row::as_select())
                .first(connection)
                .optional()?;
            with_its_tags(connection, tenant, row)
        })
    }

    fn update(
        &self,
        tenant: TenantId,
        id: LeadId,
        changes: LeadChanges,
        now: DateTime<Utc>,
    ) -> StoreResult<Option<Lead>> {
        self.in_tenant(tenant, |connection| {
            let mut before = None;
            let after = edit(connection, tenant, id, |lead| {
                before = Some(lead.clone());
                lead.apply(changes, now);
            })?;
            let change = after.as_ref().map(|after| (before.as_ref(), after));
            react(connection, tenant, change, now)?;
            Ok(after)
        })
    }

    fn upsert_many(
        &self,
        tenant: TenantId,
        drafts: &[LeadDraft],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Upserted>> {
        self.in_tenant(tenant, |connection| {
            upsert::upsert(connection, tenant, drafts, now)
        })
    }

    fn change_tags(
        &self,
        tenant: TenantId,
        ids: &[LeadId],
        add: &BTreeSet<String>,
        remove: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> StoreResult<u64> {
        let wanted: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let add: BTreeSet<String> = add.iter().filter_map(|tag| tidy_tag(tag)).collect();
        self.in_tenant(tenant, |connection| {
            let rows: Vec<Row> = leads_of(tenant)
                .filter(leads::id.eq_any(&wanted))
                .order(leads::id)
                .for_update()
                .select(Row::as_select())
                .load(connection)?;
            let before = with_tags(connection, tenant, rows)?;
            let mut after = before.clone();
            for lead in &mut after {
                lead.tags.retain(|tag| !remove.contains(tag));
                lead.tags.extend(add.iter().cloned());
            }
            let found: Vec<Uuid> = before.iter().map(|lead| lead.id.uuid()).collect();
            tags::remove(connection, tenant, &found, remove.iter())?;
            let added: Vec<_> = (before.iter()).flat_map(|lead| pairs(lead, &add)).collect();
            tags::add(connection, tenant, &added)?;
            react(connection, tenant, before.iter().map(Some).zip(&after), now)?;
            Ok(found.len() as u64)
        })
    }
}

/// Reads a lead under lock, changes it and writes it with its tags; in the caller's transaction.
pub(crate) fn edit(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: LeadId,
    change: impl FnOnce(&mut Lead),
) -> Result<Option<Lead>, TenantWorkError> {
    let row = leads_of(tenant)
        .filter(leads::id.eq(id.uuid()))
        .for_update()
        .select(Row::as_select())
        .first(connection)
        .optional()?;
    let Some(mut lead) = with_its_tags(connection, tenant, row)? else {
        return Ok(None);
    };
    let before = lead.tags.clone();
    change(&mut lead);
    columns::update(connection, tenant, &[&lead])?;
    let gone = before.difference(&lead.tags);
    tags::remove(connection, tenant, &[id.uuid()], gone)?;
    tags::add(connection, tenant, &pairs(&lead, &lead.tags))?;
    Ok(Some(lead))
}

fn with_its_tags(
    connection: &mut PgConnection,
    tenant: TenantId,
    row: Option<Row>,
) -> Result<Option<Lead>, TenantWorkError> {
    let rows: Vec<Row> = row.into_iter().collect();
    Ok(with_tags(connection, tenant, rows)?.pop())
}

fn pairs<'a>(lead: &Lead, tags: &'a BTreeSet<String>) -> Vec<(Uuid, &'a str)> {
    tags.iter()
        .map(|tag| (lead.id.uuid(), tag.as_str()))
        .collect()
}
