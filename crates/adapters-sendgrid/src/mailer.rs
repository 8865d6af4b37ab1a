//! Handing mails to SendGrid.

use std::time::Duration;

use chrono::Utc;
use domain::delivery::{Mailer, OutgoingMail, ProviderKind, SendOutcome, Wait};
use reqwest::blocking::Client;
use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::answer::Answer;
use crate::request::SendRequest;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections to SendGrid, shared by the mailers of all tenants.
///
/// MUST be made on a plain thread before any asynchronous runtime starts, and be used on plain
/// threads only: the blocking client has a runtime of its own, which another refuses to hold.
#[derive(Clone, Debug)]
pub struct SendGridClient {
    http: Client,
    send_url: String,
}

/// Why there is no client.
#[derive(Debug, Error)]
#[error("the HTTP client for SendGrid cannot be made: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl SendGridClient {
    /// The address of the interface outside tests.
    pub const BASE_URL: &'static str = "https://api.sendgrid.com";

    /// A client for the interface at `base_url`; `timeout` is for a whole request.
    ///
    /// # Errors
    /// If this machine has no certificates to trust.
    pub fn new(base_url: &str, timeout: Duration) -> Result<Self, ClientError> {
        // Another part of the program may have chosen already; the choice is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(Policy::none())
            .user_agent(concat!("Ondo/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            send_url: format!("{}/v3/mail/send", base_url.trim_end_matches('/')),
        })
    }

    /// The mailer of the account that this key belongs to.
    #[must_use]
    pub fn mailer(&self, api_key: SecretString) -> SendGridMailer {
        SendGridMailer {
            client: self.clone(),
            api_key,
        }
    }
}

/// Hands mails to one account of SendGrid.
#[derive(Clone, Debug)]
pub struct SendGridMailer {
    client: SendGridClient,
    api_key: SecretString,
}

impl Mailer for SendGridMailer {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let sent = self
            .client
            .http
            .post(&self.client.send_url)
            .bearer_auth(self.api_key.expose_secret())
            .json(&SendRequest::new(mail))
            .send();
        let response = match sent {
            Ok(response) => response,
            Err(error) => return unanswered(error),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        // The status has come: a body that breaks off only costs the explanation.
        let body = response.text().unwrap_or_default();
        let header = |name: &'static str| text_of(&headers, &HeaderName::from_static(name));
        let answer = Answer {
            status,
            message_id: header("x-message-id"),
            reset: header("x-ratelimit-reset"),
            retry_after: text_of(&headers, &RETRY_AFTER),
            body: &body,
        };
        answer.outcome(&mail.send.to_string(), Utc::now())
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::SendGrid
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Without a connection nothing was handed over; with one, nobody knows.
fn unanswered(error: reqwest::Error) -> SendOutcome {
    let not_sent = error.is_connect() || error.is_builder();
    let reason = reason_of(error);
    if not_sent {
        SendOutcome::Deferred {
            reason,
            wait: Wait::Backoff,
        }
    } else {
        SendOutcome::Unknown { reason }
    }
}

fn reason_of(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut reason = format!("SendGrid: {error}");
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        reason = format!("{reason}: {inner}");
        cause = inner.source();
    }
    domain::delivery::one_line(&reason)
}
