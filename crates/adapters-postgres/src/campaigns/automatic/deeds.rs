//! What the lead of an enrollment did.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{Deed, Enrollment};
use domain::ids::{StepId, TenantId};
use domain::tracking::{ImportantPages, PageUrl};

use crate::statement::{Statement, statement};

pub(super) fn did(
    connection: &mut PgConnection,
    tenant: TenantId,
    enrollment: &Enrollment,
    deed: &Deed,
) -> QueryResult<bool> {
    let asked = Asked { tenant, enrollment };
    match deed {
        Deed::Opened(step) => asked.of_mails(connection, *step, false),
        Deed::Clicked {
            step,
            url_contains: None,
        } => asked.of_mails(connection, *step, true),
        Deed::Clicked {
            step,
            url_contains: Some(text),
        } => {
            let followed = asked.links(connection, *step)?;
            let in_path = ImportantPages::new([text]);
            let is_meant = |url: &PageUrl| url.as_str().contains(text) || in_path.contain(url);
            Ok(followed.iter().any(is_meant))
        }
        Deed::Visited(path) => {
            let pages = ImportantPages::new([path]);
            let seen = asked.pages(connection)?;
            Ok(seen.iter().any(|page| pages.contain(page)))
        }
        Deed::Custom(event) => asked.reported(connection, event.as_str()),
        Deed::Passed(step) => asked.passed(connection, *step),
        // There are no segments yet, so that nobody is in one.
        Deed::InSegment(_) => Ok(false),
    }
}

/// Mails are found by what the steps did, which says where in `send_logs` they are.
const OF_MAILS: &str = "
    SELECT EXISTS (
        SELECT 1
        FROM campaign_step_executions AS execution
        JOIN send_logs AS send
            ON send.tenant_id = $1 AND send.queued_at = execution.queued_at AND send.id = execution.send_id
        WHERE execution.tenant_id = $1 AND execution.enrollment_id = $2
          AND ($3::uuid IS NULL OR execution.step_id = $3)
          AND CASE WHEN $4 THEN send.clicked_count ELSE send.opened_count END > 0
    ) AS is_so";

const LINKS: &str = "
    SELECT DISTINCT event.url
    FROM campaign_step_executions AS execution
    JOIN engagement_events AS event
        ON event.tenant_id = $1 AND event.lead_id = $4 AND event.occurred_at >= $5
        AND event.send_id = execution.send_id
    WHERE execution.tenant_id = $1 AND execution.enrollment_id = $2
      AND ($3::uuid IS NULL OR execution.step_id = $3)
      AND event.event_type = 'click' AND event.machine = 'none' AND event.url IS NOT NULL";

const PAGES: &str = "
    SELECT DISTINCT url
    FROM engagement_events
    WHERE tenant_id = $1 AND lead_id = $2 AND occurred_at >= $3
      AND event_type = 'page_view' AND machine = 'none' AND url IS NOT NULL";

const REPORTED: &str = "
    SELECT EXISTS (
        SELECT 1
        FROM engagement_events
        WHERE tenant_id = $1 AND lead_id = $2 AND occurred_at >= $3
          AND event_type = 'custom' AND machine = 'none' AND event_name = $4
    ) AS is_so";

const PASSED: &str = "
    SELECT EXISTS (
        SELECT 1 FROM campaign_step_executions
        WHERE tenant_id = $1 AND enrollment_id = $2 AND step_id = $3
    ) AS is_so";

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    is_so: bool,
}

#[derive(QueryableByName)]
struct Address {
    #[diesel(sql_type = Text)]
    url: String,
}

struct Asked<'a> {
    tenant: TenantId,
    enrollment: &'a Enrollment,
}

impl Asked<'_> {
    fn of_mails(
        &self,
        connection: &mut PgConnection,
        step: Option<StepId>,
        clicked: bool,
    ) -> QueryResult<bool> {
        let answer: Answer = statement(OF_MAILS)
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.enrollment.id.uuid())
            .bind::<Nullable<SqlUuid>, _>(step.map(StepId::uuid))
            .bind::<Bool, _>(clicked)
            .get_result(connection)?;
        Ok(answer.is_so)
    }

    /// Where the links led that they followed.
    fn links(
        &self,
        connection: &mut PgConnection,
        step: Option<StepId>,
    ) -> QueryResult<Vec<PageUrl>> {
        let rows: Vec<Address> = statement(LINKS)
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.enrollment.id.uuid())
            .bind::<Nullable<SqlUuid>, _>(step.map(StepId::uuid))
            .bind::<SqlUuid, _>(self.enrollment.lead.uuid())
            .bind::<Timestamptz, _>(self.enrollment.enrolled_at)
            .load(connection)?;
        Ok(read(&rows))
    }

    fn pages(&self, connection: &mut PgConnection) -> QueryResult<Vec<PageUrl>> {
        let rows: Vec<Address> = self.of_lead(PAGES).load(connection)?;
        Ok(read(&rows))
    }

    fn reported(&self, connection: &mut PgConnection, event: &str) -> QueryResult<bool> {
        let answer: Answer = self
            .of_lead(REPORTED)
            .bind::<Text, _>(event.to_owned())
            .get_result(connection)?;
        Ok(answer.is_so)
    }

    fn passed(&self, connection: &mut PgConnection, step: StepId) -> QueryResult<bool> {
        let answer: Answer = statement(PASSED)
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.enrollment.id.uuid())
            .bind::<SqlUuid, _>(step.uuid())
            .get_result(connection)?;
        Ok(answer.is_so)
    }

    fn of_lead(&self, sql: &'static str) -> Statement<'_> {
        statement(sql)
            .bind::<SqlUuid, _>(self.tenant.uuid())
            .bind::<SqlUuid, _>(self.enrollment.lead.uuid())
            .bind::<Timestamptz, _>(self.enrollment.enrolled_at)
    }
}

fn read(rows: &[Address]) -> Vec<PageUrl> {
    let page = |row: &Address| PageUrl::parse(&row.url).ok();
    rows.iter().filter_map(page).collect()
}
