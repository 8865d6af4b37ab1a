//! Tasks and notifications, on PostgreSQL.

use domain::ids::{LeadId, ReactionId, TaskId, TenantId, UserId};
use domain::leads::{LeadDraft, LeadRemoval, LeadStore};
use domain::notifications::{Inbox, Notice, Notification};
use domain::tasks::{TaskDraft, TaskFilter, TaskStore};
use domain::tenancy::{AuditAction, Role, UserStore};
use test_support::builders::delivery::address;
use test_support::builders::tenancy::{at, audit_entry, new_user};
use test_support::contracts::staff::StaffPorts;

use crate::database::Database;

fn staffed(database: &Database) -> (TenantId, [UserId; 2]) {
    let new = database.founded();
    let sales = new_user(Role::Sales);
    let audit = audit_entry(AuditAction::new("user.created"), at(0));
    UserStore::create(&database.store, new.tenant.id, &sales, &audit).unwrap();
    (new.tenant.id, [new.administrator.user.id, sales.user.id])
}

fn on_postgres(contract: impl FnOnce(&StaffPorts<'_>)) {
    let database = Database::new();
    let (tenant, users) = staffed(&database);
    let tenants = [tenant, database.tenant()];
    let store = &database.store;
    contract(&StaffPorts::of(store, store, tenants, users));
}

test_support::staff_contracts!(on_postgres);

fn told(user: UserId, lead: Option<LeadId>) -> Notification {
    let notice = Notice::Message {
        text: "佐藤様に電話を".to_owned(),
    };
    Notification::of_reaction(ReactionId::new(), user, notice, lead, at(0))
}

#[test]
fn erasing_a_lead_leaves_no_task_and_no_notification_about_it() {
    // B69
    let database = Database::new();
    let (tenant, [user, _]) = staffed(&database);
    let store = &database.store;
    let draft = LeadDraft::new(address("sato@example.com"));
    let lead = LeadStore::create(store, tenant, draft, at(0)).unwrap().id;
    let draft = TaskDraft {
        lead: Some(lead),
        title: "佐藤様に架電".to_owned(),
        ..TaskDraft::default()
    };
    let task = draft.into_task(TaskId::new(), None, at(0)).unwrap();
    store.add_task(tenant, &task).unwrap();
    let both = [told(user, Some(lead)), told(user, None)];
    store.put(tenant, &both).unwrap();
    assert!(LeadRemoval::remove(store, tenant, lead).unwrap());
    let left = store.count_tasks(tenant, &TaskFilter::default()).unwrap();
    assert_eq!(left, 0);
    let left = store.told(tenant, user, 10).unwrap();
    assert_eq!(left, [both[1].clone()]);
}

#[test]
fn notifications_are_forgotten_after_ninety_days() {
    let database = Database::new();
    let (tenant, [user, _]) = staffed(&database);
    let store = &database.store;
    store.put(tenant, &[told(user, None)]).unwrap();
    let days = |days: i64| at(days * 86_400);
    assert_eq!(store.forget_notifications(tenant, days(89)).unwrap(), 0);
    assert_eq!(store.forget_notifications(tenant, days(90)).unwrap(), 1);
    assert_eq!(store.told(tenant, user, 10).unwrap(), []);
}
