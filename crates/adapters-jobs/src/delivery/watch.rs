//! What comes back stops what goes out.

use domain::delivery::watch;
use domain::leads::AsOf;
use domain::store::{StoreError, StoreResult};

use crate::{Ports, Stop, Turn};

/// Pauses the broadcasts and campaigns of every tenant that bring back more than they may. One
/// tenant's trouble does not stop the others.
///
/// # Errors
/// `Unavailable` if the storage is away.
pub fn watch_sending(ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
    for tenant in ports.tenants.list()? {
        if stop.is_set() {
            break;
        }
        let as_of = AsOf::new((ports.clock)(), tenant.time_zone);
        match watch(&*ports.settings, &*ports.watch, tenant.id, as_of) {
            Ok(paused) => {
                for (source, alarm) in paused {
                    let (tenant, alarm) = (tenant.id, alarm.as_str());
                    tracing::warn!(%tenant, ?source, alarm, "paused for what came back");
                }
            }
            Err(error @ StoreError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(tenant = %tenant.id, %error, "the tenant's sending cannot be watched");
            }
        }
    }
    // Whatever was paused: there is nothing more to see before the next look.
    Ok(Turn::Idle)
}
