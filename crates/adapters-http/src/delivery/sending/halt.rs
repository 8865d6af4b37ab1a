//! Stopping everything, and letting it go on.

use domain::delivery::{Halt, HaltedBy};
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};

use super::PATH;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

const HALTED: AuditAction = AuditAction::new("sending.halted");
const RESUMED: AuditAction = AuditAction::new("sending.resumed");

pub(in crate::delivery) async fn stop(me: SignedIn, state: State) -> PageResult {
    let halt = Halt {
        at: me.now(),
        by: HaltedBy::Staff,
    };
    set(me, state, Some(halt)).await?;
    let flash = Flash::success("delivery-sending-halted");
    Ok(redirect(PATH, Some(flash)))
}

pub(in crate::delivery) async fn resume(me: SignedIn, state: State) -> PageResult {
    set(me, state, None).await?;
    let flash = Flash::success("delivery-sending-resumed");
    Ok(redirect(PATH, Some(flash)))
}

/// Whoever comes second finds it done, and leaves no line.
async fn set(me: SignedIn, state: State, halt: Option<Halt>) -> Result<(), Failure> {
    blocking(move || {
        let (tenant, now) = (me.tenant_id(), me.now());
        if !state.ports.delivery_settings.set_halt(tenant, halt, now)? {
            return Ok(());
        }
        let action = if halt.is_some() { HALTED } else { RESUMED };
        let target = AuditTarget::all("sending_policy");
        let entry = AuditEntry::new(me.actor(), action, target, now);
        Ok::<_, Failure>(state.ports.audit.append(tenant, &entry)?)
    })
    .await
}
