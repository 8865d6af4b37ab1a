//! Signed calls of other programs, on the public internet only.
//!
//! [`WebhookClient`] posts what a step of a campaign tells another program (docs/HTTP-API.md,
//! "Webhooks of campaigns"). The address comes from somebody who may not reach our own network, so
//! it is looked at before the call, and what its name leads to is looked at whenever a connection
//! is made: a name that led to the internet when the campaign was saved may lead home by then
//! (V-30). Redirects are not followed, proxies of the environment are not used.

mod answer;
mod client;
mod document;
mod reach;
mod signature;

pub use client::{ClientError, WebhookClient};
pub use reach::{Lookup, Reach, system_lookup};
