//! The mailer over SMTP, and the outbox of the demo.
//!
//! [`SmtpMailer`] talks to one mail server over a few connections that it keeps open. It walks
//! through the conversation itself, because what an interruption means depends on how far the
//! conversation had come: before the mail was handed over it can be tried again, after that
//! nobody knows. [`Outbox`] writes mails into a folder instead, where the interface shows them.

mod connections;
mod message;
mod outbox;
mod settings;
mod smtp;
mod wire;

pub use outbox::Outbox;
pub use settings::{Credentials, Dkim, SettingsError, SmtpConfig};
pub use smtp::SmtpMailer;
