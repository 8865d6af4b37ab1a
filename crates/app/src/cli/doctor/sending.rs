//! Whether mail may go out at all.

use adapters_postgres::PgStore;
use domain::delivery::{DeliverySettings as _, HaltedBy};
use domain::ids::TenantId;

use super::Findings;
use crate::config::Config;
use crate::restored::Found;

/// Whether the next start will stop everything.
pub(super) fn restored(config: &Config, store: &PgStore, found: &mut Findings) {
    let why = match Found::look(config, store) {
        Ok(Found::Continued) => return,
        Ok(Found::Older) => "is older than what this data folder has seen",
        Ok(Found::Another) => "is another one than this data folder has seen",
        Ok(Found::Marked) => "was restored, as the file `restored` in the data folder says",
        Err(error) => return found.fail("restore", format_args!("{error:#}")),
    };
    let words = format_args!(
        "the database {why}: the next start stops all sending until somebody resumes it under \
         settings"
    );
    found.warn("restore", words);
}

/// Whether an organisation sends.
pub(super) fn halted(store: &PgStore, tenant: TenantId, found: &mut Findings) {
    let halt = match store.sending_policy(tenant) {
        Ok(policy) => policy.halt,
        Err(error) => return found.fail("sending", error),
    };
    let Some(halt) = halt else {
        return found.ok("sending", "not stopped");
    };
    let by = match halt.by {
        HaltedBy::Staff => "by a person",
        HaltedBy::Restore => "after a restore",
    };
    let words = format_args!("stopped {by} since {}; resume it under settings", halt.at);
    found.warn("sending", words);
}
