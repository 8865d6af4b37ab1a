//! What opens and clicks mean for the mail itself: counts, first and last times.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use domain::ids::{SendId, TenantId};
use domain::tracking::{Action, EngagementType, MailRef};
use uuid::Uuid;

use super::batch::{Changes, Item};
use super::rollups::{Delivery, Rollups};
use crate::statement::statement;

/// What a batch adds to one mail; a click that turned out to be a machine's is subtracted again.
#[derive(Clone, Debug)]
struct Delta {
    queued_at: DateTime<Utc>,
    opens: i32,
    machine_opens: i32,
    clicks: i32,
    machine_clicks: i32,
    opened: Option<(DateTime<Utc>, DateTime<Utc>)>,
    clicked: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The same counts at the time of each, for the roll-up by day.
    by_time: Vec<(DateTime<Utc>, Delivery)>,
}

const UPDATE: &str = include_str!("update_sends.sql");

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    source_id: Option<Uuid>,
    #[diesel(sql_type = Integer)]
    opened_count: i32,
    #[diesel(sql_type = Integer)]
    clicked_count: i32,
}

const HANDED_OVER: &str = include_str!("handed_over.sql");

#[derive(QueryableByName)]
struct HandedOver {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    accepted_at: DateTime<Utc>,
}

/// Notes on new opens and clicks when the provider took their mails: a click that is earlier is a
/// machine's.
pub(super) fn note_handed_over(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &mut [Item<'_>],
) -> QueryResult<()> {
    let asked: BTreeMap<SendId, DateTime<Utc>> = items
        .iter()
        .filter(|item| item.is_new && item.lead.is_some())
        .filter_map(|item| read_mail(item))
        .map(|mail| (mail.send, mail.queued_at))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let rows: Vec<HandedOver> = statement(HANDED_OVER)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(asked.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(asked.values().copied().collect::<Vec<_>>())
        .load(connection)?;
    let times: BTreeMap<Uuid, DateTime<Utc>> = rows
        .into_iter()
        .map(|row| (row.id, row.accepted_at))
        .collect();
    for item in items {
        let send = read_mail(item).map(|mail| mail.send.uuid());
        item.handed_over_at = send.and_then(|send| times.get(&send).copied());
    }
    Ok(())
}

/// The mail that was opened or clicked.
fn read_mail<'a>(item: &Item<'a>) -> Option<&'a MailRef> {
    match &item.engagement.action {
        Action::Open { mail } | Action::Click { mail, .. } => Some(mail),
        Action::PageView { .. } | Action::Report { .. } | Action::Custom { .. } => None,
    }
}

/// Counts opens and clicks on their mails, and in the roll-up of their broadcasts: a mail that is
/// opened for the first time is one more unique open there.
pub(super) fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    items: &[Item<'_>],
    changes: &Changes,
    rollups: &mut Rollups<'_>,
) -> QueryResult<()> {
    let deltas = deltas(items, changes);
    if deltas.is_empty() {
        return Ok(());
    }
    for counted in update(connection, tenant, &deltas)? {
        let Some(delta) = deltas.get(&SendId::from_uuid(counted.id)) else {
            continue;
        };
        let source = counted.source_id.unwrap_or_default();
        for (at, counts) in delta.by_time.iter().chain(&delta.first_times(&counted)) {
            rollups.deliver(*at, source, *counts);
        }
    }
    Ok(())
}

/// +1 when the count left zero, −1 when it came back to it.
fn first_time(count: i32, delta: i32) -> i64 {
    i64::from(count > 0) - i64::from(count - delta > 0)
}

fn deltas(items: &[Item<'_>], changes: &Changes) -> BTreeMap<SendId, Delta> {
    let mut deltas: BTreeMap<SendId, Delta> = BTreeMap::new();
    for item in items.iter().filter(|item| item.is_new) {
        let Some(mail) = item.engagement.mail() else {
            continue;
        };
        let at = item.engagement.occurred_at;
        let human = item.verdict.is_human();
        match item.engagement.kind() {
            EngagementType::Open => Delta::of(&mut deltas, mail).open(at, human),
            EngagementType::Click => Delta::of(&mut deltas, mail).click(at, human),
            EngagementType::PageView
            | EngagementType::Delivered
            | EngagementType::Bounce
            | EngagementType::SpamReport
            | EngagementType::Unsubscribe
            | EngagementType::ProviderClick
            | EngagementType::Custom => {}
        }
    }
    for old in changes.values().flat_map(|change| &change.reclassified) {
        if let Some(delta) = deltas.get_mut(&old.click.send) {
            delta.take_back(old.click.at);
        }
    }
    deltas
}

impl Delta {
    fn of<'a>(deltas: &'a mut BTreeMap<SendId, Self>, mail: &MailRef) -> &'a mut Self {
        deltas.entry(mail.send).or_insert(Self {
            queued_at: mail.queued_at,
            opens: 0,
            machine_opens: 0,
            clicks: 0,
            machine_clicks: 0,
            opened: None,
            clicked: None,
            by_time: Vec::new(),
        })
    }

    fn open(&mut self, at: DateTime<Utc>, human: bool) {
        let mut counts = Delivery::default();
        if human {
            self.opens += 1;
            self.opened = Some(widened(self.opened, at));
            counts.opens = 1;
        } else {
            self.machine_opens += 1;
            counts.machine_opens = 1;
        }
        self.by_time.push((at, counts));
    }

    fn click(&mut self, at: DateTime<Utc>, human: bool) {
        let mut counts = Delivery::default();
        if human {
            self.clicks += 1;
            self.clicked = Some(widened(self.clicked, at));
            counts.clicks = 1;
        } else {
            self.machine_clicks += 1;
            counts.machine_clicks = 1;
        }
        self.by_time.push((at, counts));
    }

    fn take_back(&mut self, at: DateTime<Utc>) {
        self.clicks -= 1;
        self.machine_clicks += 1;
        let counts = Delivery {
            clicks: -1,
            machine_clicks: 1,
            ..Delivery::default()
        };
        self.by_time.push((at, counts));
    }

    /// Whether the mail was opened or clicked for the first time, and when; or is no longer clicked.
    fn first_times(&self, after: &Counted) -> Vec<(DateTime<Utc>, Delivery)> {
        let earliest = |counts: fn(&Delivery) -> i64, sign: i64| {
            let changes = self.by_time.iter().map(|(at, c)| (*at, counts(c)));
            let of_sign = changes.filter(|(_, change)| sign != 0 && *change == sign);
            of_sign.map(|(at, _)| at).min()
        };
        let opens = first_time(after.opened_count, self.opens);
        let clicks = first_time(after.clicked_count, self.clicks);
        let opened = Delivery {
            unique_opens: opens,
            ..Delivery::default()
        };
        let clicked = Delivery {
            unique_clicks: clicks,
            ..Delivery::default()
        };
        [
            earliest(|counts| counts.opens, opens).map(|at| (at, opened)),
            earliest(|counts| counts.clicks, clicks).map(|at| (at, clicked)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn widened(
    range: Option<(DateTime<Utc>, DateTime<Utc>)>,
    at: DateTime<Utc>,
) -> (DateTime<Utc>, DateTime<Utc>) {
    range.map_or((at, at), |(first, last)| (first.min(at), last.max(at)))
}

fn update(
    connection: &mut PgConnection,
    tenant: TenantId,
    deltas: &BTreeMap<SendId, Delta>,
) -> QueryResult<Vec<Counted>> {
    let first = |range: Option<(DateTime<Utc>, DateTime<Utc>)>| range.map(|(first, _)| first);
    let last = |range: Option<(DateTime<Utc>, DateTime<Utc>)>| range.map(|(_, last)| last);
    statement(UPDATE)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(deltas.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Timestamptz>, _>(column(deltas, |d| d.queued_at))
        .bind::<Array<Integer>, _>(column(deltas, |d| d.opens))
        .bind::<Array<Integer>, _>(column(deltas, |d| d.machine_opens))
        .bind::<Array<Integer>, _>(column(deltas, |d| d.clicks))
        .bind::<Array<Integer>, _>(column(deltas, |d| d.machine_clicks))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(deltas, |d| first(d.opened)))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(deltas, |d| last(d.opened)))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(deltas, |d| first(d.clicked)))
        .bind::<Array<Nullable<Timestamptz>>, _>(column(deltas, |d| last(d.clicked)))
        .load(connection)
}

fn column<T>(deltas: &BTreeMap<SendId, Delta>, value: impl Fn(&Delta) -> T) -> Vec<T> {
    deltas.values().map(value).collect()
}
