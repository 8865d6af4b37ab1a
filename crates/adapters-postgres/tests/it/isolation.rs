//! Row-level security, table by table: a tenant's rows exist for that tenant only.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::result::QueryResult;
use diesel::{Connection, RunQueryDsl};
use domain::ids::TenantId;

use crate::database::{Database, lines};
use crate::schema::tenant_tables;

/// A database in which every table of the tenants holds one row of each of two tenants.
struct Filled {
    database: Database,
    tables: Vec<String>,
    mine: TenantId,
    other: TenantId,
}

impl Filled {
    fn new() -> Self {
        let database = Database::new();
        let (mine, other) = (TenantId::new(), TenantId::new());
        let mut owner = database.owner();
        let tables = tenant_tables(&mut owner);
        // Rows that refer to nothing: this is about who sees them, not about what they say.
        owner
            .batch_execute("SET session_replication_role = replica")
            .unwrap();
        for table in &tables {
            for tenant in [mine, other] {
                owner
                    .batch_execute(&insert(&mut database.owner(), table, tenant))
                    .unwrap();
            }
        }
        Self {
            database,
            tables,
            mine,
            other,
        }
    }

    /// In the role of the application, with this tenant named for the whole connection.
    fn as_tenant(&self, tenant: &str) -> PgConnection {
        let mut connection = self.database.application();
        connection
            .batch_execute(&format!("SET app.tenant_id = '{tenant}'"))
            .unwrap();
        connection
    }
}

/// A statement that inserts a row with a value for whatever needs one.
fn insert(owner: &mut PgConnection, table: &str, tenant: TenantId) -> String {
    let query = include_str!("row_of_any_table.sql").replace("{table}", table);
    let values = lines(owner, &query);
    let (columns, values): (Vec<_>, Vec<_>) = values
        .iter()
        .filter_map(|value| value.split_once('='))
        .unzip();
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!("INSERT INTO {table} ({columns}) VALUES ({values})")
        .replace("{tenant}", &tenant.to_string())
}

fn count(connection: &mut PgConnection, table: &str) -> String {
    let query = format!("SELECT count(*)::text AS line FROM {table}");
    lines(connection, &query).remove(0)
}

fn affected(connection: &mut PgConnection, statement: &str) -> QueryResult<usize> {
    // A refused statement must not end the connection's work for the next table.
    connection.transaction(|connection| diesel::sql_query(statement).execute(connection))
}

fn assert_refused(connection: &mut PgConnection, statement: &str) {
    let refused = affected(connection, statement).unwrap_err().to_string();
    assert!(
        refused.contains("row-level security"),
        "{statement}: {refused}"
    );
}

#[test]
fn without_a_tenant_there_is_nothing_to_see_or_to_write() {
    let filled = Filled::new();
    let mut owner = filled.database.owner();
    // Never named, and left empty by a transaction that named one.
    for mut nobody in [filled.database.application(), filled.as_tenant("")] {
        for table in &filled.tables {
            assert_eq!(count(&mut nobody, table), "0", "{table}");
            let update = format!("UPDATE {table} SET tenant_id = tenant_id");
            assert_eq!(affected(&mut nobody, &update), Ok(0), "{table}");
            assert_eq!(
                affected(&mut nobody, &format!("DELETE FROM {table}")),
                Ok(0),
                "{table}"
            );
            assert_refused(&mut nobody, &insert(&mut owner, table, filled.mine));
            assert_eq!(count(&mut owner, table), "2", "{table}");
        }
    }
}

#[test]
fn a_tenant_neither_sees_nor_touches_the_rows_of_another() {
    let filled = Filled::new();
    let (mine, other) = (filled.mine, filled.other);
    let mut owner = filled.database.owner();
    let mut tenant = filled.as_tenant(&mine.to_string());
    for table in &filled.tables {
        assert_eq!(count(&mut tenant, table), "1", "{table}");
        let update =
            format!("UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = '{other}'");
        assert_eq!(affected(&mut tenant, &update), Ok(0), "{table}");
        let delete = format!("DELETE FROM {table} WHERE tenant_id = '{other}'");
        assert_eq!(affected(&mut tenant, &delete), Ok(0), "{table}");
        assert_refused(&mut tenant, &insert(&mut owner, table, other));
        let give_away = format!("UPDATE {table} SET tenant_id = '{other}'");
        assert_refused(&mut tenant, &give_away);
        assert_eq!(count(&mut owner, table), "2", "{table}");
    }
}

#[test]
fn a_tenant_writes_and_deletes_its_own_rows() {
    let filled = Filled::new();
    let mut owner = filled.database.owner();
    owner
        .batch_execute("SET session_replication_role = replica")
        .unwrap();
    let mut tenant = filled.as_tenant(&filled.mine.to_string());
    for table in &filled.tables {
        let update = format!("UPDATE {table} SET tenant_id = tenant_id");
        assert_eq!(affected(&mut tenant, &update), Ok(1), "{table}");
    }
    for table in &filled.tables {
        let delete = format!("DELETE FROM {table}");
        assert!(affected(&mut tenant, &delete).is_ok(), "{table}");
        assert_eq!(count(&mut owner, table), "1", "{table}");
    }
}
