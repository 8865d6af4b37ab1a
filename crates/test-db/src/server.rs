//! The server that the tests of this process share, and the template on it.

use std::env;
use std::error::Error;
use std::path::Path;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use diesel::{Connection, ConnectionResult, PgConnection, QueryResult, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use private_postgres::{PrivatePostgres, Programs};

use crate::external::External;
use crate::name::{self, fresh_name};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");
const ATTEMPTS: u32 = 10;

/// A server with a migrated template.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    template: String,
}

#[derive(Debug)]
enum Kind {
    Private(PrivatePostgres),
    External(External),
}

impl Server {
    /// The server of this process, started by whoever asks first.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Self::start().unwrap_or_else(|e| panic!("no test database: {e}")))
    }

    fn start() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let kind = match env::var("ONDO_TEST_DATABASE_URL") {
            Ok(url) => Kind::External(External::at(&url)?),
            Err(_) => Kind::Private(PrivatePostgres::ephemeral(programs()?)?),
        };
        let template = fresh_name(name::TEMPLATE);
        let server = Self { kind, template };
        server.make_template()?;
        Ok(server)
    }

    fn make_template(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let template = &self.template;
        self.maintain(&format!("CREATE DATABASE {template}"))?;
        connect(&self.url_to(template))?.run_pending_migrations(MIGRATIONS)?;
        // A template can be copied only while nobody is connected to it.
        self.maintain(&format!(
            "ALTER DATABASE {template} ALLOW_CONNECTIONS false"
        ))?;
        Ok(())
    }

    /// The URL of the database `name` on this server.
    pub(crate) fn url_to(&self, name: &str) -> String {
        match &self.kind {
            Kind::Private(server) => server.connection_url_to(name),
            Kind::External(server) => server.url_to(name),
        }
    }

    /// Makes the database `name` as a copy of the template.
    pub(crate) fn copy_template(&self, name: &str) {
        // Copying files is twice as fast here as copying through the log, the default.
        let sql = format!(
            "CREATE DATABASE {name} TEMPLATE {} STRATEGY file_copy",
            self.template
        );
        let mut attempt = 1;
        while let Err(error) = self.maintain(&sql) {
            // The connection that migrated may take a moment to be gone on the server's side.
            let in_use = error.to_string().contains("being accessed by other users");
            assert!(in_use && attempt < ATTEMPTS, "cannot make {name}: {error}");
            attempt += 1;
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Drops the database `name` and ends the sessions in it.
    pub(crate) fn drop_database(&self, name: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.maintain(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    }

    /// Runs `sql` outside of the test databases.
    fn maintain(&self, sql: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut connection = match &self.kind {
            Kind::Private(server) => connect(&server.connection_url())?,
            Kind::External(server) => connect(server.url())?,
        };
        execute(&mut connection, sql)?;
        Ok(())
    }
}

fn programs() -> Result<Programs, private_postgres::Error> {
    let explicit = env::var_os("ONDO_PG_BIN");
    Programs::find(explicit.as_deref().map(Path::new))
}

pub(crate) fn connect(url: &str) -> ConnectionResult<PgConnection> {
    let mut connection = PgConnection::establish(url)?;
    // Notices such as "relation already exists, skipping" are no news to a test's output.
    execute(&mut connection, "SET client_min_messages = warning")
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

pub(crate) fn execute(connection: &mut PgConnection, sql: &str) -> QueryResult<()> {
    sql_query(sql).execute(connection).map(|_| ())
}
