//! Connections, and the one way to a tenant's rows.

use std::time::Duration;

use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sql_types::Text;
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};

use crate::error::{no_connection, store_error};

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

#[derive(Debug)]
struct Session {
    statement_timeout: Duration,
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        use diesel::connection::SimpleConnection;
        connection
            .batch_execute(&format!(
                "SET ROLE {APPLICATION_ROLE};
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
            .test_on_check_out(true)
            .connection_customizer(Box::new(Session {
                statement_timeout: config.statement_timeout,
            }))
            .build_unchecked(ConnectionManager::new(&config.url));
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
        connection
            .transaction(|connection| {
                enter_tenant(connection, tenant)?;
                work(connection)
            })
            .map_err(StoreError::from)
    }
}

/// Names the tenant to row-level security until the transaction ends, or another is named.
pub(crate) fn enter_tenant(connection: &mut PgConnection, tenant: TenantId) -> QueryResult<()> {
    diesel::sql_query("SELECT set_config('app.tenant_id', $1, true)")
        .bind::<Text, _>(tenant.to_string())
        .execute(connection)
        .map(drop)
}

/// Ends a transaction early: with a fault of the database, or with a store error of our own.
pub(crate) enum TenantWorkError {
    Query(diesel::result::Error),
    Store(StoreError),
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
        }
    }
}
