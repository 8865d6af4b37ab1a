//! Deleting a lead.

use diesel::connection::SimpleConnection;
use domain::ids::{LeadId, TenantId};
use domain::leads::{LeadRemoval, LeadStore, LeadTraces};
use domain::scoring::decide;
use domain::tracking::EngagementLog;
use test_support::builders::leads::{draft, tags};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{HOME, click, mail, open, page_view};

use crate::database::{Database, lines};

/// A lead that has opened, clicked and looked, to whom a mail was sent, and who is in a campaign.
fn busy_lead(database: &Database, tenant: TenantId, name: &str) -> LeadId {
    let store = &database.store;
    let new = domain::leads::LeadDraft {
        tags: tags(&["資料請求"]),
        ..draft(name)
    };
    let lead = LeadStore::create(store, tenant, new, at(0)).unwrap().id;
    let sent = mail(lead, 1);
    let batch = [open(tenant, &sent, 0), click(tenant, &sent, 0, HOME, 60)];
    let appended = store.append(&batch, &decide).unwrap();
    let visitor = appended[1].tracking_id.unwrap();
    let viewed = page_view(tenant, visitor, HOME, 90);
    store.append(&[viewed], &decide).unwrap();
    let sent = format!(
        "INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, state, updated_at)
         VALUES ('{tenant}', now(), '{}', '{lead}', 'accepted', now())",
        sent.send
    );
    database.owner().batch_execute(&sent).unwrap();
    say_something(database, tenant, lead);
    lead
}

/// A consent, a topic, a pause, and a question that was asked.
fn say_something(database: &Database, tenant: TenantId, lead: LeadId) {
    let said = format!(
        "INSERT INTO topics (tenant_id, id, name, default_on, position, created_at, updated_at)
         VALUES ('{tenant}', '{tenant}', '説明会', true, 1, now(), now()) ON CONFLICT DO NOTHING;
         INSERT INTO topic_preferences (tenant_id, lead_id, topic_id, subscribed, said_at, said_by)
         VALUES ('{tenant}', '{lead}', '{tenant}', false, now(), 'person');
         INSERT INTO lead_preferences (tenant_id, lead_id, paused_until)
         VALUES ('{tenant}', '{lead}', now());
         INSERT INTO consents (tenant_id, lead_id, id, given_at, how, source, recorded_by)
         VALUES ('{tenant}', '{lead}', '{lead}', now(), 'form', '資料請求', 'person');
         INSERT INTO confirmation_requests (tenant_id, lead_id, id, holds_mail, source, requested_at)
         VALUES ('{tenant}', '{lead}', '{lead}', true, '資料請求', now())"
    );
    database.owner().batch_execute(&said).unwrap();
}

/// Every table that names the lead, with how often.
fn mentions(database: &Database, lead: LeadId) -> Vec<String> {
    let mut owner = database.owner();
    let tables = lines(
        &mut owner,
        "SELECT attrelid::regclass::text || ' ' || attname AS line
         FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relkind IN ('r', 'p') AND NOT relispartition AND NOT attisdropped
            AND (attname = 'lead_id' OR (relname = 'leads' AND attname = 'id'))
         ORDER BY 1",
    );
    let mut mentions = Vec::new();
    for table in tables {
        let (table, column) = table.split_once(' ').unwrap();
        let query = format!("SELECT count(*)::text AS line FROM {table} WHERE {column} = '{lead}'");
        let count = lines(&mut owner, &query).remove(0);
        if count != "0" {
            mentions.push(table.to_owned());
        }
    }
    mentions
}

#[test]
fn a_deleted_lead_is_named_nowhere_and_others_stay() {
    let database = Database::new();
    let tenant = database.tenant();
    let lead = busy_lead(&database, tenant, "sato");
    let other = busy_lead(&database, tenant, "suzuki");
    let store = &database.store;
    let traces = LeadTraces {
        engagements: 3,
        score_lines: 3,
        mails: 1,
    };
    assert_eq!(store.traces(tenant, lead).unwrap(), traces);
    let named = mentions(&database, lead);
    assert!(named.len() >= 13, "{named:?}");
    assert!(store.remove(tenant, lead).unwrap());
    assert!(mentions(&database, lead).is_empty());
    assert_eq!(mentions(&database, other), named);
    assert!(!store.remove(tenant, lead).unwrap());
}

// V-25
#[test]
fn nobody_deletes_a_lead_of_another_tenant() {
    let database = Database::new();
    let (tenant, stranger) = (database.tenant(), database.tenant());
    let lead = busy_lead(&database, tenant, "sato");
    let named = mentions(&database, lead);
    let store = &database.store;
    assert_eq!(store.traces(stranger, lead).unwrap(), LeadTraces::default());
    assert!(!store.remove(stranger, lead).unwrap());
    assert_eq!(mentions(&database, lead), named);
}
