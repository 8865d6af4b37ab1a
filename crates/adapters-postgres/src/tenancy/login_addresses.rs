//! The way from an address to its account, across all tenants.

use diesel::prelude::*;
use domain::ids::{TenantId, UserId};
use uuid::Uuid;

use crate::schema::login_addresses;

pub(super) fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    address_hash: &[u8; 32],
) -> QueryResult<()> {
    diesel::insert_into(login_addresses::table)
        .values((
            login_addresses::address_hash.eq(address_hash.as_slice()),
            login_addresses::tenant_id.eq(tenant.uuid()),
            login_addresses::user_id.eq(user.uuid()),
        ))
        .execute(connection)
        .map(drop)
}

pub(super) fn replace(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    address_hash: &[u8; 32],
) -> QueryResult<()> {
    let of_user = login_addresses::table
        .filter(login_addresses::tenant_id.eq(tenant.uuid()))
        .filter(login_addresses::user_id.eq(user.uuid()));
    diesel::delete(of_user).execute(connection)?;
    insert(connection, tenant, user, address_hash)
}

/// Whose account an address leads to. Where it leads nowhere, an id that nobody has: the way on is
/// the same, and so is the time it takes (V-24).
pub(super) fn lead_to(
    connection: &mut PgConnection,
    address_hash: &[u8; 32],
) -> QueryResult<(Uuid, Uuid)> {
    login_addresses::table
        .find(address_hash.as_slice())
        .select((login_addresses::tenant_id, login_addresses::user_id))
        .first(connection)
        .optional()
        .map(Option::unwrap_or_default)
}
