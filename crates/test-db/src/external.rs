//! A server that somebody else runs, named by `ONDO_TEST_DATABASE_URL`.

use std::error::Error;
use std::time::Duration;

use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use url::Url;

use crate::name::age;
use crate::server::{connect, execute};

/// What is older was left behind: no run of the tests takes as long.
const LEFT_BEHIND: Duration = Duration::from_secs(2 * 3600);

/// A server of somebody else.
#[derive(Debug)]
pub(crate) struct External {
    url: Url,
}

#[derive(QueryableByName)]
struct Database {
    #[diesel(sql_type = Text)]
    name: String,
}

impl External {
    /// The server at `url`, which names any of its databases. Drops what earlier runs left there:
    /// a process that is killed, or ends, cannot drop its template.
    pub(crate) fn at(url: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let server = Self {
            url: Url::parse(url)
                .map_err(|error| format!("ONDO_TEST_DATABASE_URL is no URL: {error}"))?,
        };
        sweep(&mut connect(server.url())?)?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) fn url_to(&self, name: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(name);
        url.into()
    }
}

fn sweep(connection: &mut PgConnection) -> Result<(), diesel::result::Error> {
    let all: Vec<Database> =
        sql_query("SELECT datname::text AS name FROM pg_database").load(connection)?;
    for Database { name } in all {
        if age(&name).is_some_and(|age| age > LEFT_BEHIND) {
            execute(
                connection,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server_keeps_everything_else_of_the_url() {
        for (given, wanted) in [
            (
                "postgres://me:pw@db.example:6432/one?sslmode=disable",
                "postgres://me:pw@db.example:6432/two?sslmode=disable",
            ),
            (
                "postgres://me@%2Fvar%2Frun%2Fpostgresql:5432/one",
                "postgres://me@%2Fvar%2Frun%2Fpostgresql:5432/two",
            ),
        ] {
            let server = External {
                url: Url::parse(given).unwrap(),
            };
            assert_eq!(server.url_to("two"), wanted);
        }
    }
}
