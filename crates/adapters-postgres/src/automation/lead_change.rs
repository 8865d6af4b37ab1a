//! What changes to leads set in motion, in their transaction.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::automation::{ActiveTrigger, Reaction, fulfilled};
use domain::ids::TenantId;
use domain::leads::Lead;

use super::add_reactions;
use crate::campaigns::active_triggers;
use crate::pool::TenantWorkError;

/// The triggers that changes to leads can pull; none for most tenants, and then one look at a small
/// index is all that a change costs.
fn triggers_of_leads(
    connection: &mut PgConnection,
    tenant: TenantId,
) -> Result<Vec<ActiveTrigger>, TenantWorkError> {
    let found = active_triggers(connection, tenant, Some("attribute_matches"))?;
    Ok(found
        .into_iter()
        .map(|(campaign, trigger)| ActiveTrigger { campaign, trigger })
        .collect())
}

/// Adds what these changes set in motion: each lead as it was, if it was there, and as it is.
pub(crate) fn react<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: impl IntoIterator<Item = (Option<&'a Lead>, &'a Lead)>,
    now: DateTime<Utc>,
) -> Result<(), TenantWorkError> {
    let mut changes = changes.into_iter().peekable();
    if changes.peek().is_none() {
        return Ok(());
    }
    let triggers = triggers_of_leads(connection, tenant)?;
    let set_in_motion = |(before, after)| fulfilled(&triggers, before, after, now);
    let reactions: Vec<Reaction> = changes.flat_map(set_in_motion).collect();
    add_reactions(connection, tenant, &reactions)
}
