//! What a browser did before it arrived through a mail joins the lead (D15).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::tracking::{
    Action, Client, Engagement, JOINED_HISTORY, JOINED_PAGE_VIEWS, MachineVerdict, PageUrl,
    VisitorId,
};
use uuid::Uuid;

use super::events::place_of;
use super::people::People;
use super::verdicts;
use crate::statement::statement;

/// What joined leads in this batch.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// Page views that have not scored yet.
    pub(super) page_views: Vec<JoinedView>,
    /// When the visits began that they belong to.
    pub(super) visits: Vec<(LeadId, DateTime<Utc>)>,
}

/// A stranger's browser that turned out to be a lead's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    visitor: VisitorId,
    lead: LeadId,
    /// When it arrived.
    at: DateTime<Utc>,
}

/// A stranger's page view that is a lead's now.
#[derive(Debug)]
pub(super) struct JoinedView {
    pub(super) lead: LeadId,
    pub(super) engagement: Engagement,
    /// As it was judged when it happened.
    pub(super) important: bool,
}

/// Gives each stranger's browser that arrives through a lead's mail to that lead, and says which
/// ones. A browser that is a lead's already stays that lead's, so a forwarded mail moves nothing. One
/// that was never seen becomes the lead's too: its page views may be on their way. What the log has
/// already moves nothing again.
pub(super) fn recognise(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&Engagement],
    people: &mut People,
) -> QueryResult<Vec<Arrived>> {
    let People {
        visitors, leads, ..
    } = people;
    let is_strangers = |id| visitors.known.contains_key(id) && visitors.lead(*id).is_none();
    let arrivals: Vec<_> = engagements
        .iter()
        .filter(|engagement| browsers(engagement).is_some_and(|(_, id)| is_strangers(id)))
        .collect();
    let mut arrived = Vec::new();
    let logged = verdicts::logged(connection, tenant, &arrivals)?;
    for engagement in arrivals {
        let Some((visitor, earlier)) = browsers(engagement) else {
            continue;
        };
        let lead = visitors.lead(*visitor);
        let (Some(lead), false) = (lead, logged.contains(&place_of(engagement))) else {
            continue;
        };
        let stranger = visitors.known.get_mut(earlier);
        let stranger = stranger.filter(|stranger| stranger.lead.is_none());
        if let Some(stranger) = stranger.filter(|_| leads.contains_key(&lead)) {
            stranger.lead = Some(lead);
            arrived.push(Arrived {
                visitor: *earlier,
                lead,
                at: engagement.occurred_at,
            });
        }
    }
    Ok(arrived)
}

/// Who the browser of an arrival is now, and who it was before.
fn browsers(engagement: &Engagement) -> Option<(&VisitorId, &VisitorId)> {
    match &engagement.action {
        Action::PageView {
            visitor,
            earlier: Some(earlier),
            ..
        } => Some((visitor, earlier)),
        Action::PageView { earlier: None, .. }
        | Action::Open { .. }
        | Action::Click { .. }
        | Action::Report { .. }
        | Action::Custom { .. } => None,
    }
}

/// Gives the leads what their browsers did as strangers', and returns it.
///
/// That is what they did within [`JOINED_HISTORY`] of the arrival, and of the page views the newest
/// [`JOINED_PAGE_VIEWS`]. Anything else stays a stranger's.
pub(super) fn take_over(
    connection: &mut PgConnection,
    tenant: TenantId,
    arrived: &[Arrived],
) -> QueryResult<Joined> {
    let mut joined = Joined::default();
    for arrived in arrived {
        let visits = take_over_visits(connection, tenant, arrived)?;
        joined
            .visits
            .extend(visits.into_iter().map(|at| (arrived.lead, at)));
        let page_views = take_over_page_views(connection, tenant, arrived)?;
        joined.page_views.extend(page_views);
    }
    Ok(joined)
}

/// Half an hour of silence lies between two visits, so there are not many.
const SESSIONS: &str = "
    UPDATE web_sessions SET lead_id = $3
    WHERE tenant_id = $1 AND visitor_id = $2 AND lead_id IS NULL AND last_seen_at >= $4
    RETURNING started_at";

#[derive(QueryableByName)]
struct VisitRow {
    #[diesel(sql_type = Timestamptz)]
    started_at: DateTime<Utc>,
}

/// Planned each time: a plan that was kept from when the day was young takes the primary key, which is
/// in the order of time too, and has what everybody did in it.
const NEWEST: &str = "
    SELECT id, occurred_at, received_at, url, title, referrer, important, machine, machine_reason
    FROM engagement_events
    WHERE tenant_id = $1 AND visitor_id = $2 AND lead_id IS NULL AND occurred_at >= $3
    ORDER BY occurred_at DESC
    LIMIT $4";

/// The browser is locked, so nobody else takes them over.
const TAKE_OVER: &str = "
    UPDATE engagement_events SET lead_id = $2
    FROM (SELECT old.* FROM UNNEST($3, $4) AS old (occurred_at, id) LIMIT cardinality($3)) AS old
    WHERE engagement_events.tenant_id = $1
        AND engagement_events.occurred_at = old.occurred_at
        AND engagement_events.id = old.id";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    received_at: DateTime<Utc>,
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
}

fn take_over_visits(
    connection: &mut PgConnection,
    tenant: TenantId,
    arrived: &Arrived,
) -> QueryResult<Vec<DateTime<Utc>>> {
    let visits: Vec<VisitRow> = statement(SESSIONS)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(arrived.visitor.uuid())
        .bind::<SqlUuid, _>(arrived.lead.uuid())
        .bind::<Timestamptz, _>(arrived.at - JOINED_HISTORY)
        .load(connection)?;
    Ok(visits.into_iter().map(|row| row.started_at).collect())
}

fn take_over_page_views(
    connection: &mut PgConnection,
    tenant: TenantId,
    arrived: &Arrived,
) -> QueryResult<Vec<JoinedView>> {
    let rows: Vec<Row> = diesel::sql_query(NEWEST)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(arrived.visitor.uuid())
        .bind::<Timestamptz, _>(arrived.at - JOINED_HISTORY)
        .bind::<BigInt, _>(JOINED_PAGE_VIEWS as i64)
        .load(connection)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    statement(TAKE_OVER)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(arrived.lead.uuid())
        .bind::<Array<Timestamptz>, _>(rows.iter().map(|row| row.occurred_at).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .execute(connection)?;
    let view = |row: Row| {
        let important = row.important;
        let engagement = page_view(tenant, arrived.visitor, row)?;
        Some(JoinedView {
            lead: arrived.lead,
            engagement,
            important,
        })
    };
    Ok(rows.into_iter().filter_map(view).collect())
}

fn page_view(tenant: TenantId, visitor: VisitorId, row: Row) -> Option<Engagement> {
    let page = PageUrl::parse(row.url.as_deref()?).ok()?;
    Some(Engagement {
        id: EngagementId::from_uuid(row.id),
        tenant,
        occurred_at: row.occurred_at,
        received_at: row.received_at,
        action: Action::PageView {
            visitor,
            earlier: None,
            page,
            title: row.title,
            referrer: row.referrer,
        },
        client: Client::default(),
        verdict: MachineVerdict::from_stored(&row.machine, row.machine_reason.as_deref()),
    })
}
