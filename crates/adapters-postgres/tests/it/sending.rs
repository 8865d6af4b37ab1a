//! Limits that hold between workers, and the watch over what comes back.

use chrono::TimeDelta;
use domain::delivery::{Alarm, ClaimTerms, DayCeiling, SendLog, watch};
use domain::ids::{BroadcastId, TenantId};
use domain::leads::AsOf;
use domain::tracking::MailSource;
use test_support::builders::tenancy::at;

use crate::database::{Database, lines};
use crate::mail::{at_once, leads, sending};

fn terms() -> ClaimTerms {
    ClaimTerms::new(7, TimeDelta::minutes(5), at(1))
}

/// How many mails six workers get, who ask at the same moment until there are none.
fn claimed_at_once(database: &Database, tenant: TenantId, terms: &ClaimTerms) -> usize {
    let claimed = at_once(6, |_| {
        let mut count = 0;
        loop {
            let claimed = database.store.claim_due(tenant, terms).unwrap();
            if claimed.is_empty() {
                return count;
            }
            count += claimed.len();
        }
    });
    claimed.into_iter().sum()
}

fn execute(database: &Database, sql: &str) {
    let query = format!("WITH done AS ({sql} RETURNING 1) SELECT count(*)::text AS line FROM done");
    lines(&mut database.owner(), &query);
}

#[test]
fn workers_at_once_keep_to_the_limit_of_a_broadcast() {
    let database = Database::new();
    let tenant = database.tenant();
    sending(&database, tenant, &leads(&database, tenant, 60));
    execute(&database, "UPDATE broadcasts SET hourly_limit = 20");
    assert_eq!(claimed_at_once(&database, tenant, &terms()), 20);
}

#[test]
fn workers_at_once_keep_to_the_ceiling_of_the_day() {
    let database = Database::new();
    let tenant = database.tenant();
    sending(&database, tenant, &leads(&database, tenant, 60));
    // Whoever has a ceiling has rules, which workers wait for one after the other.
    let rules =
        format!("INSERT INTO sending_policies (tenant_id, updated_at) VALUES ('{tenant}', now())");
    execute(&database, &rules);
    let ceiling = ClaimTerms {
        today: Some(DayCeiling {
            limit: 20,
            since: at(0),
        }),
        ..terms()
    };
    assert_eq!(claimed_at_once(&database, tenant, &ceiling), 20);
}

#[test]
fn workers_at_once_send_nobody_more_than_the_cap() {
    let database = Database::new();
    let tenant = database.tenant();
    let leads = leads(&database, tenant, 10);
    for _ in 0..3 {
        sending_again(&database, tenant, &leads);
    }
    let rules =
        format!("INSERT INTO sending_policies (tenant_id, updated_at) VALUES ('{tenant}', now())");
    execute(&database, &rules);
    let capped = ClaimTerms {
        frequency_cap: Some(2),
        ..terms()
    };
    assert_eq!(claimed_at_once(&database, tenant, &capped), 20);
    let query = "SELECT count(*)::text AS line FROM send_logs
                 WHERE state = 'skipped' AND state_reason = 'frequency_cap'";
    assert_eq!(lines(&mut database.owner(), query), ["10"]);
}

/// One more broadcast to the same people; templates have names of their own.
fn sending_again(
    database: &Database,
    tenant: TenantId,
    leads: &[domain::ids::LeadId],
) -> BroadcastId {
    let id = sending(database, tenant, leads);
    execute(
        database,
        "UPDATE templates SET name = name || '-' || id WHERE name = '春'",
    );
    id
}

#[test]
fn bounces_pause_a_broadcast_with_a_line_in_the_audit_log() {
    // B72
    let database = Database::new();
    let tenant = database.tenant();
    let id = sending(&database, tenant, &leads(&database, tenant, 1));
    let day = |age: u32, sends: u32, bounces: u32| {
        let sql = format!(
            "INSERT INTO daily_delivery (tenant_id, day, source_id, sends, bounces)
             VALUES ('{tenant}', DATE '2026-11-21' - {age}, '{id}', {sends}, {bounces})
             ON CONFLICT (tenant_id, day, source_id) DO UPDATE SET sends = {sends}, bounces = {bounces}"
        );
        execute(&database, &sql);
    };
    let look = || {
        let as_of = AsOf::new(at(60), chrono_tz::Asia::Tokyo);
        watch(&database.store, &database.store, tenant, as_of).unwrap()
    };
    // A week ago it was worse.
    day(7, 1_000, 900);
    day(6, 100, 5);
    day(0, 100, 5);
    assert_eq!(look(), []);
    day(0, 100, 6);
    assert_eq!(look(), [(MailSource::Broadcast(id), Alarm::Bounces)]);
    assert_eq!(look(), []);
    let query = "SELECT concat(status, ' ', paused_by, ' ', (
                     SELECT concat(action, ' ', target_id, ' ', detail) FROM audit_entries
                     WHERE action = 'sending.paused')) AS line
                 FROM broadcasts";
    assert_eq!(
        lines(&mut database.owner(), query),
        [format!("paused bounces sending.paused {id} bounces 5.50%")]
    );
}
