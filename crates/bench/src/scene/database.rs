//! A database, as the superuser sees it.

use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

/// A database of the scene's server.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    name: String,
    url: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Database {
    pub(super) fn new(name: &str, url: String) -> Self {
        let name = name.to_owned();
        Self { name, url }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its address, for libpq.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection.
    pub(crate) fn connect(&self) -> anyhow::Result<PgConnection> {
        PgConnection::establish(&self.url).with_context(|| format!("the database {}", self.name))
    }

    /// Runs statements without parameters.
    pub(crate) fn execute(&self, sql: &str) -> anyhow::Result<()> {
        let short = sql.lines().next().unwrap_or_default();
        self.connect()?
            .batch_execute(sql)
            .with_context(|| format!("in {}: {short}", self.name))
    }

    /// The one number of an SQL expression.
    pub(crate) fn number(&self, expression: &str) -> anyhow::Result<i64> {
        let sql = format!("SELECT ({expression})::bigint AS value");
        let row: Number = diesel::sql_query(&sql)
            .get_result(&mut self.connect()?)
            .with_context(|| format!("in {}: {sql}", self.name))?;
        Ok(row.value)
    }

    /// The one text of an SQL expression.
    pub(crate) fn text(&self, expression: &str) -> anyhow::Result<String> {
        let sql = format!("SELECT ({expression})::text AS value");
        let row: Word = diesel::sql_query(&sql)
            .get_result(&mut self.connect()?)
            .with_context(|| format!("in {}: {sql}", self.name))?;
        Ok(row.value)
    }
}
