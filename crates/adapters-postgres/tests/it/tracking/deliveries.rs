//! What engagements mean for the mail itself and for its broadcast. (C9)

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use domain::ids::{BroadcastId, EngagementId, LeadId};
use domain::tracking::{MailRef, ReportKind, Timeline};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{
    HOME, broadcast_mail, by_machine, click, mail, open, report,
};
use test_support::contracts::tracking::Leads;

use super::World;

const SEND: &str = "
    SELECT concat_ws(' ', opened_count, machine_opened_count, clicked_count, machine_clicked_count,
                     extract(epoch FROM first_opened_at)::bigint - 1795221000,
                     extract(epoch FROM last_opened_at)::bigint - 1795221000, '|',
                     extract(epoch FROM first_clicked_at)::bigint - 1795221000,
                     extract(epoch FROM last_clicked_at)::bigint - 1795221000) AS line
    FROM send_logs ORDER BY id";
const DELIVERY: &str = "
    SELECT concat_ws(' ', day, opens, unique_opens, machine_opens, '|',
                     clicks, unique_clicks, machine_clicks) AS line
    FROM daily_delivery ORDER BY day, source_id";
const REPORTS: &str = "
    SELECT concat_ws(' ', day, delivered, bounces, complaints, unsubscribes) AS line
    FROM daily_delivery ORDER BY day, source_id";

/// A broadcast with one mail to the lead of the world, as the delivery leaves them.
fn sent(world: &World) -> (BroadcastId, MailRef) {
    let broadcast = BroadcastId::new();
    let mut owner = world.database.owner();
    diesel::sql_query(
        "WITH template AS (
            INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at)
            VALUES ($1, $2, '案内', '件名', '<p>', $4, $4)
            RETURNING tenant_id, id)
         INSERT INTO broadcasts (tenant_id, id, name, template_id, audience, status, created_at)
         SELECT tenant_id, $2, $3, id, '{}', 'completed', $4 FROM template",
    )
    .bind::<SqlUuid, _>(world.tenant.uuid())
    .bind::<SqlUuid, _>(broadcast.uuid())
    .bind::<Text, _>("秋のオープンキャンパス")
    .bind::<Timestamptz, _>(at(-7200))
    .execute(&mut owner)
    .unwrap();
    (broadcast, mail_of(world, broadcast, world.lead))
}

fn mail_of(world: &World, broadcast: BroadcastId, lead: LeadId) -> MailRef {
    let mail = broadcast_mail(broadcast, lead);
    // The token tells whole seconds of a time that has more.
    let queued_at = mail.queued_at + chrono::TimeDelta::milliseconds(789);
    diesel::sql_query(
        "INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, broadcast_id, state, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'delivered', $2)",
    )
    .bind::<SqlUuid, _>(world.tenant.uuid())
    .bind::<Timestamptz, _>(queued_at)
    .bind::<SqlUuid, _>(mail.send.uuid())
    .bind::<SqlUuid, _>(lead.uuid())
    .bind::<SqlUuid, _>(broadcast.uuid())
    .execute(&mut world.database.owner())
    .unwrap();
    mail
}

#[test]
fn a_mail_counts_its_opens_and_clicks_with_first_and_last_time() {
    // C9
    let world = World::new();
    let (_, mail) = sent(&world);
    let tenant = world.tenant;
    let batch = [
        open(tenant, &mail, 30),
        open(tenant, &mail, 10),
        by_machine(open(tenant, &mail, 5)),
        click(tenant, &mail, 0, HOME, 40),
    ];
    world.append(&batch);
    assert_eq!(world.lines(SEND), ["2 1 1 0 10 30 | 40 40"]);
    world.append(&[open(tenant, &mail, 20), click(tenant, &mail, 0, HOME, 900)]);
    world.append(&batch);
    assert_eq!(world.lines(SEND), ["3 1 2 0 10 30 | 40 900"]);
}

#[test]
fn a_mail_is_one_unique_open_and_one_unique_click_however_often() {
    // A38, complaint 3
    let world = World::new();
    let (broadcast, first) = sent(&world);
    let second = mail_of(&world, broadcast, world.database.add(world.tenant));
    let tenant = world.tenant;
    let day = 86_400;
    world.append(&[
        open(tenant, &first, 0),
        open(tenant, &first, 1),
        open(tenant, &second, 2),
        click(tenant, &first, 0, HOME, 3),
        by_machine(click(tenant, &second, 0, HOME, 4)),
    ]);
    assert_eq!(world.lines(DELIVERY), ["2026-11-21 3 2 0 | 1 1 1"]);
    world.append(&[
        open(tenant, &first, day),
        click(tenant, &first, 0, HOME, day),
        click(tenant, &second, 0, HOME, day),
    ]);
    let expected = ["2026-11-21 3 2 0 | 1 1 1", "2026-11-22 1 0 0 | 2 1 0"];
    assert_eq!(world.lines(DELIVERY), expected);
}

#[test]
fn each_open_is_counted_on_its_own_day_though_one_batch_brings_them() {
    // A spool is replayed days later.
    let world = World::new();
    let (_, mail) = sent(&world);
    let day = 86_400;
    let days = [2 * day, 0, day].map(|at| open(world.tenant, &mail, at));
    world.append(&days);
    let expected = [
        "2026-11-21 1 1 0 | 0 0 0",
        "2026-11-22 1 0 0 | 0 0 0",
        "2026-11-23 1 0 0 | 0 0 0",
    ];
    assert_eq!(world.lines(DELIVERY), expected);
}

#[test]
fn a_burst_takes_its_click_back_from_mail_and_broadcast() {
    // complaint 1: an unchanged human click rate.
    let world = World::new();
    let (_, mail) = sent(&world);
    let tenant = world.tenant;
    world.append(&[click(tenant, &mail, 0, HOME, 0)]);
    assert_eq!(world.lines(SEND), ["0 0 1 0 | 0 0"]);
    assert_eq!(world.lines(DELIVERY), ["2026-11-21 0 0 0 | 1 1 0"]);
    for link in 1..10 {
        world.append(&[click(tenant, &mail, link, HOME, 1)]);
    }
    assert_eq!(world.lines(SEND), ["0 0 0 10 |"]);
    assert_eq!(world.lines(DELIVERY), ["2026-11-21 0 0 0 | 0 0 10"]);
    world.append(&[click(tenant, &mail, 4, HOME, 600)]);
    assert_eq!(world.lines(SEND), ["0 0 1 10 | 600 600"]);
    assert_eq!(world.lines(DELIVERY), ["2026-11-21 0 0 0 | 1 1 10"]);
}

#[test]
fn reports_are_counted_for_their_broadcast() {
    // A44
    let world = World::new();
    let (_, mail) = sent(&world);
    let kinds = [
        ReportKind::Delivered,
        ReportKind::SpamReport,
        ReportKind::Unsubscribe,
        ReportKind::Click,
    ];
    let reports = kinds.map(|kind| report(world.tenant, &mail, kind, 0));
    world.append(&reports);
    world.append(&reports);
    world.append(&[report(world.tenant, &mail, ReportKind::Bounce, 86_400)]);
    let expected = ["2026-11-21 1 0 1 1", "2026-11-22 0 1 0 0"];
    assert_eq!(world.lines(REPORTS), expected);
}

#[test]
fn a_mail_that_is_not_in_the_log_of_mails_changes_none() {
    let world = World::new();
    sent(&world);
    world.append(&[open(world.tenant, &mail(world.lead, 9), 0)]);
    assert_eq!(world.lines(SEND), ["0 0 0 0 |"]);
    assert_eq!(world.lines(DELIVERY), Vec::<String>::new());
}

#[test]
fn the_timeline_names_the_broadcast_of_a_mail() {
    // A50
    let world = World::new();
    let (broadcast, mail) = sent(&world);
    world.append(&[open(world.tenant, &mail, 0)]);
    let none: Option<(_, EngagementId)> = None;
    let store = world.store();
    let entries = store
        .timeline(world.tenant, world.lead, &[], none, 10)
        .unwrap();
    let name = "秋のオープンキャンパス".to_owned();
    assert_eq!(entries[0].broadcast, Some((broadcast, name)));
}
