//! The history that explains every point.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{EngagementId, LeadId, ScoreEntryId, TenantId};
use domain::scoring::{ScoreHistory, ScoreLine, ScoreReason};
use domain::store::StoreResult;
use domain::tracking::EngagementType;
use uuid::Uuid;

use crate::pool::PgStore;
use crate::schema::score_history;

#[derive(Queryable, Selectable)]
#[diesel(table_name = score_history, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    occurred_at: DateTime<Utc>,
    rule_name: String,
    event_type: String,
    engagement_id: Option<Uuid>,
    points: i32,
    old_score: i32,
    new_score: i32,
    url: Option<String>,
    reason: String,
}

impl ScoreHistory for PgStore {
    fn score_history(
        &self,
        tenant: TenantId,
        lead: LeadId,
        before: Option<(DateTime<Utc>, ScoreEntryId)>,
        limit: u32,
    ) -> StoreResult<Vec<ScoreLine>> {
        let mut query = score_history::table
            .filter(score_history::tenant_id.eq(tenant.uuid()))
            .filter(score_history::lead_id.eq(lead.uuid()))
            .order((score_history::occurred_at.desc(), score_history::id.desc()))
            .limit(i64::from(limit))
            .select(Row::as_select())
            .into_boxed();
        if let Some((at, id)) = before {
            let same_time = score_history::occurred_at
                .eq(at)
                .and(score_history::id.lt(id.uuid()));
            query = query.filter(score_history::occurred_at.lt(at).or(same_time));
        }
        let rows: Vec<Row> = self.in_tenant(tenant, |connection| Ok(query.load(connection)?))?;
        Ok(rows.into_iter().filter_map(line).collect())
    }
}

fn line(row: Row) -> Option<ScoreLine> {
    Some(ScoreLine {
        id: ScoreEntryId::from_uuid(row.id),
        occurred_at: row.occurred_at,
        rule: row.rule_name,
        kind: EngagementType::parse(&row.event_type),
        engagement: row.engagement_id.map(EngagementId::from_uuid),
        points: row.points,
        old_score: row.old_score,
        new_score: row.new_score,
        url: row.url,
        reason: ScoreReason::parse(&row.reason)?,
    })
}
