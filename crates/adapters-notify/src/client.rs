//! Calling.

use std::sync::Arc;
use std::time::Duration;

use domain::notifications::{CallOutcome, WebhookCall, Webhooks};
use reqwest::blocking::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use thiserror::Error;

use crate::answer::{answered, unanswered};
use crate::document::body;
use crate::reach::{Filter, Lookup, Reach, system_lookup};
use crate::signature::{self, signature};

/// Calls other programs.
///
/// MUST be made on a plain thread before any asynchronous runtime starts, and be used on plain
/// threads only: the blocking client has a runtime of its own, which another refuses to hold.
#[derive(Clone, Debug)]
pub struct WebhookClient {
    http: Client,
    reach: Reach,
}

/// Why there is no client.
#[derive(Debug, Error)]
#[error("the HTTP client for webhooks cannot be made: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl WebhookClient {
    /// How long another program may take to answer.
    pub const DEADLINE: Duration = Duration::from_secs(10);

    /// A client that reaches the public internet only.
    ///
    /// # Errors
    /// If this machine has no certificates to trust.
    pub fn new(deadline: Duration) -> Result<Self, ClientError> {
        Self::with(deadline, Reach::PublicInternet, Arc::new(system_lookup))
    }

    /// A client that reaches what it is told to, by the addresses that `lookup` finds.
    ///
    /// # Errors
    /// If this machine has no certificates to trust.
    pub fn with(
        deadline: Duration,
        reach: Reach,
        lookup: Arc<Lookup>,
    ) -> Result<Self, ClientError> {
        // Another part of the program may have chosen already; the choice is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Client::builder()
            .connect_timeout(deadline)
            .timeout(deadline)
            .redirect(Policy::none())
            // A proxy would look names up by itself.
            .no_proxy()
            .dns_resolver(Arc::new(Filter { reach, lookup }))
            .user_agent(concat!("Ondo/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, reach })
    }
}

impl Webhooks for WebhookClient {
    fn call(&self, call: &WebhookCall) -> CallOutcome {
        let never = |reason: String| CallOutcome::Never { reason };
        let url = match self.reach.url(&call.url) {
            Ok(url) => url,
            Err(refused) => return never(refused.to_string()),
        };
        let body = match body(&call.done) {
            Ok(body) => body,
            Err(error) => return never(error.to_string()),
        };
        let signature = signature(&call.secrets, call.at, &body);
        let sent = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(signature::HEADER, signature)
            .body(body)
            .send();
        match sent {
            Ok(response) => answered(response),
            Err(error) => unanswered(error),
        }
    }
}
