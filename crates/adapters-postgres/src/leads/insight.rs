//! How busy leads were, and why they are as warm as they are.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId};
use domain::leads::{Activity, AsOf, ImportantView, LeadInsight, ScoreCause};
use domain::store::StoreResult;
use domain::tracking::EngagementType;
use uuid::Uuid;

use crate::PgStore;
use crate::schema::lead_daily_activity as activity;

const SCORE_CAUSES: &str = include_str!("score_causes.sql");
const IMPORTANT_VIEWS: &str = include_str!("important_views.sql");

#[derive(QueryableByName)]
struct CauseRow {
    #[diesel(sql_type = SqlUuid)]
    lead_id: Uuid,
    #[diesel(sql_type = Text)]
    rule_name: String,
    #[diesel(sql_type = Text)]
    event_type: String,
    #[diesel(sql_type = Nullable<Text>)]
    url: Option<String>,
    #[diesel(sql_type = Integer)]
    points: i32,
    #[diesel(sql_type = Integer)]
    times: i32,
    #[diesel(sql_type = Timestamptz)]
    last_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct ViewRow {
    #[diesel(sql_type = Text)]
    url: String,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Integer)]
    views: i32,
    #[diesel(sql_type = Timestamptz)]
    last_at: DateTime<Utc>,
}

type Sum = Option<i64>;

impl LeadInsight for PgStore {
    fn activity(&self, tenant: TenantId, lead: LeadId, as_of: AsOf) -> StoreResult<Activity> {
        let sums = activity::table
            .filter(activity::tenant_id.eq(tenant.uuid()))
            .filter(activity::lead_id.eq(lead.uuid()))
            .filter(activity::day.ge(as_of.first_day_of_last(7)))
            .select((
                sum(activity::opens),
                sum(activity::clicks),
                sum(activity::page_views),
                sum(activity::important_page_views),
                sum(activity::sessions),
            ));
        let (opens, clicks, page_views, important_page_views, sessions): (Sum, Sum, Sum, Sum, Sum) =
            self.in_tenant(tenant, |connection| Ok(sums.first(connection)?))?;
        let number = |sum: Sum| u32::try_from(sum.unwrap_or_default()).unwrap_or_default();
        Ok(Activity {
            opens: number(opens),
            clicks: number(clicks),
            page_views: number(page_views),
            important_page_views: number(important_page_views),
            sessions: number(sessions),
        })
    }

    fn important_views(
        &self,
        tenant: TenantId,
        lead: LeadId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<ImportantView>> {
        let query = diesel::sql_query(IMPORTANT_VIEWS)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(lead.uuid())
            .bind::<Timestamptz, _>(since)
            .bind::<BigInt, _>(i64::from(limit));
        let rows: Vec<ViewRow> =
            self.in_tenant(tenant, |connection| Ok(query.load(connection)?))?;
        let view = |row: ViewRow| ImportantView {
            url: row.url,
            title: row.title,
            views: row.views.unsigned_abs(),
            last_at: row.last_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn score_causes(
        &self,
        tenant: TenantId,
        leads: &[LeadId],
        each: u32,
    ) -> StoreResult<BTreeMap<LeadId, Vec<ScoreCause>>> {
        let mut causes: BTreeMap<LeadId, Vec<ScoreCause>> = BTreeMap::new();
        if leads.is_empty() {
            return Ok(causes);
        }
        let ids: Vec<Uuid> = leads.iter().map(|id| id.uuid()).collect();
        let query = diesel::sql_query(SCORE_CAUSES)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<Array<SqlUuid>, _>(ids)
            .bind::<BigInt, _>(i64::from(each));
        let rows: Vec<CauseRow> =
            self.in_tenant(tenant, |connection| Ok(query.load(connection)?))?;
        for row in rows {
            let lead = LeadId::from_uuid(row.lead_id);
            causes.entry(lead).or_default().extend(cause(row));
        }
        Ok(causes)
    }
}

/// `None` for a kind that a later version has written.
fn cause(row: CauseRow) -> Option<ScoreCause> {
    Some(ScoreCause {
        rule: row.rule_name,
        kind: EngagementType::parse(&row.event_type)?,
        url: row.url,
        points: row.points,
        times: row.times.unsigned_abs(),
        last_at: row.last_at,
    })
}
