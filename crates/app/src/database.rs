//! The database: the operator's, or the private PostgreSQL of the data folder.

use std::path::Path;
use std::time::Duration;

use adapters_postgres::{DatabaseState, MigrationError, PartitionError, PgConfig, PgStore};
use chrono::{DateTime, Utc};
use domain::store::StoreError;
use private_postgres::{Options, PrivatePostgres, Programs};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Config;

/// What comes late, out of a spool or from a provider, is rarely later than this.
const DAYS_BACK: u32 = 1;
/// A server that is not started for a week finds its partitions still.
const DAYS_AHEAD: u32 = 7;

/// A database to connect to. Where it is the private one, its server runs at least as long as this
/// value.
#[derive(Debug)]
pub struct Database {
    url: SecretString,
    server: Option<PrivatePostgres>,
}

impl Database {
    /// The database of the settings. A private server is started, or joined where another process
    /// runs it on the same data folder. The operator's is not looked for yet.
    ///
    /// # Errors
    /// When the private server cannot be started; the text says what to do.
    pub fn open(config: &Config) -> Result<Self, private_postgres::Error> {
        if let Some(url) = &config.database.url {
            let url = url.clone();
            return Ok(Self { url, server: None });
        }
        let server = PrivatePostgres::start(Options {
            data_dir: config.data_dir.clone(),
            programs: Programs::find(config.database.pg_bin.as_deref())?,
            durable: true,
        })?;
        Ok(Self {
            url: SecretString::from(server.connection_url()),
            server: Some(server),
        })
    }

    /// Whether Ondo runs it.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.server.is_some()
    }

    /// The files of the private one.
    #[must_use]
    pub fn cluster_dir(&self) -> Option<&Path> {
        self.server.as_ref().map(PrivatePostgres::cluster_dir)
    }

    /// The store for people's requests.
    ///
    /// # Errors
    /// See [`PgStore::new`].
    pub fn requests(&self, config: &Config) -> Result<PgStore, StoreError> {
        PgStore::new(&PgConfig {
            connections: config.database.connections,
            ..PgConfig::new(self.url.expose_secret())
        })
    }

    /// The store for the intake: a connection for each writer, one for the spool's replay, and one
    /// for what the log refuses.
    ///
    /// # Errors
    /// See [`PgStore::new`].
    pub fn intake(&self, config: &Config) -> Result<PgStore, StoreError> {
        let writers =
            u32::try_from(config.intake.gathering.writers).map_err(StoreError::unexpected)?;
        let connections = writers.saturating_add(2);
        PgStore::new(&PgConfig::for_intake(self.url.expose_secret(), connections))
    }

    /// The store for jobs.
    ///
    /// # Errors
    /// See [`PgStore::new`].
    pub fn jobs(&self, config: &Config) -> Result<PgStore, StoreError> {
        PgStore::new(&PgConfig {
            connections: config.database.job_connections,
            ..PgConfig::for_jobs(self.url.expose_secret())
        })
    }

    /// A store whose commits do not wait for the disk: for writing what can be written again. What
    /// it committed is safe once a commit of another store has returned.
    ///
    /// # Errors
    /// See [`PgStore::new`].
    pub fn hasty(&self, config: &Config) -> Result<PgStore, StoreError> {
        PgStore::new(&PgConfig {
            connections: config.database.job_connections,
            checkout_timeout: Duration::from_secs(30),
            ..PgConfig::for_jobs(without_waiting(self.url.expose_secret()))
        })
    }

    /// Brings the database to this version's form and names the migrations that ran.
    ///
    /// # Errors
    /// See [`MigrationError`].
    pub fn migrate(&self) -> Result<Vec<String>, MigrationError> {
        adapters_postgres::migrate(self.url.expose_secret())
    }

    /// Makes the partitions of the days around `now`, and returns the names of new ones. Without
    /// them everything works too, only slower after some days.
    ///
    /// # Errors
    /// See [`PartitionError`].
    pub fn make_partitions(&self, now: DateTime<Utc>) -> Result<Vec<String>, PartitionError> {
        self.make_partitions_since(now, DAYS_BACK)
    }

    /// The same, from so many days before `now`, for a history that is about to be written.
    ///
    /// # Errors
    /// See [`PartitionError`].
    pub fn make_partitions_since(
        &self,
        now: DateTime<Utc>,
        days_back: u32,
    ) -> Result<Vec<String>, PartitionError> {
        adapters_postgres::ensure_partitions(self.url.expose_secret(), now, days_back, DAYS_AHEAD)
    }

    /// How it stands.
    ///
    /// # Errors
    /// See [`MigrationError`].
    pub fn state(&self) -> Result<DatabaseState, MigrationError> {
        adapters_postgres::inspect(self.url.expose_secret())
    }
}

/// The same database, in sessions whose commits do not wait for the disk. Both forms of libpq.
fn without_waiting(url: &str) -> String {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return format!("{url} options='-c synchronous_commit=off'");
    }
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}options=-c%20synchronous_commit%3Doff")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_address_take_the_option() {
        let option = "options=-c%20synchronous_commit%3Doff";
        assert_eq!(
            without_waiting("postgres://ondo@%2Fs:5432/ondo"),
            format!("postgres://ondo@%2Fs:5432/ondo?{option}")
        );
        assert_eq!(
            without_waiting("postgresql://db/ondo?connect_timeout=3"),
            format!("postgresql://db/ondo?connect_timeout=3&{option}")
        );
        assert_eq!(
            without_waiting("host=db dbname=ondo"),
            "host=db dbname=ondo options='-c synchronous_commit=off'"
        );
    }
}
