//! What every request of every worker shares.

use actix_web::web;
use domain::keys::KeyRing;
use ipnet::IpNet;
use url::Url;

use crate::pages::Pages;
use crate::ports::Ports;
use crate::security::passwords::Argon2idHasher;
use crate::security::throttle::Throttle;
use crate::tracking::TrackingGate;

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
    /// How often one client may try things that cost us something.
    pub(crate) sign_in_throttle: Throttle,
    /// Who may report page views, and how often.
    pub(crate) tracking: TrackingGate,
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

/// How much a request may bring. Bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A submitted form.
    pub form: usize,
    /// A body of the JSON interface.
    pub json: usize,
    /// An uploaded file.
    pub upload: usize,
    /// A post of a provider's webhook.
    pub webhook: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            form: 1024 * 1024,
            json: 256 * 1024,
            upload: 20 * 1024 * 1024,
            webhook: 2 * 1024 * 1024,
        }
    }
}

impl AppState {
    /// The state of an installation.
    ///
    /// # Errors
    /// If a template is broken; the text names the place.
    pub fn new(
        ports: Ports,
        keys: KeyRing,
        address: PublicAddress,
        limits: Limits,
    ) -> Result<Self, tera::Error> {
        Ok(Self {
            ports,
            pages: Pages::load()?,
            keys,
            passwords: Argon2idHasher::new(),
            address,
            limits,
            sign_in_throttle: Throttle::sign_in(),
            tracking: TrackingGate::new(),
        })
    }
}
