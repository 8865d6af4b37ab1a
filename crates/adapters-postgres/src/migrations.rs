//! The migrations, carried in the program.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Why the database could not be brought to this version's form.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The database did not answer or refused the connection.
    #[error("the database cannot be reached: {0}")]
    Connection(#[from] ConnectionError),
    /// A migration failed; the database is as it was before that migration.
    #[error("a migration failed: {0}")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Brings the database at `url` to this version's form and returns the names of the migrations
/// that ran. The connection's user owns the tables; the application itself never connects so.
///
/// # Errors
/// See [`MigrationError`]. Running again after an error is safe.
pub fn migrate(url: &str) -> Result<Vec<String>, MigrationError> {
    let mut connection = PgConnection::establish(url)?;
    let done = connection
        .run_pending_migrations(MIGRATIONS)
        .map_err(MigrationError::Migration)?;
    Ok(done.iter().map(ToString::to_string).collect())
}
