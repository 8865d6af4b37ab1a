//! SQL that is prepared once for each connection.
//!
//! `diesel::sql_query` prepares its text anew for each execution: two round trips, and the server
//! parses and plans again. A [`Statement`] has a text that never changes, so diesel keeps it
//! prepared, and the server keeps its plan.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{HasSqlType, SingleValue, SqlType, Untyped};

type Bound<'a> = Box<dyn QueryFragment<Pg> + Send + 'a>;

/// A statement and its values: `$1` is the first one bound. A value may stand at several places.
pub(crate) struct Statement<'a> {
    sql: &'static str,
    values: Vec<Bound<'a>>,
}

/// This statement, without values yet. Rows are read by the names of their columns.
pub(crate) const fn statement<'a>(sql: &'static str) -> Statement<'a> {
    Statement {
        sql,
        values: Vec::new(),
    }
}

impl<'a> Statement<'a> {
    /// Gives the next `$n` its value.
    pub(crate) fn bind<ST, V>(mut self, value: V) -> Self
    where
        ST: SqlType + SingleValue,
        Pg: HasSqlType<ST>,
        V: diesel::expression::AsExpression<ST>,
        V::Expression: QueryFragment<Pg> + Send + 'a,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }

    /// The value of the `$n` at the start of `text`, and what follows it.
    fn value<'t>(&self, text: &'t str) -> Option<(&Bound<'a>, &'t str)> {
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let place: usize = text[..end].parse().ok()?;
        Some((self.values.get(place.checked_sub(1)?)?, &text[end..]))
    }
}

impl Statement<'_> {
    fn walk_line<'b>(&'b self, line: &str, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut rest = line;
        while let Some((before, place)) = rest.split_once('$') {
            out.push_sql(before);
            let Some((value, after)) = self.value(place) else {
                let complaint = format!("a place of this statement has no value: {}", self.sql);
                return Err(diesel::result::Error::QueryBuilderError(complaint.into()));
            };
            value.walk_ast(out.reborrow())?;
            rest = after;
        }
        out.push_sql(rest);
        Ok(())
    }
}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for line in self.sql.split_inclusive('\n') {
            // A comment that explains a place is none: its value would be sent once more.
            if line.trim_start().starts_with("--") {
                out.push_sql(line);
            } else {
                self.walk_line(line, out.reborrow())?;
            }
        }
        Ok(())
    }
}

/// The text itself is the key under which a prepared statement is found again.
impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl RunQueryDsl<PgConnection> for Statement<'_> {}
