//! What the domain needs to score, and what it decided.

mod recent;
mod write;

pub(in crate::tracking) use write::write;

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::scoring::{LeadState, NewEngagement, OnceKey};
use uuid::Uuid;

use super::leads::LockedLeads;
use crate::statement::statement;

type OfLead<'a> = BTreeMap<LeadId, Vec<NewEngagement<'a>>>;

/// The leads with something new, as they are before it.
pub(in crate::tracking) fn states(
    connection: &mut PgConnection,
    tenant: TenantId,
    locked: &LockedLeads,
    of_lead: &OfLead<'_>,
) -> QueryResult<Vec<LeadState>> {
    let mut recent = recent::clicks(connection, tenant, of_lead)?;
    let mut granted = granted(connection, tenant, of_lead, &recent)?;
    let state = |id: &LeadId| {
        let lead = locked.get(id)?;
        let granted = granted.remove(id).unwrap_or_default();
        let recent = recent.remove(id).unwrap_or_default();
        Some(LeadState {
            id: *id,
            engagement_score: lead.engagement_score,
            fit_score: lead.fit_score,
            band: lead.band,
            last_engaged_at: lead.last_engaged_at,
            tracking_id: lead.tracking_id,
            recent_clicks: recent::with_grants(recent, &granted),
            scored: granted.into_keys().collect(),
        })
    };
    Ok(of_lead.keys().filter_map(state).collect())
}

/// By which engagement each key has scored.
type Grants = BTreeMap<OnceKey, EngagementId>;

const GRANTED: &str = "
    SELECT grants.lead_id, grants.once_key, grants.engagement_id
    FROM (SELECT asked.* FROM UNNEST($2, $3) AS asked (lead_id, once_key) LIMIT cardinality($2)) AS asked
    JOIN score_grants AS grants
        ON grants.tenant_id = $1 AND grants.lead_id = asked.lead_id AND grants.once_key = asked.once_key";

#[derive(QueryableByName)]
struct GrantedRow {
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    once_key: Uuid,
    #[diesel(sql_type = SqlUuid)]
    engagement_id: Uuid,
}

/// Which keys of the new engagements, and of the recent clicks that were given points, have scored.
///
/// All are asked for by their key: a lead may have thousands of grants, and nothing finds them by the
/// engagement, which would take one more index of a table that every score writes to.
fn granted(
    connection: &mut PgConnection,
    tenant: TenantId,
    of_lead: &OfLead<'_>,
    recent: &recent::Clicks,
) -> QueryResult<BTreeMap<LeadId, Grants>> {
    let new = of_lead
        .iter()
        .flat_map(|(lead, new)| new.iter().map(move |new| (*lead, new.engagement)))
        .filter_map(|(lead, engagement)| Some((lead, OnceKey::of(engagement)?)));
    let asked: BTreeSet<(LeadId, OnceKey)> = new.chain(recent::keys(recent)).collect();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let (leads, keys): (Vec<Uuid>, Vec<Uuid>) = asked
        .into_iter()
        .map(|(lead, key)| (lead.uuid(), key.uuid()))
        .unzip();
    let rows: Vec<GrantedRow> = statement(GRANTED)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(leads)
        .bind::<Array<SqlUuid>, _>(keys)
        .load(connection)?;
    let mut granted: BTreeMap<LeadId, Grants> = BTreeMap::new();
    for row in rows {
        let of_lead = granted.entry(LeadId::from_uuid(row.lead_id)).or_default();
        let engagement = EngagementId::from_uuid(row.engagement_id);
        of_lead.insert(OnceKey::from_uuid(row.once_key), engagement);
    }
    Ok(granted)
}
