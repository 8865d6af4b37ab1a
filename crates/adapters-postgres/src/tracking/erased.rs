//! What is still on its way from people who were erased, or who stopped the tracking, is dropped.
//! (D21, C14)

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use domain::ids::{LeadId, TenantId};
use domain::tracking::{Engagement, VisitorId};
use uuid::Uuid;

use super::people::People;
use super::visitors::{self, browsers};
use crate::statement::statement;

const ERASED: &str = "
    SELECT erased.subject_id
    FROM (SELECT asked.id FROM UNNEST($2) AS asked (id) LIMIT cardinality($2)) AS asked
    JOIN erased_subjects AS erased ON erased.tenant_id = $1 AND erased.subject_id = asked.id";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
}

/// Those of the engagements that are of nobody erased, and measure nobody who does not want it.
///
/// An erased lead is one that is not found, and its browsers have no row any more: only for these
/// the list of the erased is asked. It is asked after they were locked or inserted, so that an
/// erasure that ran at the same time is either over, and seen, or waits for this transaction.
pub(super) fn without<'a>(
    connection: &mut PgConnection,
    tenant: TenantId,
    people: &mut People,
    engagements: &[&'a Engagement],
) -> QueryResult<Vec<&'a Engagement>> {
    let erased = erased(connection, tenant, people, engagements)?;
    if erased.is_empty() && !engagements.iter().any(|new| people.refuse(new)) {
        return Ok(engagements.to_vec());
    }
    let is_of_erased = |engagement: &&Engagement| {
        let lead = people.named(engagement).map(LeadId::uuid);
        let mut all = browsers(engagement).map(VisitorId::uuid).chain(lead);
        all.any(|id| erased.contains(&id))
    };
    let kept: Vec<&Engagement> = engagements
        .iter()
        .copied()
        .filter(|engagement| !is_of_erased(engagement) && !people.refuse(engagement))
        .collect();
    visitors::forget(connection, tenant, &mut people.visitors, &kept)?;
    Ok(kept)
}

fn erased(
    connection: &mut PgConnection,
    tenant: TenantId,
    people: &People,
    engagements: &[&Engagement],
) -> QueryResult<BTreeSet<Uuid>> {
    let named = engagements.iter().filter_map(|new| people.named(new));
    let missing = named.filter(|lead| !people.leads.contains_key(lead));
    let suspects: BTreeSet<Uuid> = missing
        .map(LeadId::uuid)
        .chain(people.visitors.never_seen().map(VisitorId::uuid))
        .collect();
    if suspects.is_empty() {
        return Ok(suspects);
    }
    let rows: Vec<Row> = statement(ERASED)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(suspects.into_iter().collect::<Vec<_>>())
        .load(connection)?;
    Ok(rows.into_iter().map(|row| row.subject_id).collect())
}
