//! The mailer and the delivery reports over SendGrid's v3 interface.
//!
//! SendGrid's JSON stops in this crate: [`SendGridMailer`] turns our mail into a `/v3/mail/send`
//! request and its answer into a `SendOutcome`; [`EventWebhook`] checks the signature of a post of
//! events over the raw bytes, and only then reads it.

mod answer;
mod event;
mod mailer;
mod request;
mod signature;
mod webhook;

pub use mailer::{ClientError, SendGridClient, SendGridMailer};
pub use webhook::EventWebhook;
