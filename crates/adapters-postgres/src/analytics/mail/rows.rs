//! What the queries answer.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{
    BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::analytics::{
    DeliveryCounts, IndustryFigures, LinkFigures, MailCounts, MailDay, MailHour, SentContent,
    StepOfContent,
};
use domain::ids::{ContentId, StepId, TemplateId};
use uuid::Uuid;

use crate::analytics::count;
use crate::analytics::rows::{DeliveryRow, ReactedRow};

#[derive(QueryableByName)]
pub(super) struct CountsRow {
    #[diesel(embed)]
    delivery: DeliveryRow,
    #[diesel(sql_type = BigInt)]
    opens: i64,
    #[diesel(sql_type = BigInt)]
    unique_opens: i64,
    #[diesel(sql_type = BigInt)]
    machine_opens: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    unique_clicks: i64,
    #[diesel(sql_type = BigInt)]
    machine_clicks: i64,
}

impl From<CountsRow> for MailCounts {
    fn from(row: CountsRow) -> Self {
        let delivery = DeliveryCounts::from(row.delivery);
        Self {
            sends: delivery.sends,
            delivered: delivery.delivered,
            bounces: delivery.bounces,
            complaints: delivery.complaints,
            unsubscribes: delivery.unsubscribes,
            opens: count(row.opens),
            unique_opens: count(row.unique_opens),
            machine_opens: count(row.machine_opens),
            clicks: count(row.clicks),
            unique_clicks: count(row.unique_clicks),
            machine_clicks: count(row.machine_clicks),
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct DayRow {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(embed)]
    counts: CountsRow,
}

impl From<DayRow> for MailDay {
    fn from(row: DayRow) -> Self {
        Self {
            day: row.day,
            counts: row.counts.into(),
        }
    }
}

/// The sum of a source, or of the broadcasts of a template.
#[derive(QueryableByName)]
pub(super) struct SumRow {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub(super) broadcasts: i64,
    #[diesel(embed)]
    pub(super) counts: CountsRow,
}

#[derive(QueryableByName)]
pub(super) struct HourRow {
    #[diesel(sql_type = Integer)]
    hour: i32,
    #[diesel(embed)]
    reacted: ReactedRow,
}

impl From<HourRow> for MailHour {
    fn from(row: HourRow) -> Self {
        Self {
            hour: u16::try_from(row.hour).unwrap_or(u16::MAX),
            counts: MailCounts {
                sends: count(row.reacted.sends),
                unique_opens: count(row.reacted.unique_opens),
                unique_clicks: count(row.reacted.unique_clicks),
                ..MailCounts::default()
            },
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct IndustryRow {
    #[diesel(sql_type = Nullable<Text>)]
    industry: Option<String>,
    #[diesel(embed)]
    reacted: ReactedRow,
}

impl From<IndustryRow> for IndustryFigures {
    fn from(row: IndustryRow) -> Self {
        Self {
            industry: row.industry,
            sends: count(row.reacted.sends),
            opened: count(row.reacted.unique_opens),
            clicked: count(row.reacted.unique_clicks),
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct LinkRow {
    #[diesel(sql_type = SqlUuid)]
    content_id: Uuid,
    #[diesel(sql_type = SmallInt)]
    link_index: i16,
    #[diesel(sql_type = SmallInt)]
    position: i16,
    #[diesel(sql_type = Text)]
    url: String,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    people: i64,
    #[diesel(sql_type = BigInt)]
    machine_clicks: i64,
}

impl From<LinkRow> for LinkFigures {
    fn from(row: LinkRow) -> Self {
        Self {
            content: ContentId::from_uuid(row.content_id),
            link_index: row.link_index.unsigned_abs(),
            position: row.position.unsigned_abs(),
            url: row.url,
            clicks: count(row.clicks),
            people: count(row.people),
            machine_clicks: count(row.machine_clicks),
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct ContentRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    template_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    step_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    version: Option<i32>,
}

impl From<ContentRow> for SentContent {
    fn from(row: ContentRow) -> Self {
        let step = row.step_id.map(|id| StepOfContent {
            id: StepId::from_uuid(id),
            name: row.name.unwrap_or_default(),
            version: row.version.unwrap_or_default().unsigned_abs(),
        });
        Self {
            id: ContentId::from_uuid(row.id),
            template: row.template_id.map(TemplateId::from_uuid),
            subject: row.subject,
            created_at: row.created_at,
            step,
        }
    }
}
