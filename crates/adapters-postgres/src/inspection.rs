//! A look at the database from outside, for whoever operates it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use diesel_migrations::MigrationHarness;

use crate::migrations::{MIGRATIONS, MigrationError};

/// How a database stands.
#[derive(Clone, Debug)]
pub struct DatabaseState {
    /// The server's version, such as `17.2`.
    pub version: String,
    /// What its clock says.
    pub now: DateTime<Utc>,
    /// The migrations of this program that have not run there.
    pub pending: Vec<String>,
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
}

/// Looks at the database at `url`. Changes nothing, except that an empty database gets the empty
/// table in which migrations are written down.
///
/// # Errors
/// See [`MigrationError`].
pub fn inspect(url: &str) -> Result<DatabaseState, MigrationError> {
    let mut connection = PgConnection::establish(url)?;
    let server: Server = diesel::sql_query(
        "SELECT current_setting('server_version') AS version, clock_timestamp() AS now",
    )
    .get_result(&mut connection)
    .map_err(|error| MigrationError::Migration(Box::new(error)))?;
    let pending = connection
        .pending_migrations(MIGRATIONS)
        .map_err(MigrationError::Migration)?;
    Ok(DatabaseState {
        version: server.version,
        now: server.now,
        pending: pending.iter().map(|one| one.name().to_string()).collect(),
    })
}
