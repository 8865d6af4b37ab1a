//! The ports of leads.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use adapters_postgres::PgStore;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use domain::ids::{ImportId, LeadId, TenantId};
use domain::leads::import::{Chunk, Commit, FileFormat, ImportQueue, ImportStore};
use domain::leads::{AttributeValue, EmailAddress, LeadChanges, LeadDraft, LeadStore, Upserted};
use test_support::builders::leads::{draft, new_import, tags};
use test_support::builders::tenancy::at;
use test_support::contracts::leads::{ArrangeLeads, LeadsDesk};

use crate::database::{Database, lines};

impl ArrangeLeads for Database {
    fn stop_mail(&self, tenant: TenantId, email: &EmailAddress) {
        self.run(&format!(
            "INSERT INTO suppressions (tenant_id, email, reason, created_at)
             VALUES ('{tenant}', '{email}', 'manual', now())"
        ));
    }

    fn view_pages(&self, tenant: TenantId, id: LeadId, day: NaiveDate, views: u32) {
        self.run(&format!(
            "INSERT INTO lead_daily_activity (tenant_id, lead_id, day, page_views)
             VALUES ('{tenant}', '{id}', '{day}', {views})"
        ));
    }

    fn engage(&self, tenant: TenantId, id: LeadId, score: i32, at: DateTime<Utc>) {
        self.run(&format!(
            "UPDATE leads SET score = {score}, last_engaged_at = '{}'
             WHERE tenant_id = '{tenant}' AND id = '{id}'",
            at.to_rfc3339()
        ));
    }
}

impl Database {
    fn run(&self, statement: &str) {
        self.owner().batch_execute(statement).unwrap();
    }
}

fn on_postgres(contract: impl FnOnce(&LeadsDesk<'_>)) {
    let database = Database::new();
    let founded = database.founded();
    let staff = (
        &founded.administrator.user.email,
        founded.administrator.user.id,
    );
    let stranger = database.tenant();
    let desk = LeadsDesk::of(
        &database.store,
        &database,
        founded.tenant.id,
        stranger,
        staff,
    );
    contract(&desk);
}

test_support::leads_contracts!(on_postgres);

/// Runs `work` in `count` threads at the same moment and collects what they answer.
fn at_once<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    let run = |n| {
        start.wait();
        work(n)
    };
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || run(n))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn lead_count(database: &Database) -> Vec<String> {
    let query = "SELECT concat(count(*), ' ', count(DISTINCT email)) AS line FROM leads";
    lines(&mut database.owner(), query)
}

#[test]
fn imports_of_the_same_addresses_at_once_make_each_lead_once() {
    let database = Database::new();
    let tenant = database.tenant();
    let outcomes = at_once(4, |n| {
        let mut drafts: Vec<LeadDraft> = (0..60).map(|i| draft(&format!("lead{i}"))).collect();
        drafts.rotate_left(n * 15);
        if n % 2 == 1 {
            drafts.reverse();
        }
        for one in &mut drafts {
            one.tags = tags(&[&format!("file{n}")]);
        }
        database.store.upsert_many(tenant, &drafts, at(0)).unwrap()
    });
    let is_created = |one: &&Upserted| matches!(one, Upserted::Created(_));
    assert_eq!(outcomes.iter().flatten().filter(is_created).count(), 60);
    assert_eq!(lead_count(&database), ["60 60"]);
    let query = "SELECT DISTINCT count(*)::text AS line FROM lead_tags GROUP BY lead_id";
    assert_eq!(lines(&mut database.owner(), query), ["4"]);
}

#[test]
fn a_lead_created_while_an_import_runs_is_completed_by_it() {
    let database = Database::new();
    let tenant = database.tenant();
    for round in 0..10 {
        let name = format!("sato{round}");
        at_once(2, |n| {
            if n == 0 {
                drop(LeadStore::create(
                    &database.store,
                    tenant,
                    draft(&name),
                    at(0),
                ));
            } else {
                let more = LeadDraft {
                    company: Some("青山商事".into()),
                    ..draft(&name)
                };
                database.store.upsert_many(tenant, &[more], at(0)).unwrap();
            }
        });
    }
    assert_eq!(lead_count(&database), ["10 10"]);
    let query = "SELECT DISTINCT company AS line FROM leads";
    assert_eq!(lines(&mut database.owner(), query), ["青山商事"]);
}

#[test]
fn edits_at_once_do_not_lose_one_another() {
    let database = Database::new();
    let tenant = database.tenant();
    let lead = LeadStore::create(&database.store, tenant, draft("sato"), at(0)).unwrap();
    at_once(4, |n| {
        let changes = LeadChanges {
            attributes: [(format!("a{n}"), Some(AttributeValue::Boolean(true)))].into(),
            ..LeadChanges::default()
        };
        database
            .store
            .update(tenant, lead.id, changes, at(1))
            .unwrap()
    });
    let stored = LeadStore::find(&database.store, tenant, lead.id)
        .unwrap()
        .unwrap();
    let keys: BTreeSet<&str> = stored.attributes.keys().map(String::as_str).collect();
    assert_eq!(keys, BTreeSet::from(["a0", "a1", "a2", "a3"]));
}

#[test]
fn of_workers_that_claim_at_once_each_gets_another_import() {
    let database = Database::new();
    let (ours, theirs) = (database.tenant(), database.tenant());
    for tenant in [ours, ours, theirs] {
        queue(&database.store, tenant);
    }
    let claimed = at_once(5, |_| database.store.claim(at(5), at(65)).unwrap());
    let ids: BTreeSet<_> = claimed.iter().flatten().map(|one| one.import.id).collect();
    assert_eq!((claimed.iter().flatten().count(), ids.len()), (3, 3));
}

fn queue(store: &PgStore, tenant: TenantId) -> ImportId {
    let new = new_import();
    let (id, mapping) = (new.id, new.mapping.clone());
    ImportStore::create(store, tenant, new, at(0)).unwrap();
    assert!(
        store
            .queue(tenant, id, FileFormat::default(), &mapping, at(1))
            .unwrap()
    );
    id
}

#[test]
fn of_two_workers_with_one_chunk_one_stores_it() {
    let database = Database::new();
    let tenant = database.tenant();
    let id = queue(&database.store, tenant);
    database.store.claim(at(5), at(65)).unwrap();
    let chunk = Chunk {
        from_line: 1,
        next_line: 102,
        bytes_read: 1_000,
        drafts: (0..100).map(|n| draft(&format!("n{n}"))).collect(),
        refusals: Vec::new(),
        rows_refused: 0,
        is_last: false,
    };
    let commits = at_once(3, |_| {
        database
            .store
            .commit_chunk(tenant, id, &chunk, at(6), at(66))
            .unwrap()
    });
    let lost = commits.iter().filter(|one| **one == Commit::Lost).count();
    assert_eq!(lost, 2);
    let import = ImportStore::find(&database.store, tenant, id)
        .unwrap()
        .unwrap();
    assert_eq!((import.rows_created, import.rows_updated), (100, 0));
}
