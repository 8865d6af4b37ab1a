//! The read models, from roll-ups that are written by hand.

use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use domain::analytics::{
    Dashboard, DeliverabilityReports, DeliveryCounts, Period, Reports, Temperature, Totals,
};
use domain::ids::TenantId;
use domain::tracking::MailSource;

use crate::database::Database;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

/// A week with two broadcasts, and the week before with one.
fn seed(database: &Database, tenant: TenantId) {
    let rows = "
        INSERT INTO templates (tenant_id, id, name, subject, html, created_at, updated_at)
            VALUES ('T', '00000000-0000-7000-8000-000000000001', 't', 's', 'h', now(), now());
        INSERT INTO broadcasts (tenant_id, id, name, template_id, audience, status, created_at)
        SELECT 'T', id::uuid, name, '00000000-0000-7000-8000-000000000001', '{}', 'completed', now()
        FROM (VALUES ('00000000-0000-7000-8000-00000000000a', '案内A'),
                     ('00000000-0000-7000-8000-00000000000b', '案内B')) AS new (id, name);
        INSERT INTO daily_delivery (tenant_id, day, source_id, sends, unique_opens, unique_clicks,
            clicks, machine_clicks) VALUES
            ('T', '2026-11-10', '00000000-0000-7000-8000-00000000000a', 50, 10, 5, 6, 0),
            ('T', '2026-11-16', '00000000-0000-7000-8000-00000000000a', 100, 40, 10, 12, 30),
            ('T', '2026-11-18', '00000000-0000-7000-8000-00000000000b', 10, 5, 3, 3, 0);
        INSERT INTO daily_engagement (tenant_id, day, event_type, human, machine) VALUES
            ('T', '2026-11-16', 'page_view', 70, 9), ('T', '2026-11-16', 'click', 12, 30),
            ('T', '2026-11-09', 'page_view', 20, 0);
        INSERT INTO daily_bands (tenant_id, day, became_hot) VALUES ('T', '2026-11-16', 4);
        INSERT INTO daily_important_pages (tenant_id, day, page, views, clicks) VALUES
            ('T', '2026-11-16', 'school.example/apply', 3, 1),
            ('T', '2026-11-17', 'school.example/apply', 4, 0),
            ('T', '2026-11-17', 'school.example/exam', 5, 2);
        INSERT INTO leads (tenant_id, id, email, score_band, created_at, updated_at)
        SELECT 'T', gen_random_uuid(), 'lead' || n || '@example.jp',
            CASE WHEN n <= 2 THEN 'hot' WHEN n <= 5 THEN 'warm' ELSE 'cold' END, now(), now()
        FROM generate_series(1, 9) AS n;"
        .replace("'T'", &format!("'{tenant}'"));
    database.owner().batch_execute(&rows).unwrap();
}

fn dashboard() -> Dashboard {
    let database = Database::new();
    let tenant = database.tenant();
    seed(&database, tenant);
    seed(&database, database.tenant());
    let period = Period::last_days(7, day(21));
    database.store.dashboard(tenant, period).unwrap()
}

// A52, A67
#[test]
fn the_dashboard_counts_the_period_and_the_one_before() {
    let dashboard = dashboard();
    let expected = Totals {
        sends: 110,
        unique_opens: 45,
        unique_clicks: 13,
        clicks: 15,
        machine_clicks: 30,
        page_views: 70,
        machine_page_views: 9,
        became_hot: 4,
        ..Totals::default()
    };
    assert_eq!(dashboard.current, expected);
    assert_eq!(dashboard.previous.sends, 50);
    assert_eq!(dashboard.previous.page_views, 20);
    let temperature = Temperature {
        cold: 4,
        warm: 3,
        hot: 2,
    };
    assert_eq!(dashboard.temperature, temperature);
}

// A53, C32
#[test]
fn what_sent_in_the_period_is_ranked_by_all_that_came_of_it() {
    let database = Database::new();
    let tenant = database.tenant();
    seed(&database, tenant);
    // C has only late clicks in the week; the campaign more clicks than mails; of D's mails one was
    // never confirmed by the provider.
    let rows = "
        INSERT INTO broadcasts (tenant_id, id, name, template_id, audience, status, created_at)
        SELECT 'T', id::uuid, name, '00000000-0000-7000-8000-000000000001', '{}', 'completed', now()
        FROM (VALUES ('00000000-0000-7000-8000-00000000000c', '案内C'),
                     ('00000000-0000-7000-8000-00000000000d', '案内D')) AS new (id, name);
        INSERT INTO campaigns (tenant_id, id, name, description, trigger_type, trigger_conditions,
            entry, exits, re_entry, tracking, flow, created_at, updated_at)
        VALUES ('T', '00000000-0000-7000-8000-00000000000e', '追客', '', 'manual', '{}', '[]', '[]',
            'never', true, '{}', now(), now());
        INSERT INTO daily_delivery (tenant_id, day, source_id, sends, unique_opens, unique_clicks)
        VALUES ('T', '2026-11-11', '00000000-0000-7000-8000-00000000000c', 6, 5, 0),
            ('T', '2026-11-17', '00000000-0000-7000-8000-00000000000c', 0, 1, 5),
            ('T', '2026-11-20', '00000000-0000-7000-8000-00000000000d', 1, 2, 2),
            ('T', '2026-10-01', '00000000-0000-7000-8000-00000000000e', 38, 9, 3),
            ('T', '2026-11-17', '00000000-0000-7000-8000-00000000000e', 2, 3, 5);"
        .replace("'T'", &format!("'{tenant}'"));
    database.owner().batch_execute(&rows).unwrap();
    let period = Period::last_days(7, day(21));
    let ranking = database.store.dashboard(tenant, period).unwrap().ranking;
    let told: Vec<_> = ranking
        .iter()
        .map(|rank| {
            let is_campaign = matches!(rank.source, MailSource::Campaign(_));
            let rates = [rank.click_rate(), rank.open_rate()].map(|rate| rate.to_string());
            (rank.name.as_str(), is_campaign, rank.sends, rates.join(" "))
        })
        .collect();
    let row = |name, is_campaign, sends, rates: &str| (name, is_campaign, sends, rates.to_owned());
    assert_eq!(
        told,
        [
            row("案内D", false, 1, "100.00% 100.00%"),
            row("案内B", false, 10, "30.00% 50.00%"),
            row("追客", true, 40, "20.00% 30.00%"),
            row("案内A", false, 150, "10.00% 33.33%"),
        ]
    );
}

// A52
#[test]
fn important_pages_are_ranked_by_views() {
    let pages = dashboard().important_pages;
    let pages: Vec<_> = pages
        .iter()
        .map(|page| (page.page.as_str(), page.views, page.clicks))
        .collect();
    assert_eq!(
        pages,
        [
            ("school.example/apply", 7, 1),
            ("school.example/exam", 5, 2)
        ]
    );
}

// A51
#[test]
fn every_day_of_the_period_is_there_also_without_counts() {
    let days = dashboard().days;
    assert_eq!(days.len(), 7);
    assert_eq!((days[0].day, days[6].day), (day(15), day(21)));
    assert_eq!(
        (days[1].page_views, days[1].clicks, days[1].became_hot),
        (70, 12, 4)
    );
    assert_eq!(days[3].sends, 10);
    assert_eq!(days[5].sends, 0);
}

// B72
#[test]
fn what_became_of_the_mail_of_a_period_is_summed_over_its_sources() {
    let database = Database::new();
    let [tenant, other] = [database.tenant(), database.tenant()];
    let rows = "INSERT INTO daily_delivery
            (tenant_id, day, source_id, sends, delivered, bounces, complaints, unsubscribes) VALUES
            ('T', '2026-11-14', gen_random_uuid(), 1000, 1000, 1000, 1000, 1000),
            ('T', '2026-11-15', gen_random_uuid(), 100, 95, 5, 1, 2),
            ('T', '2026-11-21', gen_random_uuid(), 10, 9, 1, 0, 0),
            ('O', '2026-11-21', gen_random_uuid(), 7, 7, 7, 7, 7);"
        .replace("'T'", &format!("'{tenant}'"))
        .replace("'O'", &format!("'{other}'"));
    database.owner().batch_execute(&rows).unwrap();
    let week = Period::last_days(7, day(21));
    let expected = DeliveryCounts {
        sends: 110,
        delivered: 104,
        bounces: 6,
        complaints: 1,
        unsubscribes: 2,
    };
    assert_eq!(database.store.delivery(tenant, week).unwrap(), expected);
    let nothing = Period::last_days(7, day(10));
    let nothing = database.store.delivery(other, nothing).unwrap();
    assert_eq!(nothing, DeliveryCounts::default());
}
