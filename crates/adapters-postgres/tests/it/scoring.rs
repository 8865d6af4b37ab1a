//! Scoring rules as they are stored. What the ports promise is tested with tracking.

use std::thread;

use chrono_tz::Europe;
use diesel::connection::SimpleConnection;
use domain::ids::LeadId;
use domain::scoring::preset::TEMPERATURE;
use domain::scoring::{ScoreHistory, ScoringRules, decide};
use domain::tracking::{EngagementLog, Subject};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{APPLY, click, custom, mail, open};
use test_support::contracts::tracking::Leads;

use crate::database::{Database, lines};

#[test]
fn days_end_at_midnight_of_the_tenants_zone() {
    let database = Database::new();
    let tenant = database.tenant();
    let moves = format!("UPDATE tenants SET time_zone = 'Europe/Berlin' WHERE id = '{tenant}'");
    database.owner().batch_execute(&moves).unwrap();
    let policy = database.store.policy(tenant).unwrap();
    assert_eq!(policy.time_zone, Europe::Berlin);
}

#[test]
fn a_rule_that_was_edited_is_used_as_it_is_stored() {
    // D3
    let database = Database::new();
    let tenant = database.tenant();
    let store = &database.store;
    store.apply_preset(tenant, &TEMPERATURE, at(0)).unwrap();
    let edit = "UPDATE scoring_rules SET points = 9, repeats = 'always', name = '開封'
                WHERE event_type = 'open';
                UPDATE scoring_rules SET is_active = false WHERE event_type = 'click' AND important;
                UPDATE scoring_settings SET score_max = 50, hot_from = 20";
    database.owner().batch_execute(edit).unwrap();
    let policy = store.policy(tenant).unwrap();
    let mail = mail(LeadId::new(), 1);
    let opened = open(tenant, &mail, 0);
    let open = policy.rule(&opened, false).unwrap();
    assert_eq!((open.points, open.name.as_str()), (9, "開封"));
    let clicked = click(tenant, &mail, 0, APPLY, 0);
    let click = policy.rule(&clicked, true).unwrap();
    assert_eq!(click.points, 3, "the plain rule stands in");
    assert_eq!((policy.bounds.max, policy.bounds.hot_from), (Some(50), 20));
}

#[test]
fn a_rule_for_a_custom_event_scores_that_event_only() {
    let database = Database::new();
    let tenant = database.tenant();
    let (store, lead) = (&database.store, database.add(tenant));
    store.apply_preset(tenant, &TEMPERATURE, at(0)).unwrap();
    let rule = "INSERT INTO scoring_rules (tenant_id, id, name, event_type, event_name, points, repeats,
                                           created_at, updated_at)
                SELECT id, gen_random_uuid(), '診断の完了', 'custom', 'assessment_completed', 12, 'once',
                       now(), now() FROM tenants";
    database.owner().batch_execute(rule).unwrap();
    let told = [
        "trial_started",
        "assessment_completed",
        "assessment_completed",
    ];
    let subject = || Subject::Lead(lead);
    let batch: Vec<_> = told
        .iter()
        .zip(0..)
        .map(|(event, second)| custom(tenant, subject(), event, second))
        .collect();
    store.append(&batch, &decide).unwrap();
    let lines = store.score_history(tenant, lead, None, 9).unwrap();
    let points: Vec<_> = lines
        .iter()
        .map(|line| (line.points, line.rule.as_str()))
        .collect();
    assert_eq!(points, [(12, "診断の完了")]);
    assert_eq!(lines[0].engagement, Some(batch[1].id));
}

#[test]
fn a_tenant_that_deleted_every_rule_has_none() {
    let database = Database::new();
    let tenant = database.tenant();
    let store = &database.store;
    store.apply_preset(tenant, &TEMPERATURE, at(0)).unwrap();
    database
        .owner()
        .batch_execute("DELETE FROM scoring_rules")
        .unwrap();
    assert!(store.policy(tenant).unwrap().rules.is_empty());
}

#[test]
fn a_preset_applied_many_times_at_once_stands_once() {
    let database = Database::new();
    let tenant = database.tenant();
    let apply = || database.store.apply_preset(tenant, &TEMPERATURE, at(0));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(apply)).collect();
        for thread in threads {
            thread.join().unwrap().unwrap();
        }
    });
    let stored = "SELECT concat_ws(' ', (SELECT count(*) FROM scoring_settings),
                                   (SELECT count(*) FROM scoring_rules),
                                   (SELECT count(*) FROM important_pages)) AS line";
    assert_eq!(lines(&mut database.owner(), stored), ["1 5 5"]);
}
