//! One batch in one statement, prepared once for each connection.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use uuid::Uuid;

use super::columns::Columns;
use crate::cli::Work;
use crate::load::{TITLE, USER_AGENT};
use crate::population::{ORIGIN, Population};

const PAGE_VIEWS: &str = include_str!("page_views.sql");
const CLICKS: &str = include_str!("clicks.sql");

/// `WITH new AS (the columns), batch AS (what all rows share)`, then the inserts and updates.
///
/// `diesel::sql_query` is parsed and planned anew each time; a fragment of our own is not.
pub(super) struct Statement<'a> {
    sql: &'static str,
    tenant: Uuid,
    broadcast: Uuid,
    population: &'a Population,
    columns: &'a Columns,
}

impl<'a> Statement<'a> {
    pub(super) fn new(work: Work, population: &'a Population, columns: &'a Columns) -> Self {
        let sql = match work {
            Work::Pv => PAGE_VIEWS,
            Work::Click => CLICKS,
        };
        Self {
            sql,
            tenant: population.tenant.uuid(),
            broadcast: population.broadcast.uuid(),
            population,
            columns,
        }
    }
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    // Its text names it in the cache of prepared statements.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for Statement<'_> {}

impl QueryFragment<Pg> for Statement<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let columns = self.columns;
        out.push_sql("WITH new AS MATERIALIZED (SELECT * FROM UNNEST(");
        out.push_bind_param::<Array<Timestamptz>, _>(&columns.occurred_at)?;
        let ids = [
            &columns.engagement,
            &columns.history,
            &columns.once_key,
            &columns.session,
            &columns.lead,
            &columns.visitor,
            &columns.send,
        ];
        for ids in ids {
            out.push_sql(", ");
            out.push_bind_param::<Array<SqlUuid>, _>(ids)?;
        }
        for texts in [&columns.url, &columns.network] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Text>, _>(texts)?;
        }
        out.push_sql(
            ") AS new (occurred_at, engagement, history, once_key, session, lead, visitor, send, \
             url, network)), batch AS MATERIALIZED (SELECT ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.tenant)?;
        out.push_sql(" AS tenant, ");
        out.push_bind_param::<SqlUuid, _>(&self.broadcast)?;
        out.push_sql(" AS broadcast, ");
        out.push_bind_param::<Timestamptz, _>(&self.population.queued_at)?;
        out.push_sql(" AS queued_at, ");
        out.push_bind_param::<Text, _>(USER_AGENT)?;
        out.push_sql(" AS user_agent, ");
        out.push_bind_param::<Text, _>(TITLE)?;
        out.push_sql(" AS title, ");
        out.push_bind_param::<Text, _>(ORIGIN)?;
        out.push_sql(" AS referrer), ");
        out.push_sql(self.sql);
        Ok(())
    }
}
