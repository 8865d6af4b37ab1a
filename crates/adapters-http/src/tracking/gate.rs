//! Who may report page views, and how often.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ids::EngagementId;
use domain::store::StoreResult;
use domain::tracking::{Origin, RegisteredSite, SiteStore, VisitorId};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;

use crate::error::Failure;
use crate::security::throttle::Throttle;

/// Sites are looked up again after this time, so that several processes agree soon.
const REMEMBERED_FOR: Duration = Duration::from_secs(5);
/// Origins remembered, known and unknown ones together.
const REMEMBERED: u64 = 10_000;
/// Browsers remembered before the quiet ones are forgotten.
const BROWSERS: usize = 50_000;

/// Named reports remembered, and for how long: a tag repeats a report within seconds.
const REPORTS: u64 = 100_000;
const REPEATED_WITHIN: Duration = Duration::from_secs(600);

/// Reports that one client may send in a minute; behind one address of a school are many pupils.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(600).expect("not zero");
/// Page views of one browser in a minute; a person reads more slowly.
const PER_BROWSER: NonZeroU32 = NonZeroU32::new(120).expect("not zero");

/// The sites by origin, and the rates.
#[derive(Debug)]
pub(crate) struct TrackingGate {
    sites: Cache<Origin, Arc<Vec<RegisteredSite>>>,
    addresses: Throttle,
    browsers: DefaultKeyedRateLimiter<VisitorId>,
    reports: Cache<EngagementId, DateTime<Utc>>,
    clock: DefaultClock,
}

impl TrackingGate {
    pub(crate) fn new() -> Self {
        Self {
            sites: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(REMEMBERED_FOR)
                .build(),
            addresses: Throttle::new(PER_ADDRESS, PER_ADDRESS),
            browsers: RateLimiter::keyed(Quota::per_minute(PER_BROWSER)),
            reports: Cache::builder()
                .max_capacity(REPORTS)
                .time_to_live(REPEATED_WITHIN)
                .build(),
            clock: DefaultClock::default(),
        }
    }

    /// The sites of an origin that are remembered; none when they must be looked up.
    pub(super) fn remembered(&self, origin: &Origin) -> Option<Arc<Vec<RegisteredSite>>> {
        self.sites.get(origin)
    }

    /// The sites of an origin, from memory or storage. Blocks.
    pub(super) fn sites(
        &self,
        store: &dyn SiteStore,
        origin: &Origin,
    ) -> StoreResult<Arc<Vec<RegisteredSite>>> {
        if let Some(sites) = self.sites.get(origin) {
            return Ok(sites);
        }
        let sites = Arc::new(store.sites_of_origin(origin)?);
        self.sites.insert(origin.clone(), Arc::clone(&sites));
        Ok(sites)
    }

    /// Forgets what was looked up: a site was registered or removed.
    pub(super) fn forget(&self) {
        self.sites.invalidate_all();
    }

    /// Counts one report of a client.
    pub(super) fn admit_address(&self, address: IpAddr) -> Result<(), Failure> {
        self.addresses.check(address)
    }

    /// When a report says it happened, the first time it was sent. A browser whose clock cannot be
    /// used is given our time, and a repeat must get the same again to be the same engagement.
    pub(super) fn first_time(&self, report: EngagementId, at: DateTime<Utc>) -> DateTime<Utc> {
        self.reports.get_with(report, || at)
    }

    /// Counts one page view of a browser.
    pub(super) fn admit_browser(&self, visitor: VisitorId) -> Result<(), Failure> {
        if self.browsers.len() > BROWSERS {
            self.browsers.retain_recent();
        }
        self.browsers
            .check_key(&visitor)
            .map_err(|denied| Failure::TooMany {
                retry_after: denied.wait_time_from(self.clock.now()),
            })
    }
}
