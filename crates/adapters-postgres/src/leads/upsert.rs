//! Creating and completing leads by their address.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::ids::{LeadId, TenantId};
use domain::leads::{EmailAddress, Lead, LeadDraft, Upserted};
use domain::store::StoreError;
use uuid::Uuid;

use super::row::{Row, leads_of, with_tags};
use super::{columns, tags};
use crate::automation::react;
use crate::pool::TenantWorkError;
use crate::schema::leads;

type ByAddress = BTreeMap<EmailAddress, Lead>;

/// See [`domain::leads::LeadStore::upsert_many`]; part of the caller's transaction.
///
/// New leads are inserted first, complete; whatever was there already, or came in between, is
/// locked and completed after that.
pub(super) fn upsert(
    connection: &mut PgConnection,
    tenant: TenantId,
    drafts: &[LeadDraft],
    now: DateTime<Utc>,
) -> Result<Vec<Upserted>, TenantWorkError> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    take_turn(connection, tenant)?;
    let created = insert_new(connection, tenant, drafts, now)?;
    let known = complete_known(connection, tenant, drafts, &created, now)?;
    let mut is_told = BTreeSet::new();
    let outcome = |draft: &LeadDraft| match created.get(&draft.email) {
        Some(lead) if is_told.insert(lead.id) => Ok(Upserted::Created(lead.id)),
        Some(lead) => Ok(Upserted::Updated(lead.id)),
        None => match known.get(&draft.email) {
            Some(id) => Ok(Upserted::Updated(*id)),
            None => Err(vanished().into()),
        },
    };
    drafts.iter().map(outcome).collect()
}

/// Upserts of one tenant take turns, because two that insert each other's addresses would wait
/// for one another. They may wait longer than other statements: their work is not cheap to repeat.
fn take_turn(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
    diesel::sql_query("SET LOCAL lock_timeout = '30s'").execute(connection)?;
    // A connection that met an empty table has planned the check of each tag's foreign key for an
    // empty table, and would read the whole tenant for each row of a first import. Measured on
    // a fresh database: 30,000 rows took 47 s with such a plan and less than 10 s without.
    diesel::sql_query("DISCARD PLANS").execute(connection)?;
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('leads.upsert ' || $1, 0))")
        .bind::<Text, _>(tenant.to_string())
        .execute(connection)
        .map(drop)
}

/// Inserts the leads that are not there and returns them.
fn insert_new(
    connection: &mut PgConnection,
    tenant: TenantId,
    drafts: &[LeadDraft],
    now: DateTime<Utc>,
) -> Result<ByAddress, TenantWorkError> {
    let addresses = drafts.iter().map(|draft| draft.email.as_str());
    let stored: Vec<String> = leads_of(tenant)
        .filter(leads::email.eq_any(addresses.collect::<Vec<_>>()))
        .select(leads::email)
        .load(connection)?;
    let stored: BTreeSet<&str> = stored.iter().map(String::as_str).collect();
    let mut new = ByAddress::new();
    for draft in drafts.iter().filter(|d| !stored.contains(d.email.as_str())) {
        new.entry(draft.email.clone())
            .and_modify(|lead| lead.absorb(draft.clone(), now))
            .or_insert_with(|| draft.clone().into_lead(LeadId::new(), now));
    }
    let rows: Vec<&Lead> = new.values().collect();
    let inserted = columns::insert(connection, tenant, &rows)?;
    let inserted: BTreeSet<Uuid> = inserted.into_iter().collect();
    new.retain(|_, lead| inserted.contains(&lead.id.uuid()));
    add_tags(connection, tenant, new.values())?;
    react(
        connection,
        tenant,
        new.values().map(|lead| (None, lead)),
        now,
    )?;
    Ok(new)
}

/// Locks the leads that were there, merges the drafts in, and writes those that changed.
fn complete_known(
    connection: &mut PgConnection,
    tenant: TenantId,
    drafts: &[LeadDraft],
    created: &ByAddress,
    now: DateTime<Utc>,
) -> Result<BTreeMap<EmailAddress, LeadId>, TenantWorkError> {
    let known = || drafts.iter().filter(|d| !created.contains_key(&d.email));
    let addresses: Vec<&str> = known().map(|draft| draft.email.as_str()).collect();
    let before = lock(connection, tenant, &addresses)?;
    let mut after = before.clone();
    for draft in known() {
        let lead = after.get_mut(&draft.email).ok_or_else(vanished)?;
        lead.absorb(draft.clone(), now);
    }
    let is_changed = |lead: &&Lead| {
        before.get(&lead.email).is_none_or(|before| {
            let before = Lead {
                updated_at: lead.updated_at,
                ..before.clone()
            };
            before != **lead
        })
    };
    let changed: Vec<&Lead> = after.values().filter(is_changed).collect();
    columns::update(connection, tenant, &changed)?;
    add_tags(connection, tenant, changed.iter().copied())?;
    let changes = (changed.into_iter()).map(|lead| (before.get(&lead.email), lead));
    react(connection, tenant, changes, now)?;
    Ok(after
        .into_iter()
        .map(|(email, lead)| (email, lead.id))
        .collect())
}

fn lock(
    connection: &mut PgConnection,
    tenant: TenantId,
    addresses: &[&str],
) -> Result<ByAddress, TenantWorkError> {
    if addresses.is_empty() {
        return Ok(ByAddress::new());
    }
    let rows: Vec<Row> = leads_of(tenant)
        .filter(leads::email.eq_any(addresses))
        .order(leads::id)
        .for_update()
        .select(Row::as_select())
        .load(connection)?;
    let leads = with_tags(connection, tenant, rows)?;
    Ok(leads
        .into_iter()
        .map(|lead| (lead.email.clone(), lead))
        .collect())
}

fn add_tags<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    leads: impl Iterator<Item = &'a Lead>,
) -> QueryResult<()> {
    let tags: Vec<(Uuid, &str)> = leads
        .flat_map(|lead| lead.tags.iter().map(|tag| (lead.id.uuid(), tag.as_str())))
        .collect();
    tags::add(connection, tenant, &tags)
}

/// A lead was there when we looked and deleted before we locked it; the whole may be tried again.
fn vanished() -> StoreError {
    StoreError::unavailable("a lead was deleted while it was being written")
}
