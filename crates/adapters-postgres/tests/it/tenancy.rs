//! The ports of tenancy.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use domain::ids::{TenantId, UserId};
use domain::tenancy::{
    AuditAction, FailureCount, LastAdministrator, PasswordChange, Role, SessionStore,
    SignInFailures, Staff, SubjectHash, TenantStore, UserChange, UserStore, random_256,
};
use test_support::builders::tenancy::{at, audit_entry, new_session, new_tenant, new_user};
use test_support::contracts::tenancy::TenancyPorts;

use crate::database::{Database, lines};

fn on_postgres(contract: impl FnOnce(&TenancyPorts<'_>)) {
    contract(&TenancyPorts::of(&Database::new().store));
}

test_support::tenancy_contracts!(on_postgres);

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

#[test]
fn of_many_set_ups_at_once_one_wins() {
    for _ in 0..5 {
        let database = Database::new();
        let answers = at_once(6, |n| {
            database
                .store
                .create_first(&new_tenant(&format!("大学 {n}")))
                .unwrap()
        });
        assert_eq!(answers.iter().filter(|created| **created).count(), 1);
        let query = "SELECT concat((SELECT count(*) FROM tenants), ' ',
                                   (SELECT count(*) FROM users)) AS line";
        assert_eq!(lines(&mut database.owner(), query), ["1 1"]);
    }
}

#[test]
fn two_administrators_cannot_demote_each_other_at_once() {
    for _ in 0..5 {
        let database = Database::new();
        let (tenant, people) = two_administrators(&database);
        let answers = at_once(2, |n| {
            let demote = |staff: &Staff| {
                // Long enough for the other one to look as well, if nothing makes it wait.
                thread::sleep(Duration::from_millis(50));
                if staff.other_active_administrators == 0 {
                    return Err(LastAdministrator);
                }
                let mut edit = staff.user.edit();
                edit.role = Role::Viewer;
                Ok(UserChange {
                    edit,
                    address_hash: None,
                    ends_sessions: true,
                    audit: audit_entry(AuditAction::USER_CHANGED, at(1)),
                })
            };
            database
                .store
                .update(tenant, people[n], &demote)
                .unwrap()
                .unwrap()
        });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    }
}

fn two_administrators(database: &Database) -> (TenantId, [UserId; 2]) {
    let (new, second) = (database.founded(), new_user(Role::Admin));
    let audit = audit_entry(AuditAction::USER_CREATED, at(0));
    UserStore::create(&database.store, new.tenant.id, &second, &audit).unwrap();
    (new.tenant.id, [new.administrator.user.id, second.user.id])
}

// V-23
#[test]
fn no_session_survives_a_password_change_that_meets_its_sign_in() {
    let database = Database::new();
    let store = &database.store;
    let new = database.founded();
    let (tenant, user) = (new.tenant.id, new.administrator.user.id);
    for round in 0..20 {
        let (old, next) = (format!("hash {round}"), format!("hash {}", round + 1));
        let reset = |hash: &str| {
            let change = PasswordChange {
                hash: hash.to_owned(),
                replaces: None,
                keeps: None,
            };
            let audit = audit_entry(AuditAction::PASSWORD_RESET, at(round));
            store
                .replace_password(tenant, user, &change, &audit)
                .unwrap()
        };
        let sign_in = || {
            let (session, _) = new_session(tenant, user, at(round));
            let audit = audit_entry(AuditAction::USER_SIGNED_IN, at(round));
            store.open(tenant, &session, &old, &audit).unwrap()
        };
        assert!(reset(&old));
        at_once(2, |n| if n == 0 { sign_in() } else { reset(&next) });
        let query = "SELECT count(*)::text AS line FROM sessions";
        assert_eq!(lines(&mut database.owner(), query), ["0"]);
    }
}

#[test]
fn no_attempt_is_lost_when_many_come_at_once() {
    let database = Database::new();
    let subject = SubjectHash(random_256());
    at_once(8, |_| {
        for _ in 0..5 {
            let add = |count: &FailureCount| count.after_attempt(at(0), 100);
            database.store.recount(&subject, &add).unwrap();
        }
    });
    let count = database.store.recount(&subject, &|count| *count).unwrap();
    assert_eq!(count.failures, 40);
}
