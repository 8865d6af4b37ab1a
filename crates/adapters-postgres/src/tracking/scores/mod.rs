//! What the domain needs to score, and what it decided.

mod write;

pub(in crate::tracking) use write::write;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{EngagementId, LeadId, ScoringRuleId, SendId, TenantId};
use domain::scoring::{Granted, LeadState, NewEngagement, OnceKey, RecentClick};
use domain::tracking::{Action, BURST_REACH, BurstClick, MachineVerdict};
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
    let mut scored = scored(connection, tenant, of_lead)?;
    let mut recent = recent_clicks(connection, tenant, of_lead)?;
    let state = |id: &LeadId| {
        let lead = locked.get(id)?;
        Some(LeadState {
            id: *id,
            engagement_score: lead.engagement_score,
            fit_score: lead.fit_score,
            band: lead.band,
            last_engaged_at: lead.last_engaged_at,
            tracking_id: lead.tracking_id,
            scored: scored.remove(id).unwrap_or_default(),
            recent_clicks: recent.remove(id).unwrap_or_default(),
        })
    };
    Ok(of_lead.keys().filter_map(state).collect())
}

const SCORED: &str = "
    SELECT grants.lead_id, grants.once_key
    FROM (SELECT asked.* FROM UNNEST($2, $3) AS asked (lead_id, once_key) LIMIT cardinality($2)) AS asked
    JOIN score_grants AS grants
        ON grants.tenant_id = $1 AND grants.lead_id = asked.lead_id AND grants.once_key = asked.once_key";

#[derive(QueryableByName)]
struct ScoredRow {
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    once_key: Uuid,
}

fn scored(
    connection: &mut PgConnection,
    tenant: TenantId,
    of_lead: &OfLead<'_>,
) -> QueryResult<BTreeMap<LeadId, BTreeSet<OnceKey>>> {
    let (leads, keys): (Vec<Uuid>, Vec<Uuid>) = of_lead
        .iter()
        .flat_map(|(lead, new)| new.iter().map(move |new| (lead, new.engagement)))
        .filter_map(|(lead, engagement)| Some((lead.uuid(), OnceKey::of(engagement)?.uuid())))
        .unzip();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<ScoredRow> = statement(SCORED)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(leads)
        .bind::<Array<SqlUuid>, _>(keys)
        .load(connection)?;
    let mut scored: BTreeMap<LeadId, BTreeSet<OnceKey>> = BTreeMap::new();
    for row in rows {
        let keys = scored.entry(LeadId::from_uuid(row.lead_id)).or_default();
        keys.insert(OnceKey::from_uuid(row.once_key));
    }
    Ok(scored)
}

const RECENT: &str = include_str!("recent_clicks.sql");

#[derive(QueryableByName)]
struct RecentRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    send_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    link_index: i16,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    network: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    user_agent: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    url: Option<String>,
    #[diesel(sql_type = Text)]
    machine: String,
    #[diesel(sql_type = Nullable<Text>)]
    machine_reason: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    points: Option<i32>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    rule_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    rule_name: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    once_key: Option<Uuid>,
}

type NewClick = (LeadId, SendId, DateTime<Utc>, EngagementId);

fn recent_clicks(
    connection: &mut PgConnection,
    tenant: TenantId,
    of_lead: &OfLead<'_>,
) -> QueryResult<BTreeMap<LeadId, Vec<RecentClick>>> {
    let new: Vec<NewClick> = of_lead
        .iter()
        .flat_map(|(lead, new)| new.iter().map(move |new| (*lead, new.engagement)))
        .filter_map(|(lead, engagement)| match &engagement.action {
            Action::Click { mail, .. } => {
                Some((lead, mail.send, engagement.occurred_at, engagement.id))
            }
            Action::Open { .. }
            | Action::PageView { .. }
            | Action::Report { .. }
            | Action::Custom { .. } => None,
        })
        .collect();
    if new.is_empty() {
        return Ok(BTreeMap::new());
    }
    let uuids = |value: fn(&NewClick) -> Uuid| new.iter().map(value).collect::<Vec<_>>();
    let rows: Vec<RecentRow> = statement(RECENT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(uuids(|new| new.0.uuid()))
        .bind::<Array<SqlUuid>, _>(uuids(|new| new.1.uuid()))
        .bind::<Array<Timestamptz>, _>(
            new.iter()
                .map(|new| new.2 - BURST_REACH)
                .collect::<Vec<_>>(),
        )
        .bind::<Array<Timestamptz>, _>(
            new.iter()
                .map(|new| new.2 + BURST_REACH)
                .collect::<Vec<_>>(),
        )
        .bind::<Array<SqlUuid>, _>(uuids(|new| new.3.uuid()))
        .load(connection)?;
    let mut recent: BTreeMap<LeadId, Vec<RecentClick>> = BTreeMap::new();
    for row in rows {
        let clicks = recent.entry(LeadId::from_uuid(row.lead_id)).or_default();
        clicks.push(recent_click(row));
    }
    Ok(recent)
}

fn recent_click(row: RecentRow) -> RecentClick {
    let granted = row.points.map(|points| Granted {
        rule: row.rule_id.map(ScoringRuleId::from_uuid),
        rule_name: row.rule_name.unwrap_or_default(),
        points,
        once: row.once_key.map(OnceKey::from_uuid),
    });
    RecentClick {
        click: BurstClick {
            id: EngagementId::from_uuid(row.id),
            send: SendId::from_uuid(row.send_id),
            link_index: u16::try_from(row.link_index).unwrap_or_default(),
            at: row.occurred_at,
            source: BurstClick::source_of(row.network.as_deref(), row.user_agent.as_deref()),
        },
        verdict: MachineVerdict::from_stored(&row.machine, row.machine_reason.as_deref()),
        url: row.url,
        granted,
    }
}
