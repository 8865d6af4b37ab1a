//! What people want, on PostgreSQL.

use domain::delivery::NewSend;
use domain::ids::TenantId;
use domain::tracking::MailRef;
use test_support::contracts::mail::MailPorts;
use test_support::contracts::privacy::PrivacyPorts;

use crate::database::Database;
use crate::mail::queue_step;

fn on_postgres(contract: impl FnOnce(&PrivacyPorts<'_>)) {
    let database = Database::new();
    let tenants = [database.tenant(), database.tenant()];
    let store = &database.store;
    let machine = |_: TenantId, _: &MailRef| {};
    let cause = |tenant, sends: &[NewSend]| {
        for send in sends {
            queue_step(&database, tenant, send);
        }
    };
    let ports = MailPorts::of(store, store, tenants, &machine, &cause);
    contract(&PrivacyPorts::of(store, ports));
}

test_support::privacy_contracts!(on_postgres);
