//! How often clients, browsers and organisations may report.

use std::net::IpAddr;
use std::num::NonZeroU32;

use domain::ids::TenantId;
use domain::tracking::VisitorId;

use crate::security::client_ip::ClientKey;
use crate::security::rate::{Exceeded, Rate, Standing};

/// How often one may report: requests or engagements a minute, 0 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests of one address (of IPv6: one /48): behind one address of a school are many pupils.
    pub per_address: u32,
    /// Page views of one browser; a person reads more slowly.
    pub per_visitor: u32,
    /// Engagements of one organisation.
    pub per_tenant: u32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            per_address: 600,
            per_visitor: 120,
            per_tenant: 300_000,
        }
    }
}

/// Clients that are counted at a time, at most.
const CLIENTS: u64 = 50_000;
/// Organisations that are counted at a time, at most.
const TENANTS: u64 = 10_000;

/// The limits at work.
#[derive(Debug)]
pub(crate) struct Rates {
    tracking: Rate<ClientKey>,
    programs: Rate<ClientKey>,
    visitors: Rate<VisitorId>,
    tenants: Rate<TenantId>,
}

type Counted = Result<Option<Standing>, Exceeded>;

impl Rates {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            tracking: Rate::per_minute(limits.per_address, CLIENTS),
            programs: Rate::per_minute(limits.per_address, CLIENTS),
            visitors: Rate::per_minute(limits.per_visitor, CLIENTS),
            tenants: Rate::per_minute(limits.per_tenant, TENANTS),
        }
    }

    /// Counts a request of a client to the endpoints that mails and pages call.
    pub(crate) fn tracking(&self, address: IpAddr) -> Counted {
        self.tracking.count(ClientKey::of(address), NonZeroU32::MIN)
    }

    /// Counts a request of a client to the JSON interface.
    pub(crate) fn program(&self, address: IpAddr) -> Counted {
        self.programs.count(ClientKey::of(address), NonZeroU32::MIN)
    }

    /// Counts a page view of a browser.
    pub(crate) fn visitor(&self, visitor: VisitorId) -> Counted {
        self.visitors.count(visitor, NonZeroU32::MIN)
    }

    /// Counts engagements of an organisation.
    pub(crate) fn tenant(&self, tenant: TenantId, engagements: NonZeroU32) -> Counted {
        self.tenants.count(tenant, engagements)
    }

    /// Whether what a mail brings may be recorded: an endpoint that answers all the same.
    pub(crate) fn admits(&self, address: IpAddr, tenant: TenantId) -> bool {
        self.tracking(address).is_ok() && self.tenant(tenant, NonZeroU32::MIN).is_ok()
    }
}
