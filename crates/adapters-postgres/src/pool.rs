//! Connections, and the one way to a tenant's rows.

use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sql_types::Text;
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};

use crate::error::{no_connection, settled, store_error};
use crate::statement::statement;
use crate::timeouts::with_timeouts;

/// How to reach the database and how many connections to keep.
#[derive(Clone, Debug)]
pub struct PgConfig {
    /// A libpq URL or keyword string.
    pub url: String,
    /// Connections at most.
    pub connections: u32,
    /// How long a caller waits for a free connection before it is told `Unavailable`.
    pub checkout_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// Whether a connection is tried before each use, at the price of a round trip. Whoever does not
    /// is told `Unavailable` once for each connection that broke meanwhile.
    pub tested: bool,
}

impl PgConfig {
    /// The usual settings for requests of people.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections: 8,
            checkout_timeout: Duration::from_secs(2),
            statement_timeout: Duration::from_secs(5),
            tested: true,
        }
    }

    /// For the intake of engagements: a connection for each of its writers, who repeat what failed.
    #[must_use]
    pub fn for_intake(url: impl Into<String>, writers: u32) -> Self {
        Self {
            connections: writers,
            tested: false,
            ..Self::new(url)
        }
    }

    /// For background work: its own few connections and more time for a statement, so that a
    /// large job neither starves nor is stopped by the limits of requests.
    #[must_use]
    pub fn for_jobs(url: impl Into<String>) -> Self {
        Self {
            connections: 6,
            checkout_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(120),
            ..Self::new(url)
        }
    }
}

/// Every storage port, on one pool of connections.
#[derive(Clone)]
pub struct PgStore {
    pool: Pool<ConnectionManager<PgConnection>>,
}

/// The role that the application works as; migrations make it.
const APPLICATION_ROLE: &str = "ondo_app";

/// Errors are told apart by the server's words where diesel hides their codes. Only a superuser, or
/// whoever was granted the parameter, may choose the language; for others it stays the server's.
const ENGLISH: &str = "DO $$ BEGIN
        PERFORM set_config('lc_messages', 'C', false);
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$";

#[derive(Debug)]
struct Session {
    statement_timeout: Duration,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        use diesel::connection::SimpleConnection;
        connection
            .batch_execute(&format!(
                "{ENGLISH};
                 SET ROLE {APPLICATION_ROLE};
                 SET TIME ZONE 'UTC';
                 SET statement_timeout = {};
                 SET lock_timeout = '1s';
                 SET idle_in_transaction_session_timeout = '10s'",
                self.statement_timeout.as_millis()
            ))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

impl PgStore {
    /// A store that connects when it is first used, so that a start does not wait for the database.
    ///
    /// # Errors
    /// Never for an unreachable database; only where the pool's settings contradict one another.
    pub fn new(config: &PgConfig) -> StoreResult<Self> {
        let pool = Pool::builder()
            .max_size(config.connections)
            .min_idle(Some(0))
            .connection_timeout(config.checkout_timeout)
            .test_on_check_out(config.tested)
            .connection_customizer(Box::new(Session {
                statement_timeout: config.statement_timeout,
            }))
            .build_unchecked(ConnectionManager::new(with_timeouts(&config.url)));
        Ok(Self { pool })
    }

    /// A connection with no tenant set: it sees no tenant's rows, only the few open tables.
    pub(crate) fn connection(
        &self,
    ) -> StoreResult<PooledConnection<ConnectionManager<PgConnection>>> {
        self.pool.get().map_err(no_connection)
    }

    /// Does `work` in one transaction that sees and writes the rows of `tenant` only.
    pub(crate) fn in_tenant<T>(
        &self,
        tenant: TenantId,
        work: impl FnOnce(&mut PgConnection) -> Result<T, TenantWorkError>,
    ) -> StoreResult<T> {
        let mut connection = self.connection()?;
        let done = connection.transaction(|connection| {
            enter_tenant(connection, tenant)?;
            work(connection)
        });
        settled(&mut connection, done)
    }
}

/// Names the tenant to row-level security until the transaction ends, or another is named.
pub(crate) fn enter_tenant(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
    statement("SELECT set_config('app.tenant_id', $1, true)")
        .bind::<Text, _>(tenant.to_string())
        .execute(connection)
        .map(drop)
}

/// Ends a transaction early: with a fault of the database, or with a store error of our own.
pub(crate) enum TenantWorkError {
    Query(diesel::result::Error),
    Store(StoreError),
    /// Rows came or went while the work was locking them: it must begin anew.
    Again,
}

impl From<diesel::result::Error> for TenantWorkError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

impl From<StoreError> for TenantWorkError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<TenantWorkError> for StoreError {
    fn from(error: TenantWorkError) -> Self {
        match error {
            TenantWorkError::Query(error) => store_error(error),
            TenantWorkError::Store(error) => error,
            TenantWorkError::Again => {
                StoreError::unavailable("rows came or went while they were being locked")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use test_db::TestDatabase;

    use super::*;

    #[test]
    fn an_error_is_passing_when_the_connection_is_gone_in_whatever_words() {
        let database = TestDatabase::new();
        let store = PgStore::new(&PgConfig::new(database.url())).unwrap();
        let failed = store.in_tenant(TenantId::new(), |connection| -> Result<(), _> {
            diesel::sql_query("RESET ROLE").execute(connection)?;
            let end = diesel::sql_query("SELECT pg_terminate_backend(pg_backend_pid())");
            let ended = end.execute(connection).unwrap_err().to_string();
            assert!(ended.contains("terminating connection"), "{ended}");
            Err(StoreError::unexpected("管理者コマンドにより接続を終了しています").into())
        });
        assert!(
            matches!(failed, Err(StoreError::Unavailable(_))),
            "{failed:?}"
        );
        let failed = store.in_tenant(TenantId::new(), |_| -> Result<(), _> {
            Err(StoreError::unexpected("とにかく").into())
        });
        assert!(
            matches!(failed, Err(StoreError::Unexpected(_))),
            "{failed:?}"
        );
    }

    #[test]
    fn a_superusers_session_speaks_english() {
        let database = TestDatabase::new();
        let store = PgStore::new(&PgConfig::new(database.url())).unwrap();
        #[derive(QueryableByName)]
        struct Shown {
            #[diesel(sql_type = Text)]
            lc_messages: String,
        }
        let shown: Shown = store
            .in_tenant(TenantId::new(), |connection| {
                Ok(diesel::sql_query("SHOW lc_messages").get_result(connection)?)
            })
            .unwrap();
        assert_eq!(shown.lc_messages, "C");
    }
}
