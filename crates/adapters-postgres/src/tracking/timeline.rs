//! What happened to a lead.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{BroadcastId, EngagementId, LeadId, ScoringRuleId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{EngagementType, EventName, MachineVerdict, Timeline, TimelineEntry};
use uuid::Uuid;

use crate::pool::PgStore;

const TIMELINE: &str = include_str!("timeline.sql");

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    event_type: String,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    url: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    referrer: Option<String>,
    #[diesel(sql_type = Bool)]
    important: bool,
    #[diesel(sql_type = Text)]
    machine: String,
    #[diesel(sql_type = Nullable<Text>)]
    machine_reason: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    detail: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    event_name: Option<String>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    properties: Option<serde_json::Value>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    broadcast_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    broadcast_name: Option<String>,
    #[diesel(sql_type = Integer)]
    points: i32,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    rule_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    rule_name: Option<String>,
}

impl Timeline for PgStore {
    fn timeline(
        &self,
        tenant: TenantId,
        lead: LeadId,
        kinds: &[EngagementType],
        before: Option<(DateTime<Utc>, EngagementId)>,
        limit: u32,
    ) -> StoreResult<Vec<TimelineEntry>> {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let rows: Vec<Row> = self.in_tenant(tenant, |connection| {
            Ok(diesel::sql_query(TIMELINE)
                .bind::<SqlUuid, _>(tenant.uuid())
                .bind::<SqlUuid, _>(lead.uuid())
                .bind::<Array<Text>, _>(&kinds)
                .bind::<Nullable<Timestamptz>, _>(before.map(|(at, _)| at))
                .bind::<Nullable<SqlUuid>, _>(before.map(|(_, id)| id.uuid()))
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)?)
        })?;
        Ok(rows.into_iter().filter_map(entry).collect())
    }
}

fn entry(row: Row) -> Option<TimelineEntry> {
    Some(TimelineEntry {
        id: EngagementId::from_uuid(row.id),
        kind: EngagementType::parse(&row.event_type)?,
        occurred_at: row.occurred_at,
        url: row.url,
        title: row.title,
        referrer: row.referrer,
        important: row.important,
        verdict: MachineVerdict::from_stored(&row.machine, row.machine_reason.as_deref()),
        broadcast: row
            .broadcast_id
            .map(BroadcastId::from_uuid)
            .zip(row.broadcast_name),
        detail: row.detail,
        event: row.event_name.and_then(|name| EventName::parse(&name).ok()),
        properties: row
            .properties
            .and_then(|stored| serde_json::from_value(stored).ok())
            .unwrap_or_default(),
        points: row.points,
        rule: row.rule_id.map(ScoringRuleId::from_uuid).zip(row.rule_name),
    })
}
