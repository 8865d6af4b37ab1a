//! The rows of the engagement log.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{
    Array, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use domain::ids::{BroadcastId, CampaignId, EventId, LeadId, SendId, TenantId, WebSessionId};
use domain::tracking::{Action, Engagement, MachineReason, MailRef, MailSource, VisitorId};
use uuid::Uuid;

use super::batch::Item;
use crate::statement::statement;

const INSERT: &str = include_str!("insert_events.sql");

#[derive(QueryableByName)]
struct Inserted {
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// What tells one engagement from another. The database keeps microseconds.
pub(super) type Place = (i64, Uuid);

pub(super) fn place(at: DateTime<Utc>, id: Uuid) -> Place {
    (at.timestamp_micros(), id)
}

pub(super) fn place_of(engagement: &Engagement) -> Place {
    place(engagement.occurred_at, engagement.id.uuid())
}

/// Inserts the engagements and marks those that the log did not have.
pub(super) fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &mut [Item<'_>],
) -> QueryResult<()> {
    let rows: Vec<Row<'_>> = items.iter().map(row).collect();
    let inserted: Vec<Inserted> = statement(INSERT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.occurred_at))
        .bind::<Array<SqlUuid>, _>(column(&rows, |row| row.id))
        .bind::<Array<Text>, _>(column(&rows, |row| row.event_type))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.lead))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.visitor))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.session))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.send))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.campaign))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.broadcast))
        .bind::<Array<Nullable<SqlUuid>>, _>(column(&rows, |row| row.event))
        .bind::<Array<Nullable<SmallInt>>, _>(column(&rows, |row| row.link_index))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.url))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.title))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.referrer))
        .bind::<Array<Bool>, _>(column(&rows, |row| row.important))
        .bind::<Array<Text>, _>(column(&rows, |row| row.machine))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.machine_reason))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.network))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.user_agent))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.detail))
        .bind::<Array<Timestamptz>, _>(column(&rows, |row| row.received_at))
        .bind::<Array<Nullable<Text>>, _>(column(&rows, |row| row.event_name))
        .bind::<Array<Nullable<Jsonb>>, _>(column(&rows, |row| row.properties.clone()))
        .load(connection)?;
    let of_row = |row: Inserted| place(row.occurred_at, row.id);
    let mut new: BTreeSet<Place> = inserted.into_iter().map(of_row).collect();
    for item in items {
        // The first of a batch's twins is the one that was inserted.
        item.is_new = new.remove(&place_of(item.engagement));
    }
    Ok(())
}

#[derive(Default)]
struct Row<'a> {
    occurred_at: DateTime<Utc>,
    id: Uuid,
    event_type: &'static str,
    lead: Option<Uuid>,
    visitor: Option<Uuid>,
    session: Option<Uuid>,
    send: Option<Uuid>,
    campaign: Option<Uuid>,
    broadcast: Option<Uuid>,
    event: Option<Uuid>,
    link_index: Option<i16>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    referrer: Option<&'a str>,
    important: bool,
    machine: &'static str,
    machine_reason: Option<&'static str>,
    network: Option<&'a str>,
    user_agent: Option<&'a str>,
    detail: Option<&'a str>,
    received_at: DateTime<Utc>,
    event_name: Option<&'a str>,
    properties: Option<serde_json::Value>,
}

fn row<'a>(item: &Item<'a>) -> Row<'a> {
    let engagement = item.engagement;
    let mut row = Row {
        occurred_at: engagement.occurred_at,
        id: engagement.id.uuid(),
        event_type: engagement.kind().as_str(),
        lead: item.lead.map(LeadId::uuid),
        session: item.session.map(WebSessionId::uuid),
        important: item.important,
        machine: item.verdict.as_str(),
        machine_reason: item.verdict.reason().map(MachineReason::as_str),
        network: engagement.client.network.as_deref(),
        user_agent: engagement.client.user_agent.as_deref(),
        url: engagement.page().map(|page| page.as_str()),
        received_at: engagement.received_at,
        ..Row::default()
    };
    match &engagement.action {
        Action::Open { mail } => row.mail(mail),
        Action::Click {
            mail, link_index, ..
        } => {
            row.mail(mail);
            row.link_index = i16::try_from(*link_index).ok();
        }
        Action::PageView {
            visitor,
            title,
            referrer,
            ..
        } => {
            row.visitor = Some(VisitorId::uuid(*visitor));
            row.title = title.as_deref();
            row.referrer = referrer.as_deref();
        }
        Action::Report { mail, detail, .. } => {
            row.mail(mail);
            row.detail = detail.as_deref();
        }
        Action::Custom {
            event, properties, ..
        } => {
            row.event_name = Some(event.as_str());
            row.properties = serde_json::to_value(properties).ok();
        }
    }
    row
}

impl Row<'_> {
    fn mail(&mut self, mail: &MailRef) {
        self.send = Some(SendId::uuid(mail.send));
        self.event = mail.event.map(EventId::uuid);
        match mail.source {
            Some(MailSource::Broadcast(id)) => self.broadcast = Some(BroadcastId::uuid(id)),
            Some(MailSource::Campaign(id)) => self.campaign = Some(CampaignId::uuid(id)),
            None => {}
        }
    }
}

fn column<'a, T>(rows: &[Row<'a>], value: impl Fn(&Row<'a>) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
