//! Campaigns and the people in them.
//!
//! Rows are locked in one order everywhere: the campaign, the lead, the enrollment, and at last the
//! campaign once more to count. Whoever writes about people in a campaign holds `FOR KEY SHARE` on
//! it, which lets others count and keeps out whoever changes its status, with `FOR UPDATE`.

mod activate;
mod apply;
mod claim;
mod deeds;
mod effects;
mod enroll;
mod enrollments;
mod entrance;
mod figures;
mod go_on;
mod hasten;
mod moving;
mod people;
mod points;
mod row;
mod status;
mod store;
mod triggers;
mod work;

use diesel::prelude::*;

pub(crate) use go_on::go_on;
pub(crate) use triggers::active_triggers;

/// For a statement that may touch everybody in a campaign.
fn take_time(connection: &mut PgConnection) -> QueryResult<()> {
    diesel::sql_query(
        "SELECT set_config('statement_timeout', '60s', true), set_config('lock_timeout', '10s', true)",
    )
    .execute(connection)
    .map(drop)
}
