//! Clicks in the log that may be part of a burst with new ones.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{EngagementId, LeadId, ScoringRuleId, SendId, TenantId};
use domain::scoring::{Granted, OnceKey, RecentClick};
use domain::tracking::{
    BURST_VIEW, BurstClick, BurstWindow, EngagementType, MachineVerdict, burst_windows,
};
use uuid::Uuid;

use super::{Grants, OfLead};
use crate::statement::statement;

pub(super) type Clicks = BTreeMap<LeadId, Vec<RecentClick>>;

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
}

/// The clicks of each lead that the log had before this batch and that may be part of a burst with
/// new ones, with the keys that they would have scored by.
pub(super) fn clicks(
    connection: &mut PgConnection,
    tenant: TenantId,
    of_lead: &OfLead<'_>,
) -> QueryResult<Clicks> {
    let windows: Vec<(LeadId, BurstWindow)> = of_lead
        .iter()
        .flat_map(|(lead, new)| {
            let windows = burst_windows(new.iter().map(|new| new.engagement));
            windows.into_iter().map(|window| (*lead, window))
        })
        .collect();
    if windows.is_empty() {
        return Ok(Clicks::new());
    }
    let leads: Vec<Uuid> = windows.iter().map(|(lead, _)| lead.uuid()).collect();
    let windows = || windows.iter().map(|(_, window)| window);
    let rows: Vec<RecentRow> = statement(RECENT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(leads)
        .bind::<Array<SqlUuid>, _>(windows().map(|w| w.send.uuid()).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(windows().map(|w| w.from).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(windows().map(|w| w.to).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(new_clicks(of_lead))
        .bind::<BigInt, _>(BURST_VIEW as i64)
        .load(connection)?;
    let mut recent = Clicks::new();
    for row in rows {
        let clicks = recent.entry(LeadId::from_uuid(row.lead_id)).or_default();
        clicks.push(recent_click(row));
    }
    Ok(recent)
}

fn new_clicks(of_lead: &OfLead<'_>) -> Vec<Uuid> {
    let new = of_lead.values().flatten().map(|new| new.engagement);
    let clicks = new.filter(|engagement| engagement.kind() == EngagementType::Click);
    clicks.map(|engagement| engagement.id.uuid()).collect()
}

/// The keys of those that were given points.
pub(super) fn keys(recent: &Clicks) -> impl Iterator<Item = (LeadId, OnceKey)> {
    recent.iter().flat_map(|(lead, clicks)| {
        let granted = clicks.iter().filter_map(|recent| recent.granted.as_ref());
        granted.filter_map(|granted| Some((*lead, granted.once?)))
    })
}

/// The clicks, each with its key only if that has scored by this very click.
pub(super) fn with_grants(mut clicks: Vec<RecentClick>, grants: &Grants) -> Vec<RecentClick> {
    for recent in &mut clicks {
        let by_it = |key: &OnceKey| grants.get(key) == Some(&recent.click.id);
        if let Some(granted) = &mut recent.granted {
            granted.once = granted.once.filter(by_it);
        }
    }
    clicks
}

fn recent_click(row: RecentRow) -> RecentClick {
    let send = SendId::from_uuid(row.send_id);
    let link_index = u16::try_from(row.link_index).unwrap_or_default();
    let granted = row.points.map(|points| Granted {
        rule: row.rule_id.map(ScoringRuleId::from_uuid),
        rule_name: row.rule_name.unwrap_or_default(),
        points,
        once: Some(OnceKey::of_click(send, link_index)),
    });
    RecentClick {
        click: BurstClick {
            id: EngagementId::from_uuid(row.id),
            send,
            link_index,
            at: row.occurred_at,
            source: BurstClick::source_of(row.network.as_deref(), row.user_agent.as_deref()),
        },
        verdict: MachineVerdict::from_stored(&row.machine, row.machine_reason.as_deref()),
        url: row.url,
        granted,
    }
}
