//! What the tests of this crate start from.

use adapters_postgres::{PgConfig, PgStore};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use domain::ids::TenantId;
use domain::tenancy::{NewTenant, TenantStore};
use test_db::TestDatabase;
use test_support::builders::tenancy::new_tenant;

/// A database of its own, and the store on it.
pub(crate) struct Database {
    pub(crate) store: PgStore,
    database: TestDatabase,
}

impl Database {
    pub(crate) fn new() -> Self {
        let database = TestDatabase::new();
        let store = PgStore::new(&PgConfig::new(database.url())).unwrap();
        Self { store, database }
    }

    /// A tenant.
    pub(crate) fn tenant(&self) -> TenantId {
        self.founded().tenant.id
    }

    /// A tenant with its administrator, whose password hash is `hash`.
    pub(crate) fn founded(&self) -> NewTenant {
        let new = new_tenant("温度大学");
        TenantStore::create(&self.store, &new).unwrap();
        new
    }

    /// How the owner connects.
    pub(crate) fn url(&self) -> &str {
        self.database.url()
    }

    /// A connection that no row is hidden from.
    pub(crate) fn owner(&self) -> PgConnection {
        self.database.owner()
    }

    /// A connection in the role of the application, with no tenant named.
    pub(crate) fn application(&self) -> PgConnection {
        let mut connection = self.owner();
        connection.batch_execute("SET ROLE ondo_app").unwrap();
        connection
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What a query answers in its only column, named `line`.
pub(crate) fn lines(connection: &mut PgConnection, query: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(query).load(connection).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}
