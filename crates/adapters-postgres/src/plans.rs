//! How the statements of a batch are planned: of engagements, and of mails that are handed over.
//!
//! Every one of them looks rows up by their keys, so that one plan serves for all batches; planning
//! anew costs more than most of them. But a plan that is kept is made with the sizes of its moment.
//! While a table is nearly empty, reading all of it, or all of a tenant's rows, seems as cheap as a
//! key, and would stay the plan when there are millions. Three things together prevent that:
//!
//! * whole tables, and joins that read more than keys, are closed to the planner;
//! * the statements say `LIMIT cardinality($2)` of the rows they are given, which takes all of them and
//!   lets the planner expect one, so that it begins with them;
//! * a connection plans anew after 1, 2, 4, 8 … batches, and then after every 1,024, so that no plan is
//!   older than the tables were half as long.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::statement::statement;

/// The count is the session's, everything else the transaction's.
const KEEP: &str = "
    SELECT set_config('ondo.batches', (1 +
            COALESCE(NULLIF(current_setting('ondo.batches', true), ''), '0')::integer)::text, false)
            AS batches,
        set_config('plan_cache_mode', 'force_generic_plan', true),
        set_config('enable_seqscan', 'off', true),
        set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true),
        set_config('enable_material', 'off', true)";

const ANEW_EVERY: u32 = 1024;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    batches: String,
}

/// Keeps plans until the transaction ends; those made before are forgotten when it is time.
pub(crate) fn keep(connection: &mut PgConnection) -> QueryResult<()> {
    let row: Row = statement(KEEP).get_result(connection)?;
    let batches: u32 = row.batches.parse().unwrap_or_default();
    if batches.is_power_of_two() || batches.is_multiple_of(ANEW_EVERY) {
        statement("DISCARD PLANS").execute(connection)?;
    }
    Ok(())
}
