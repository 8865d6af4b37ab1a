//! Broadcasts on their way from started to completed.

use domain::campaigns::{Broadcast, BroadcastStatus, prepare_step};
use domain::ids::TenantId;
use domain::leads::AsOf;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use crate::{Ports, Stop, Turn};

/// Prepares the broadcasts of every tenant that are preparing, and completes those that have sent
/// everything. One tenant's trouble does not stop the others.
///
/// # Errors
/// `Unavailable` if the storage is away.
pub fn advance_broadcasts(ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
    let mut turn = Turn::Idle;
    for tenant in ports.tenants.list()? {
        if stop.is_set() {
            break;
        }
        match advance_tenant(ports, stop, &tenant) {
            Ok(Turn::Worked) => turn = Turn::Worked,
            Ok(Turn::Idle) => {}
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(tenant = %tenant.id, %error, "a broadcast cannot be advanced");
            }
        }
    }
    Ok(turn)
}

fn advance_tenant(ports: &Ports, stop: &Stop, tenant: &Tenant) -> StoreResult<Turn> {
    let mut turn = Turn::Idle;
    for mut broadcast in ports.broadcasts.at_work(tenant.id)? {
        let advanced = match broadcast.status {
            BroadcastStatus::Preparing => prepare(ports, stop, tenant, &mut broadcast)?,
            BroadcastStatus::Sending => complete(ports, tenant.id, &broadcast)?,
            BroadcastStatus::Draft
            | BroadcastStatus::Paused
            | BroadcastStatus::Completed
            | BroadcastStatus::Cancelled => false,
        };
        if advanced {
            turn = Turn::Worked;
        }
    }
    Ok(turn)
}

fn prepare(
    ports: &Ports,
    stop: &Stop,
    tenant: &Tenant,
    broadcast: &mut Broadcast,
) -> StoreResult<bool> {
    let as_of = || AsOf::new((ports.clock)(), tenant.time_zone);
    while !stop.is_set() {
        let more = prepare_step(
            &*ports.broadcasts,
            &*ports.listing,
            tenant.id,
            broadcast,
            as_of(),
        )?;
        if !more {
            break;
        }
    }
    Ok(true)
}

fn complete(ports: &Ports, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<bool> {
    let now = (ports.clock)();
    ports.broadcasts.complete_if_done(tenant, broadcast.id, now)
}
