//! What became of mails, from rows that are written by hand.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use domain::analytics::{MailCounts, MailReports};
use domain::ids::{BroadcastId, CampaignId, ContentId, TemplateId, TenantId};
use domain::tracking::MailSource;
use test_support::builders::tenancy::at;
use uuid::Uuid;

use crate::database::Database;

/// An id that ends with this number.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x7000 << 64 | number)
}

const SPRING: u128 = 1;
const SUMMER: u128 = 2;
/// Broadcasts: two of spring, one that tested spring against summer, one draft.
const FIRST: u128 = 10;
const SECOND: u128 = 11;
const TESTED: u128 = 12;
const DRAFT: u128 = 13;
const CAMPAIGN: u128 = 20;
/// The other variant of the test; contents of the campaign.
const VARIANT: u128 = 30;
const OLD: u128 = 31;
const WELCOME: u128 = 32;
const REMINDER: u128 = 33;

/// `T` is the tenant, `#n` the id that ends with n.
const SEED: &str = "
    INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at) VALUES
        (T, #1, 'spring', 's', 'h', now(), now()), (T, #2, 'summer', 's', 'h', now(), now());
    INSERT INTO broadcasts (tenant_id, id, name, template_id, audience, status, created_at, started_at) VALUES
        (T, #10, '案内1', #1, '{}', 'completed', now(), '2026-11-01 09:00+09'),
        (T, #11, '案内2', #1, '{}', 'completed', now(), '2026-11-02 09:00+09'),
        (T, #12, '比較', #1, '{}', 'completed', now(), '2026-11-03 09:00+09'),
        (T, #13, '下書き', #1, '{}', 'draft', now(), NULL);
    INSERT INTO mail_contents (tenant_id, id, source_id, template_id, subject, html, tracking, created_at) VALUES
        (T, #10, #10, #1, 'spring', 'h', true, now()),
        (T, #11, #11, #1, 'spring', 'h', true, now()),
        (T, #30, #12, #2, 'summer', 'h', true, now() - interval '1 hour'),
        (T, #12, #12, #1, 'spring', 'h', true, now()),
        (T, #31, #20, NULL, 'old', 'h', true, now()),
        (T, #32, #20, NULL, 'welcome', 'h', true, now()),
        (T, #33, #20, NULL, 'reminder', 'h', true, now() - interval '1 hour');
    INSERT INTO campaigns (tenant_id, id, name, description, trigger_type, trigger_conditions, entry, exits,
        re_entry, tracking, flow, created_at, updated_at)
        VALUES (T, #20, 'c', '', 'manual', '{}', '[]', '[]', 'never', true, '{}', now(), now());
    INSERT INTO campaign_versions (tenant_id, campaign_id, version, trigger, entry, re_entry, tracking, flow,
        exits, activated_at)
        VALUES (T, #20, 1, '{}', '[]', 'never', true, '{}', '[]', now()),
            (T, #20, 2, '{}', '[]', 'never', true, '{}', '[]', now());
    INSERT INTO campaign_steps (tenant_id, campaign_id, version, step_id, step_order, name, kind,
        delay_value, delay_unit, content_id, conditions) VALUES
        (T, #20, 1, #40, 1, 'first', 'send', 0, 'days', #31, '[]'),
        (T, #20, 1, #41, 2, 'second', 'send', 0, 'days', #32, '[]'),
        (T, #20, 2, #42, 1, 'hello', 'send', 0, 'days', #32, '[]'),
        (T, #20, 2, #43, 2, 'again', 'send', 0, 'days', #33, '[]');
    INSERT INTO daily_delivery (tenant_id, day, source_id, sends, delivered, bounces, complaints, unsubscribes,
        opens, unique_opens, machine_opens, clicks, unique_clicks, machine_clicks) VALUES
        (T, '2026-11-02', #10, 0, 1, 0, 0, 2, 4, 3, 9, 7, 5, 8),
        (T, '2026-11-01', #10, 90, 88, 2, 1, 0, 50, 40, 70, 12, 10, 6),
        (T, '2026-11-02', #11, 10, 10, 0, 0, 0, 5, 5, 0, 0, 0, 0),
        (T, '2026-11-03', #12, 1000, 1000, 0, 0, 0, 900, 900, 0, 900, 900, 0),
        (T, '2026-11-03', #20, 3, 3, 0, 0, 0, 1, 1, 0, 1, 1, 0);
    INSERT INTO links (tenant_id, source_id, link_index, content_id, position, url) VALUES
        (T, #12, 0, #12, 0, 'https://a.example/'), (T, #12, 1, #12, 1, 'https://b.example/'),
        (T, #12, 2, #30, 0, 'https://a.example/');
    INSERT INTO link_totals (tenant_id, source_id, link_index, clicks, people, machine_clicks) VALUES
        (T, #12, 0, 9, 7, 3), (T, #12, 2, 4, 4, 0), (T, #11, 1, 99, 99, 99);";

fn seed(database: &Database, tenant: TenantId) {
    let mut sql = SEED.replace("(T,", &format!("('{tenant}',"));
    for number in (0..50_u128).rev() {
        sql = sql.replace(&format!("#{number}"), &format!("'{}'", id(number)));
    }
    database.owner().batch_execute(&sql).unwrap();
}

/// Two tenants with the same rows, of which the first is looked at.
fn seeded() -> (Database, TenantId) {
    let database = Database::new();
    let [tenant, other] = [database.tenant(), database.tenant()];
    seed(&database, tenant);
    seed(&database, other);
    (database, tenant)
}

fn broadcast(number: u128) -> MailSource {
    MailSource::Broadcast(BroadcastId::from_uuid(id(number)))
}

#[test]
fn the_days_of_a_source_are_told_in_order() {
    // C11, C16
    let (database, tenant) = seeded();
    let days = database.store.by_day(tenant, broadcast(FIRST)).unwrap();
    let told: Vec<NaiveDate> = days.iter().map(|day| day.day).collect();
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    assert_eq!(told, [day(1), day(2)]);
    let expected = MailCounts {
        sends: 90,
        delivered: 88,
        bounces: 2,
        complaints: 1,
        unsubscribes: 0,
        opens: 50,
        unique_opens: 40,
        machine_opens: 70,
        clicks: 12,
        unique_clicks: 10,
        machine_clicks: 6,
    };
    assert_eq!(days[0].counts, expected);
    assert_eq!(database.store.by_day(tenant, broadcast(DRAFT)).unwrap(), []);
}

#[test]
fn each_source_has_the_sum_of_its_days() {
    let (database, tenant) = seeded();
    let sums = database.store.by_source(tenant).unwrap();
    let sends = [FIRST, SECOND, TESTED, CAMPAIGN].map(|source| sums[&id(source)].sends);
    assert_eq!(sends, [90, 10, 1000, 3]);
    assert_eq!(sums[&id(FIRST)].unique_clicks, 15);
    assert_eq!(sums.len(), 4);
}

#[test]
fn a_template_has_the_mean_over_its_mails_but_for_tests_of_two_templates() {
    // C17
    let (database, tenant) = seeded();
    let figures = database.store.by_template(tenant).unwrap();
    let spring = figures[&TemplateId::from_uuid(id(SPRING))];
    assert_eq!((spring.broadcasts, spring.counts.sends), (2, 100));
    assert_eq!(spring.counts.open_rate().to_string(), "48.00%");
    assert_eq!(spring.counts.click_rate().to_string(), "15.00%");
    assert!(!figures.contains_key(&TemplateId::from_uuid(id(SUMMER))));
}

#[test]
fn the_newest_broadcasts_of_a_template_are_named_tests_included() {
    let (database, tenant) = seeded();
    let named = |template, limit| {
        let template = TemplateId::from_uuid(id(template));
        let found = database.store.of_template(tenant, template, limit).unwrap();
        let found = found.into_iter();
        found
            .map(|rank| (rank.name, rank.sends))
            .collect::<Vec<_>>()
    };
    let tested = ("比較".to_owned(), 1000);
    assert_eq!(named(SPRING, 2), [tested.clone(), ("案内2".to_owned(), 10)]);
    assert_eq!(named(SUMMER, 9), [tested]);
}

#[test]
fn links_have_their_counts_also_those_nobody_followed() {
    // C27, C31
    let (database, tenant) = seeded();
    let links = database.store.links(tenant, broadcast(TESTED)).unwrap();
    let told: Vec<_> = links
        .iter()
        .map(|it| {
            (
                it.link_index,
                it.position,
                it.clicks,
                it.people,
                it.machine_clicks,
            )
        })
        .collect();
    assert_eq!(told, [(0, 0, 9, 7, 3), (1, 1, 0, 0, 0), (2, 0, 4, 4, 0)]);
    assert_eq!(links[2].content, ContentId::from_uuid(id(VARIANT)));
}

#[test]
fn a_broadcast_begins_with_its_own_content_and_a_campaign_with_what_it_sends_now() {
    let (database, tenant) = seeded();
    let contents = |source| -> Vec<(Uuid, Option<(String, u32)>)> {
        let found = database.store.contents(tenant, source).unwrap();
        let step = |step: domain::analytics::StepOfContent| (step.name, step.version);
        found
            .into_iter()
            .map(|content| (content.id.uuid(), content.step.map(step)))
            .collect()
    };
    assert_eq!(
        contents(broadcast(TESTED)),
        [(id(TESTED), None), (id(VARIANT), None)]
    );
    let step = |name: &str, version| Some((name.to_owned(), version));
    assert_eq!(
        contents(MailSource::Campaign(CampaignId::from_uuid(id(CAMPAIGN)))),
        [
            (id(WELCOME), step("hello", 2)),
            (id(REMINDER), step("again", 2)),
            (id(OLD), step("first", 1)),
        ]
    );
}

#[test]
fn the_first_hours_are_counted_from_the_mails() {
    // C16
    let (database, tenant) = seeded();
    let rows = "INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, broadcast_id, state,
            accepted_at, first_opened_at, first_clicked_at, updated_at)
        SELECT 'T', '2026-11-21 00:30Z', gen_random_uuid(), gen_random_uuid(), 'B', 'accepted',
            accepted::timestamptz, opened::timestamptz, clicked::timestamptz, now()
        FROM (VALUES
            ('2026-11-21 00:30Z', '2026-11-21 01:29:59Z', '2026-11-21 01:30Z'),
            ('2026-11-21 02:45Z', '2026-11-21 03:00Z', NULL),
            ('2026-11-21 02:46Z', '2026-11-23 03:00Z', '2026-11-23 04:00Z'),
            (NULL, NULL, NULL)) AS mail (accepted, opened, clicked);"
        .replace("'T'", &format!("'{tenant}'"))
        .replace("'B'", &format!("'{}'", id(FIRST)));
    database.owner().batch_execute(&rows).unwrap();
    let broadcast = BroadcastId::from_uuid(id(FIRST));
    let hours = database.store.first_hours(tenant, broadcast, at(0), 48);
    let told: Vec<_> = hours
        .unwrap()
        .into_iter()
        .map(|it| (it.hour, it.counts))
        .map(|(hour, it)| (hour, it.sends, it.unique_opens, it.unique_clicks))
        .collect();
    assert_eq!(told, [(0, 1, 1, 0), (1, 0, 0, 1), (2, 2, 1, 0)]);
}

#[test]
fn the_mails_of_a_source_are_told_by_the_industry_of_their_readers() {
    // C16
    let (database, tenant) = seeded();
    let rows = "INSERT INTO leads (tenant_id, id, email, industry, created_at, updated_at)
        SELECT 'T', md5(n::text)::uuid, n || '@example.jp',
            CASE WHEN n <= 3 THEN '教育' WHEN n = 4 THEN '製造' END, now(), now()
        FROM generate_series(1, 6) AS n;
        INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, broadcast_id, campaign_id, state,
            accepted_at, first_opened_at, first_clicked_at, updated_at)
        SELECT 'T', now(), gen_random_uuid(), md5(n::text)::uuid, broadcast, campaign, 'accepted',
            CASE WHEN n <> 6 THEN now() END, CASE WHEN n < 3 THEN now() END,
            CASE WHEN n = 1 THEN now() END, now()
        FROM generate_series(1, 6) AS n, (VALUES ('B'::uuid, NULL::uuid), (NULL, 'C')) AS of (broadcast, campaign)
        WHERE broadcast IS NOT NULL OR n = 4;"
        .replace("'T'", &format!("'{tenant}'"))
        .replace("'B'", &format!("'{}'", id(FIRST)))
        .replace("'C'", &format!("'{}'", id(CAMPAIGN)));
    database.owner().batch_execute(&rows).unwrap();
    let told = |source, limit| -> Vec<(Option<String>, u64, u64, u64)> {
        let found = database.store.by_industry(tenant, source, limit).unwrap();
        let row =
            |it: domain::analytics::IndustryFigures| (it.industry, it.sends, it.opened, it.clicked);
        found.into_iter().map(row).collect()
    };
    let schools = (Some("教育".to_owned()), 3, 2, 1);
    let makers = (Some("製造".to_owned()), 1, 0, 0);
    let all = [schools.clone(), makers.clone(), (None, 1, 0, 0)];
    assert_eq!(told(broadcast(FIRST), 9), all);
    assert_eq!(told(broadcast(FIRST), 1), [schools]);
    let campaign = MailSource::Campaign(CampaignId::from_uuid(id(CAMPAIGN)));
    assert_eq!(told(campaign, 9), [makers]);
}
