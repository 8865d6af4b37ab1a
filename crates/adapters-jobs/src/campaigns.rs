//! Broadcasts on their way from their time to completed.

use chrono::SubsecRound as _;
use domain::campaigns::{Broadcast, BroadcastStatus, PreparePorts, conduct_test, prepare_step};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use crate::{Ports, Stop, Turn};

/// Takes the broadcasts of every tenant on: starts those whose time has come, prepares, finds the
/// winners of tests, completes.
///
/// One tenant's trouble does not stop the others.
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
            BroadcastStatus::Scheduled => start(ports, tenant.id, &broadcast)?,
            BroadcastStatus::Preparing => prepare(ports, stop, tenant, &mut broadcast)?,
            BroadcastStatus::Testing => conduct(ports, stop, tenant, &mut broadcast)?,
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

fn start(ports: &Ports, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<bool> {
    // Links carry whole seconds: one that starts within its second starts in the next.
    let now = (ports.clock)().trunc_subsecs(0);
    if broadcast.scheduled_at.is_none_or(|at| at > now) {
        return Ok(false);
    }
    ports.broadcasts.start_scheduled(tenant, broadcast.id, now)
}

fn prepare(
    ports: &Ports,
    stop: &Stop,
    tenant: &Tenant,
    broadcast: &mut Broadcast,
) -> StoreResult<bool> {
    let prepare = PreparePorts {
        work: &*ports.broadcasts,
        tests: &*ports.ab_tests,
        leads: &*ports.listing,
    };
    while !stop.is_set() {
        let now = (ports.clock)();
        if !prepare_step(&prepare, tenant.id, broadcast, tenant.time_zone, now)? {
            break;
        }
    }
    Ok(true)
}

fn conduct(
    ports: &Ports,
    stop: &Stop,
    tenant: &Tenant,
    broadcast: &mut Broadcast,
) -> StoreResult<bool> {
    let mut has_worked = false;
    while !stop.is_set() {
        let (tests, now) = (&*ports.ab_tests, (ports.clock)());
        if !conduct_test(tests, tenant.id, broadcast, tenant.time_zone, now)? {
            break;
        }
        has_worked = true;
    }
    Ok(has_worked)
}

fn complete(ports: &Ports, tenant: TenantId, broadcast: &Broadcast) -> StoreResult<bool> {
    let now = (ports.clock)();
    ports.broadcasts.complete_if_done(tenant, broadcast.id, now)
}
