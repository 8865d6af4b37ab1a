//! From rendered mail to tracked, lawful, sent mail (配信), and what is reported about it.
//!
//! One mail to one person is a [`Send`]; it goes through the states of [`SendState`] so that
//! nothing is lost and nothing doubled in silence: the step that may reach the provider is
//! committed before the provider is called. Addresses that refuse or cannot be reached are
//! suppressed (配信停止), whatever becomes of the lead.
//!
//! Ports: [`Mailer`], [`Mailers`], [`SendLog`], [`SendHistory`], [`Suppressions`],
//! [`DeliverySettings`], [`SendWatch`], [`DeliveryReports`], [`ReportLog`], [`MailLinks`],
//! [`MailContents`].

mod absorb;
mod alarm;
pub mod authentication;
mod calls;
mod compose;
mod contents;
mod dispatch;
mod footer;
mod honeypot;
mod links;
mod mail;
mod mailer;
mod policy;
mod provider;
mod report;
mod retry;
mod send;
mod send_log;
mod sender;
mod settings;
mod settling;
mod suppression;
mod unsubscribe;
mod warm_up;
mod window;

pub use absorb::{AbsorbError, AbsorbPorts, Absorbed, absorb};
pub use alarm::*;
pub use compose::{ComposeError, Composed, Composition, compose, merge_fields};
pub use contents::*;
pub use dispatch::{
    ComposedBatch, DispatchPorts, Dispatched, Due, MOST_IN_FLIGHT, SendingTenant, compose_batch,
};
pub use footer::Footer;
pub(crate) use footer::escape_html;
pub use links::*;
pub use mail::{
    LIST_UNSUBSCRIBE, LIST_UNSUBSCRIBE_POST, Mailbox, OutgoingMail, SEND_HEADER, one_line,
};
pub use mailer::*;
pub use policy::*;
pub use provider::{
    DkimSettings, Encryption, MailProvider, OpenSource, ProviderKind, Sealed, SendGridSettings,
    SmtpSettings,
};
pub use report::*;
pub use retry::{MAX_ATTEMPTS, after_outcome};
pub use send::{NewSend, Send, SendCause, SendKey, SendState, SkipReason};
pub use send_log::*;
pub use sender::{SenderItem, SenderProfile};
pub use settings::*;
pub use settling::Standing;
pub use suppression::*;
pub use unsubscribe::{UnsubscribePorts, Unsubscribed, unsubscribe};
pub use warm_up::{WarmUp, WarmUpFault};
pub use window::{SendWindow, SendWindowFault};
