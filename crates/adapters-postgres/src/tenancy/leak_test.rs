//! A connection that goes back to the pool takes no tenant with it.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use domain::ids::TenantId;
use domain::store::StoreError;
use domain::tenancy::{AuditAction, TenantStore};
use test_db::TestDatabase;
use test_support::builders::tenancy::{at, audit_entry, new_tenant};

use crate::pool::TenantWorkError;
use crate::{PgConfig, PgStore};

use super::audit::write_audit;

const THREADS: usize = 4;
const ROUNDS: usize = 500;

/// What is in sight, asked without a word about the tenant.
#[derive(QueryableByName, Debug, PartialEq, Eq)]
struct Sight {
    #[diesel(sql_type = BigInt)]
    tenants: i64,
    #[diesel(sql_type = Nullable<Text>)]
    tenant: Option<String>,
}

fn sight(connection: &mut PgConnection) -> QueryResult<Sight> {
    diesel::sql_query(
        "SELECT count(DISTINCT tenant_id) AS tenants, min(tenant_id::text) AS tenant
         FROM (SELECT tenant_id FROM audit_entries UNION ALL SELECT tenant_id FROM users) AS seen",
    )
    .get_result(connection)
}

fn only(tenant: TenantId) -> Sight {
    Sight {
        tenants: 1,
        tenant: Some(tenant.to_string()),
    }
}

const NOTHING: Sight = Sight {
    tenants: 0,
    tenant: None,
};

/// Work that succeeds, that our own code gives up, or that the database aborts.
fn work_somehow(store: &PgStore, tenant: TenantId, round: usize) {
    let done = store.in_tenant(tenant, |connection| {
        assert_eq!(sight(connection)?, only(tenant));
        write_audit(
            connection,
            tenant,
            &audit_entry(AuditAction::new("test.done"), at(0)),
        )?;
        match round % 3 {
            0 => Ok(()),
            1 => Err(TenantWorkError::Store(StoreError::unexpected("given up"))),
            _ => Ok(diesel::sql_query("SELECT 1 / 0")
                .execute(connection)
                .map(drop)?),
        }
    });
    assert_eq!(done.is_ok(), round.is_multiple_of(3));
}

// Threat model: tenant breakout by reuse of a connection.
#[test]
fn two_thousand_interleaved_transactions_leak_no_tenant() {
    let database = TestDatabase::new();
    let mut config = PgConfig::new(database.url());
    // Fewer connections than threads and tenants, so that each is used by all.
    config.connections = 2;
    config.checkout_timeout = std::time::Duration::from_secs(30);
    let store = PgStore::new(&config).unwrap();
    let tenants = [(); 3].map(|()| {
        let new = new_tenant("温度大学");
        TenantStore::create(&store, &new).unwrap();
        new.tenant.id
    });
    let (store, tenants) = (&store, &tenants);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    work_somehow(store, tenants[(thread + round) % 3], round);
                    let mut connection = store.connection().unwrap();
                    assert_eq!(sight(&mut connection).unwrap(), NOTHING);
                }
            });
        }
    });
    let kept = (0..ROUNDS)
        .filter(|round: &usize| round.is_multiple_of(3))
        .count()
        * THREADS;
    let mut owner = database.owner();
    let query =
        "SELECT count(*) AS tenants, NULL AS tenant FROM audit_entries WHERE action = 'test.done'";
    let done: Sight = diesel::sql_query(query).get_result(&mut owner).unwrap();
    assert_eq!(usize::try_from(done.tenants).unwrap(), kept);
}
