//! The ports of content, delivery and campaigns.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use chrono::TimeDelta;
use domain::campaigns::{
    AbMetric, AbOutcome, AbTests, BroadcastDraft, BroadcastStore, BroadcastWork, Release, Variant,
};
use domain::content::TemplateStore;
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, DispatchNote, NewSend, ProviderKind, ReportEffect,
    ReportLog, SendCause, SendLog, SendRecord, Settlement, Suppression, SuppressionReason,
    Suppressions,
};
use domain::ids::{BroadcastId, LeadId, TemplateId, TenantId};
use domain::leads::{AsOf, LeadDraft, LeadStore};
use domain::scoring::decide;
use domain::tracking::{EngagementLog, MailRef};
use test_support::builders::delivery::{
    address, broadcast_content, broadcast_send, template_draft,
};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{HOME, by_machine, click, open};
use test_support::contracts::mail::MailPorts;

use crate::database::{Database, lines};

fn on_postgres(contract: impl FnOnce(&MailPorts<'_>)) {
    let database = Database::new();
    let tenants = [database.tenant(), database.tenant()];
    let store = &database.store;
    let machine = |tenant, mail: &MailRef| {
        let read = [open(tenant, mail, 9), click(tenant, mail, 0, HOME, 9)].map(by_machine);
        store.append(&read, &decide).unwrap();
    };
    let cause = |tenant, sends: &[NewSend]| {
        for send in sends {
            queue_step(&database, tenant, send);
        }
    };
    contract(&MailPorts::of(store, store, tenants, &machine, &cause));
}

/// Queues the mail of a campaign's step.
pub(crate) fn queue_step(database: &Database, tenant: TenantId, send: &NewSend) {
    let key = send.cause.key();
    let SendCause::Step { campaign, .. } = send.cause else {
        panic!("broadcasts have a port of their own");
    };
    let query = format!(
        "WITH campaign AS (
             INSERT INTO campaigns (tenant_id, id, name, description, trigger_type, trigger_conditions,
                 entry, exits, re_entry, tracking, flow, status, created_at, updated_at)
             VALUES ('{tenant}', '{campaign}', '追客', '', 'manual', '{{}}', '[]', '[]', 'never', true,
                 '[]', 'active', now(), now())
             ON CONFLICT DO NOTHING
         ), queued AS (
             INSERT INTO send_logs (tenant_id, queued_at, id, lead_id, campaign_id, content_id,
                 template_id, state, next_attempt_at, updated_at)
             VALUES ('{tenant}', '{}', '{}', '{}', '{campaign}', '{}', '{}', 'queued', '{}', now())
             RETURNING 1
         )
         SELECT count(*)::text AS line FROM queued",
        key.queued_at.to_rfc3339(),
        key.id,
        send.cause.lead(),
        send.content,
        send.template.unwrap(),
        send.due_at.unwrap().to_rfc3339(),
    );
    assert_eq!(lines(&mut database.owner(), &query), ["1"]);
}

test_support::mail_contracts!(on_postgres);

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn as_of(seconds: i64) -> AsOf {
    AsOf::new(at(seconds), chrono_tz::Asia::Tokyo)
}

pub(crate) fn leads(database: &Database, tenant: TenantId, count: usize) -> Vec<LeadId> {
    let lead = |n| {
        let draft = LeadDraft::new(address(&format!("lead{n}@example.com")));
        LeadStore::create(&database.store, tenant, draft, at(0))
            .unwrap()
            .id
    };
    let mut leads: Vec<LeadId> = (0..count).map(lead).collect();
    leads.sort_unstable();
    leads
}

/// A broadcast to these leads that is sending.
pub(crate) fn sending(database: &Database, tenant: TenantId, leads: &[LeadId]) -> BroadcastId {
    let store = &database.store;
    let template = template_draft("春").into_template(TemplateId::new(), at(0));
    TemplateStore::create(store, tenant, &template).unwrap();
    let draft = BroadcastDraft::new("春の案内", template.id);
    let id = BroadcastId::new();
    BroadcastStore::create(store, tenant, &draft.into_broadcast(id, None, at(0))).unwrap();
    let content = broadcast_content(id);
    assert!(store.start(tenant, id, &[content], at(0)).unwrap());
    let sends: Vec<_> = leads.iter().map(|lead| send_to(id, *lead)).collect();
    assert!(store.queue_sends(tenant, id, None, &sends, at(0)).unwrap());
    assert!(store.finish_preparing(tenant, id).unwrap());
    id
}

fn send_to(broadcast: BroadcastId, lead: LeadId) -> NewSend {
    broadcast_send(broadcast, at(0), lead)
}

fn begin(database: &Database, tenant: TenantId, send: &ClaimedSend) -> DispatchGate {
    let note = DispatchNote {
        send: send.key,
        provider: ProviderKind::Outbox,
        subject: "件名".to_owned(),
        content_hash: [0; 32],
        tracked: false,
    };
    let gates = database.store.begin_dispatch(tenant, &[note], LEASE, at(2));
    gates.unwrap()[0]
}

fn terms(limit: u32) -> ClaimTerms {
    ClaimTerms::new(limit, LEASE, at(1))
}

/// What a provider's acceptance comes to.
fn accept(database: &Database, tenant: TenantId, send: &ClaimedSend, seconds: i64) -> bool {
    let records = [(send.key, accepted())];
    let recorded = database.store.record(tenant, &records, as_of(seconds));
    recorded.unwrap()[0]
}

fn accepted() -> SendRecord {
    SendRecord::Accepted {
        provider_message_id: "message".to_owned(),
    }
}

/// Runs `work` in so many threads at the same moment.
pub(crate) fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, work) = (&Barrier::new(count), &work);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                scope.spawn(move || {
                    start.wait();
                    work(n)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

#[test]
fn workers_at_once_never_take_the_same_mail() {
    let database = Database::new();
    let tenant = database.tenant();
    sending(&database, tenant, &leads(&database, tenant, 60));
    let taken = at_once(6, |_| {
        let mut taken = Vec::new();
        loop {
            let claimed = database.store.claim_due(tenant, &terms(7)).unwrap();
            if claimed.is_empty() {
                return taken;
            }
            taken.extend(claimed);
        }
    });
    let taken = taken.concat();
    let leads: BTreeSet<LeadId> = taken.iter().map(|send| send.lead).collect();
    assert_eq!((taken.len(), leads.len()), (60, 60));
}

#[test]
fn two_preparations_at_once_queue_everyone_once() {
    let database = Database::new();
    let tenant = database.tenant();
    let leads = leads(&database, tenant, 20);
    let id = sending(&database, tenant, &[]);
    lines(
        &mut database.owner(),
        "WITH back AS (UPDATE broadcasts SET status = 'preparing' RETURNING 1)
         SELECT count(*)::text AS line FROM back",
    );
    let queued = at_once(4, |_| {
        let sends: Vec<_> = leads.iter().map(|lead| send_to(id, *lead)).collect();
        database
            .store
            .queue_sends(tenant, id, None, &sends, at(0))
            .unwrap()
    });
    assert_eq!(queued.iter().filter(|queued| **queued).count(), 1);
    let query = "SELECT concat(recipients, ' ', (SELECT count(*) FROM send_logs)) AS line
                 FROM broadcasts";
    assert_eq!(lines(&mut database.owner(), query), ["20 20"]);
}

// B7
#[test]
fn whoever_decides_and_releases_at_once_does_it_once() {
    let database = Database::new();
    let tenant = database.tenant();
    let (store, leads) = (&database.store, leads(&database, tenant, 20));
    let id = sending(&database, tenant, &[]);
    lines(
        &mut database.owner(),
        "WITH back AS (UPDATE broadcasts SET status = 'preparing' RETURNING 1)
         SELECT count(*)::text AS line FROM back",
    );
    let waiting = |lead: &LeadId| NewSend {
        due_at: None,
        ..send_to(id, *lead)
    };
    let sends: Vec<_> = leads.iter().map(waiting).collect();
    assert!(store.queue_sends(tenant, id, None, &sends, at(0)).unwrap());
    assert!(store.begin_test(tenant, id, at(1)).unwrap());
    let standing = store.standing(tenant, id, TimeDelta::hours(2)).unwrap();
    let decided = at_once(4, |n| {
        let chosen = Some(Variant::ALL[n % 2]);
        let outcome = AbOutcome::of(&standing, AbMetric::Clicks, chosen, at(2));
        store.keep_outcome(tenant, id, &outcome).unwrap()
    });
    assert_eq!(decided.iter().filter(|decided| **decided).count(), 1);
    let release = Release {
        content: broadcast_content(id).id,
        template: TemplateId::new(),
        due_at: at(3),
    };
    at_once(4, |_| {
        while store.release(tenant, id, &release, 3, at(3)).unwrap() {}
    });
    let query = "SELECT concat(status, ' ', (SELECT count(*) FROM send_logs
                     WHERE state = 'queued' AND next_attempt_at IS NOT NULL)) AS line
                 FROM broadcasts";
    assert_eq!(lines(&mut database.owner(), query), ["sending 20"]);
}

// B7
#[test]
fn a_variant_has_no_more_time_for_reactions_than_the_other() {
    let database = Database::new();
    let tenant = database.tenant();
    let leads = leads(&database, tenant, 2);
    let id = sending(&database, tenant, &leads);
    lines(
        &mut database.owner(),
        "WITH sent AS (UPDATE send_logs SET variant = 'a', state = 'delivered', accepted_at = queued_at,
             first_opened_at = queued_at + interval '2 hours',
             first_clicked_at = queued_at + interval '2 hours 1 second' RETURNING 1)
         SELECT count(*)::text AS line FROM sent",
    );
    let standing = |hours| database.store.standing(tenant, id, TimeDelta::hours(hours));
    let figures = |hours| standing(hours).map(|it| (it.a.sent, it.a.opened, it.a.clicked));
    assert_eq!(figures(2).unwrap(), (2, 2, 0));
    assert_eq!(figures(3).unwrap(), (2, 2, 2));
    assert_eq!(figures(1).unwrap(), (2, 0, 0));
}

#[test]
fn of_two_workers_one_gets_through_the_gate() {
    let database = Database::new();
    let tenant = database.tenant();
    sending(&database, tenant, &leads(&database, tenant, 1));
    let claimed = database.store.claim_due(tenant, &terms(1)).unwrap();
    let gates = at_once(4, |_| begin(&database, tenant, &claimed[0]));
    let through = gates
        .iter()
        .filter(|gate| **gate == DispatchGate::Go)
        .count();
    assert_eq!(through, 1);
}

#[test]
fn an_accepted_mail_is_counted_on_its_day_once() {
    let database = Database::new();
    let tenant = database.tenant();
    let id = sending(&database, tenant, &leads(&database, tenant, 3));
    let claimed = database.store.claim_due(tenant, &terms(9)).unwrap();
    for send in &claimed {
        begin(&database, tenant, send);
    }
    let store = &database.store;
    // 2026-11-21 in Tokyo, and 2026-11-22 there while it still is the 21st in London.
    accept(&database, tenant, &claimed[0], 3);
    accept(&database, tenant, &claimed[1], 15 * 3_600);
    assert!(!accept(&database, tenant, &claimed[1], 16 * 3_600));
    // The third is only known from a report.
    store.recover_expired(tenant, at(7 * 3_600)).unwrap();
    let delivered = Settlement {
        report: "event".to_owned(),
        send: Some(claimed[2].mail()),
        email: None,
        as_of: as_of(15 * 3_600),
        effect: ReportEffect::Delivered,
    };
    for _ in 0..2 {
        store
            .settle(tenant, std::slice::from_ref(&delivered))
            .unwrap();
    }
    let query = format!(
        "SELECT concat(day, ' ', sends) AS line FROM daily_delivery
         WHERE source_id = '{id}' ORDER BY day"
    );
    assert_eq!(
        lines(&mut database.owner(), &query),
        ["2026-11-21 1", "2026-11-22 2"]
    );
}

#[test]
fn reports_and_records_at_once_wait_for_nobody_in_a_circle() {
    let database = Database::new();
    let tenant = database.tenant();
    sending(&database, tenant, &leads(&database, tenant, 20));
    let claimed = database.store.claim_due(tenant, &terms(50)).unwrap();
    for send in &claimed {
        begin(&database, tenant, send);
    }
    let settlement = |send: &ClaimedSend| Settlement {
        report: send.key.id.to_string(),
        send: Some(send.mail()),
        email: None,
        as_of: as_of(5),
        effect: ReportEffect::Bounced {
            reason: "550".to_owned(),
        },
    };
    let forwards: Vec<_> = claimed.iter().map(settlement).collect();
    let backwards: Vec<_> = claimed.iter().rev().map(settlement).collect();
    at_once(4, |n| match n {
        0 => database.store.settle(tenant, &forwards).unwrap(),
        1 => database.store.settle(tenant, &backwards).unwrap(),
        _ => {
            let records = claimed.iter().rev().map(|send| (send.key, accepted()));
            let records: Vec<_> = records.collect();
            database.store.record(tenant, &records, as_of(5)).unwrap();
        }
    });
    let query = "SELECT sends::text AS line FROM daily_delivery";
    assert_eq!(lines(&mut database.owner(), query), ["20"]);
}

#[test]
fn refusals_at_once_are_one_suppression() {
    let database = Database::new();
    let tenant = database.tenant();
    let new = at_once(6, |n| {
        let reason = SuppressionReason::ALL[n % 4];
        let suppression = Suppression {
            email: address("sato@example.com"),
            reason,
            detail: None,
            created_at: at(n as i64),
        };
        database.store.suppress(tenant, &suppression).unwrap()
    });
    assert_eq!(new.iter().filter(|new| **new).count(), 1);
    let kept = Suppressions::find(&database.store, tenant, &address("sato@example.com")).unwrap();
    assert!(kept.unwrap().reason.is_refusal());
}
