//! One real, migrated database for each test.
//!
//! The tests of a process share a server: a private PostgreSQL that vanishes with the process, or
//! the one that `ONDO_TEST_DATABASE_URL` names (its role must be a superuser). The migrations run
//! once a process, into a template; each test gets a copy of it in a fraction of a second.
//!
//! ```
//! let database = test_db::TestDatabase::new();
//! let mut connection = database.owner();
//! # let _ = &mut connection;
//! ```
//!
//! Environment: `ONDO_TEST_DATABASE_URL` as above, `ONDO_PG_BIN` the folder of the server programs
//! where they are not found by themselves.

mod external;
mod name;
mod server;

use diesel::PgConnection;

use crate::name::fresh_name;
use crate::server::{Server, connect};

/// A database of its own for one test, with all migrations run and no rows. Dropped, with whatever
/// is still connected to it, when the value goes.
///
/// The functions of this type panic where the database cannot be had: a test has no other answer.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
}

impl TestDatabase {
    /// A new database.
    ///
    /// # Panics
    /// When there is no server, or a migration fails.
    #[must_use]
    pub fn new() -> Self {
        let server = Server::shared();
        let name = fresh_name(name::TEST);
        server.copy_template(&name);
        let url = server.url_to(&name);
        Self { name, url }
    }

    /// The URL of this database, as its owner. The application connects with the same URL and
    /// itself changes to the role `ondo_app`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A new connection as the owner, who is a superuser and sees the rows of every tenant.
    ///
    /// # Panics
    /// When the server does not take the connection.
    #[must_use]
    pub fn owner(&self) -> PgConnection {
        connect(&self.url).unwrap_or_else(|error| panic!("cannot connect to {}: {error}", self.url))
    }
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Not a reason to fail a test: the private server goes with the process, and on another
        // server the next run sweeps.
        if let Err(error) = Server::shared().drop_database(&self.name) {
            eprintln!("the test database {} is left behind: {error}", self.name);
        }
    }
}
