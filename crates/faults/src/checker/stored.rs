//! Reads what is stored.

use std::collections::HashMap;

use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl as _, sql_query};
use uuid::Uuid;

use super::arithmetic::Stored;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    times: i64,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// How often everything is there.
pub(super) fn read(owner: &mut PgConnection) -> QueryResult<Stored> {
    Ok(Stored {
        named: counts(owner, "id", "event_type IN ('page_view', 'delivered')")?,
        clicks: counts(owner, "send_id", "event_type = 'click'")?,
        opens: counts(owner, "send_id", "event_type = 'open'")?,
    })
}

fn counts(
    owner: &mut PgConnection,
    column: &str,
    condition: &str,
) -> QueryResult<HashMap<Uuid, u64>> {
    let counted: Vec<Counted> = sql_query(format!(
        "SELECT {column} AS id, count(*) AS times FROM engagement_events
         WHERE {condition} AND {column} IS NOT NULL GROUP BY 1"
    ))
    .load(owner)?;
    let count = |row: Counted| (row.id, row.times.unsigned_abs());
    Ok(counted.into_iter().map(count).collect())
}

/// Engagements that were given up; none where the database is from before there was such a place.
pub(super) fn dead(owner: &mut PgConnection) -> QueryResult<u64> {
    let place = "SELECT count(to_regclass('dead_engagements')) AS rows";
    if rows(owner, place)? == 0 {
        return Ok(0);
    }
    let dead = rows(owner, "SELECT count(*) AS rows FROM dead_engagements")?;
    Ok(dead.unsigned_abs())
}

/// The only value of a query that names it `rows`.
pub(super) fn rows(owner: &mut PgConnection, sql: &str) -> QueryResult<i64> {
    let found: Rows = sql_query(sql).get_result(owner)?;
    Ok(found.rows)
}
