//! What staff and other programs are told (お知らせ・Webhook).
//!
//! A member of staff finds a [`Notification`] behind the bell of the interface, and a message of a
//! campaign also in their mailbox. Another program is called at its address with a signed document
//! ([`WebhookCall`]), which only ever goes to the public internet ([`public_url`]).
//!
//! Ports: [`Inbox`], [`Webhooks`], [`WebhookSecrets`].

mod mail;
mod notification;
mod ports;
mod recipients;
mod tell;
mod webhook;

pub use mail::staff_mail;
pub use notification::{MESSAGE_MAX, Notice, Notification};
pub use ports::*;
pub use recipients::{marketers, recipients};
pub use tell::{TellPorts, Told, tell};
pub use webhook::*;
