//! What every request of every worker shares.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::keys::KeyRing;
use domain::store::StoreResult;
use domain::tracking::NetworkClasses;
use ipnet::IpNet;
use url::Url;

use crate::content::ImageMemory;
use crate::delivery::deliverability::DeliverabilityMemory;
use crate::metrics::HttpMetrics;
use crate::pages::Pages;
use crate::ports::Ports;
use crate::rates::{RateLimits, Rates};
use crate::security::passwords::Argon2idHasher;
use crate::security::throttle::Throttle;
use crate::security::token_memory::TokenMemory;
use crate::tracking::{FirstTimes, SiteDirectory};

/// [`AppState`] as handlers take it.
pub(crate) type State = web::Data<AppState>;

/// What every request of every worker shares.
#[derive(Debug)]
pub struct AppState {
    /// Storage and everything else outside.
    pub ports: Ports,
    /// The templates.
    pub pages: Pages,
    /// The keys of the installation.
    pub keys: KeyRing,
    /// Hashes and verifies passwords.
    pub passwords: Argon2idHasher,
    /// How the outside reaches this installation.
    pub address: PublicAddress,
    /// How much is taken in.
    pub limits: Limits,
    /// Whose network an address belongs to: the built-in lists and what the operator added.
    pub networks: NetworkClasses,
    /// What operators see.
    pub(crate) metrics: HttpMetrics,
    /// How often one client may try things that cost us something.
    pub(crate) sign_in_throttle: Throttle,
    /// How often one client may have the name servers asked again.
    pub(crate) dns_throttle: Throttle,
    /// What is known about how mail arrives.
    pub(crate) deliverability: DeliverabilityMemory,
    /// How often one may report.
    pub(crate) rates: Rates,
    /// The tokens that were verified lately.
    pub(crate) tokens: TokenMemory,
    /// The registered sites.
    pub(crate) sites: SiteDirectory,
    /// When reports of page views first came.
    pub(crate) first_times: FirstTimes,
    /// Pictures that mail programs fetched lately.
    pub(crate) images: ImageMemory,
}

/// How the outside reaches this installation.
#[derive(Clone, Debug)]
pub struct PublicAddress {
    /// Scheme, host and port that browsers use, as in `https://ondo.example.jp/`.
    pub url: Url,
    /// Proxies that may say in `X-Forwarded-For` whom they speak for.
    pub trusted_proxies: Vec<IpNet>,
    /// The page of the demo's mailbox, if this is the demo.
    pub mailbox: Option<Url>,
}

impl PublicAddress {
    /// Whether browsers come over TLS: then cookies are `Secure` and bound to the host.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }
}

/// How much is taken in, and how long anybody waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A submitted form. Bytes.
    pub form: usize,
    /// A body of the JSON interface. Bytes.
    pub json: usize,
    /// An uploaded file. Bytes.
    pub upload: usize,
    /// A post of a provider's webhook. Bytes.
    pub webhook: usize,
    /// A visitor who clicks, and a mail program that shows a picture, waits no longer than this
    /// for the record.
    pub click_deadline: Duration,
    /// Whoever needs to know that a report is durable waits no longer than this.
    pub answer_deadline: Duration,
    /// How often one may report.
    pub rates: RateLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            form: 1024 * 1024,
            json: 256 * 1024,
            upload: 20 * 1024 * 1024,
            webhook: 2 * 1024 * 1024,
            click_deadline: Duration::from_millis(40),
            answer_deadline: Duration::from_secs(10),
            rates: RateLimits::default(),
        }
    }
}

impl AppState {
    /// The state of an installation. Reads the registered sites, and again every two seconds on a
    /// thread that ends with the state; a storage that is away is no error.
    ///
    /// # Errors
    /// If a template is broken; the text names the place.
    pub fn new(
        ports: Ports,
        keys: KeyRing,
        address: PublicAddress,
        limits: Limits,
        networks: NetworkClasses,
        metrics: HttpMetrics,
    ) -> Result<Self, tera::Error> {
        Ok(Self {
            pages: Pages::load()?,
            keys,
            passwords: Argon2idHasher::new(),
            address,
            limits,
            networks,
            metrics,
            sign_in_throttle: Throttle::sign_in(),
            dns_throttle: Throttle::dns(),
            deliverability: DeliverabilityMemory::new(),
            rates: Rates::new(limits.rates),
            tokens: TokenMemory::new(),
            sites: SiteDirectory::start(Arc::clone(&ports.sites)),
            first_times: FirstTimes::new(),
            images: ImageMemory::default(),
            ports,
        })
    }

    /// The state of the application that this request came to.
    ///
    /// # Panics
    /// If the request does not come from an application of [`crate::configure`].
    pub(crate) fn of(request: &HttpRequest) -> &State {
        request
            .app_data::<State>()
            .expect("every application has its state")
    }

    /// What the clock of the installation shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.ports.now()
    }

    /// Reads the registered sites now, for whoever has changed them without a request. Blocks.
    ///
    /// # Errors
    /// The storage's; the sites that are known stay known.
    pub fn reload_sites(&self) -> StoreResult<()> {
        self.sites.reload()
    }
}
