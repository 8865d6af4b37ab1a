//! Lists of addresses that broadcasts go to.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use domain::campaigns::{BroadcastStatus, RecipientLists};
use domain::ids::{BroadcastId, TenantId};
use domain::leads::{EmailAddress, LeadFilter};
use domain::store::{StoreError, StoreResult};

use super::row::{read, written};
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{broadcast_recipients, broadcasts};

/// So many addresses are looked up at once.
const CHUNK: usize = 10_000;

/// Puts the leads that have these addresses on the list, and tells which they were.
const LIST: &str = "
WITH known AS (
    SELECT id, email FROM leads WHERE tenant_id = $1 AND email = ANY($3)
), listed AS (
    INSERT INTO broadcast_recipients (tenant_id, broadcast_id, lead_id)
    SELECT $1, $2, id FROM known
)
SELECT email FROM known";

#[derive(QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
struct Known {
    #[diesel(sql_type = Text)]
    email: String,
}

/// Narrows the audience of a draft to its list, or widens it to everyone, and empties the list;
/// `false` unless it is a draft.
fn begin_list(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    listed_for: Option<BroadcastId>,
) -> Result<bool, TenantWorkError> {
    let row = broadcasts::table.find((tenant.uuid(), id.uuid()));
    let audience: Option<serde_json::Value> = row
        .filter(broadcasts::status.eq(BroadcastStatus::Draft.as_str()))
        .select(broadcasts::audience)
        .for_update()
        .first(connection)
        .optional()?;
    let Some(audience) = audience else {
        return Ok(false);
    };
    let audience = LeadFilter {
        listed_for,
        ..read(audience)?
    };
    diesel::update(row)
        .set(broadcasts::audience.eq(written(&audience)?))
        .execute(connection)?;
    diesel::delete(broadcast_recipients::table)
        .filter(broadcast_recipients::tenant_id.eq(tenant.uuid()))
        .filter(broadcast_recipients::broadcast_id.eq(id.uuid()))
        .execute(connection)?;
    Ok(true)
}

fn fill_list(
    connection: &mut PgConnection,
    tenant: TenantId,
    id: BroadcastId,
    addresses: &BTreeSet<EmailAddress>,
) -> Result<BTreeSet<EmailAddress>, TenantWorkError> {
    let mut unknown = addresses.clone();
    let all: Vec<&str> = addresses.iter().map(EmailAddress::as_str).collect();
    for chunk in all.chunks(CHUNK) {
        let known: Vec<Known> = diesel::sql_query(LIST)
            .bind::<SqlUuid, _>(tenant.uuid())
            .bind::<SqlUuid, _>(id.uuid())
            .bind::<Array<Text>, _>(chunk)
            .load(connection)?;
        for Known { email } in known {
            unknown.remove(&EmailAddress::parse(&email).map_err(StoreError::unexpected)?);
        }
    }
    Ok(unknown)
}

impl RecipientLists for PgStore {
    fn replace_list(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        addresses: &BTreeSet<EmailAddress>,
    ) -> StoreResult<Option<BTreeSet<EmailAddress>>> {
        self.in_tenant(tenant, |connection| {
            if !begin_list(connection, tenant, broadcast, Some(broadcast))? {
                return Ok(None);
            }
            fill_list(connection, tenant, broadcast, addresses).map(Some)
        })
    }

    fn remove_list(&self, tenant: TenantId, broadcast: BroadcastId) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            begin_list(connection, tenant, broadcast, None)
        })
    }
}
