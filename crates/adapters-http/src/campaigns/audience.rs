//! Whom a broadcast reaches.

use domain::ids::TenantId;
use domain::leads::{AsOf, LeadFilter};
use domain::store::StoreResult;
use serde::Serialize;

use crate::ports::Ports;

/// How many people a filter finds, told apart by whether mail may go to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Reach {
    /// Mail goes to these.
    pub(super) people: u64,
    /// Found as well, but mail to them is stopped (A44).
    stopped: u64,
}

impl Reach {
    /// Counts both, as of now.
    pub(super) fn of(
        ports: &Ports,
        tenant: TenantId,
        filter: &LeadFilter,
        as_of: AsOf,
    ) -> StoreResult<Self> {
        let found = LeadFilter {
            mailable_only: false,
            ..filter.clone()
        };
        let people = ports
            .lead_listing
            .count(tenant, &mailable(filter.clone()), as_of)?;
        let found = ports.lead_listing.count(tenant, &found, as_of)?;
        Ok(Self {
            people,
            stopped: found.saturating_sub(people),
        })
    }
}

/// The same people without those whom no mail may reach: an audience never holds more (A44).
pub(super) fn mailable(filter: LeadFilter) -> LeadFilter {
    LeadFilter {
        mailable_only: true,
        ..filter
    }
}
