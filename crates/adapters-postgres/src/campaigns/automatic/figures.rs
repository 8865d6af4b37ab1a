//! How a campaign stands.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use domain::campaigns::{CampaignFigures, EnrollmentStatus, StepFigures};
use domain::ids::{CampaignId, StepId, TenantId};
use uuid::Uuid;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    step_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    converted: i64,
    #[diesel(sql_type = BigInt)]
    done: i64,
    #[diesel(sql_type = BigInt)]
    skipped: i64,
    #[diesel(sql_type = BigInt)]
    sent: i64,
    #[diesel(sql_type = BigInt)]
    delivered: i64,
    #[diesel(sql_type = BigInt)]
    bounced: i64,
    #[diesel(sql_type = BigInt)]
    opened: i64,
    #[diesel(sql_type = BigInt)]
    opens: i64,
    #[diesel(sql_type = BigInt)]
    clicked: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    unsubscribed: i64,
}

impl Row {
    fn of_step(&self) -> StepFigures {
        StepFigures {
            waiting: self.people.unsigned_abs(),
            done: self.done.unsigned_abs(),
            skipped: self.skipped.unsigned_abs(),
            sent: self.sent.unsigned_abs(),
            delivered: self.delivered.unsigned_abs(),
            bounced: self.bounced.unsigned_abs(),
            opened: self.opened.unsigned_abs(),
            opens: self.opens.unsigned_abs(),
            clicked: self.clicked.unsigned_abs(),
            clicks: self.clicks.unsigned_abs(),
            unsubscribed: self.unsubscribed.unsigned_abs(),
        }
    }
}

pub(super) fn figures(
    connection: &mut PgConnection,
    tenant: TenantId,
    campaign: CampaignId,
) -> QueryResult<CampaignFigures> {
    let rows: Vec<Row> = diesel::sql_query(include_str!("figures.sql"))
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(campaign.uuid())
        .load(connection)?;
    let mut figures = CampaignFigures::default();
    for row in rows {
        if let Some(step) = row.step_id {
            (figures.steps).insert(StepId::from_uuid(step), row.of_step());
        } else if let Some(status) = row.status.as_deref().and_then(EnrollmentStatus::parse) {
            let people = row.people.unsigned_abs();
            figures.by_status.insert(status.as_str(), people);
            figures.converted += row.converted.unsigned_abs();
        }
    }
    Ok(figures)
}
