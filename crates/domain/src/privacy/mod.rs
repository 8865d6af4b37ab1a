//! What people want of the mail they get, and on what ground they get it.
//!
//! A person chooses among the topics (配信の種類) of a tenant, pauses all mail for thirty days
//! (30日間休止), stops the tracking (計測の停止, C14) or refuses all mail (配信停止, kept in
//! `delivery` as a suppression of the address): each by one human action, without signing in, in
//! force before the next mail goes out. Looking at a page changes nothing.
//!
//! After tracking was stopped, mails carry the author's own links and no picture, and opens,
//! clicks and page views that still come from earlier mails and known browsers are not stored at
//! all: a row without the person would still be a row about a person who said no.
//!
//! Why somebody may be written to at all is a [`Consent`] (同意の記録); where it has to come from
//! the mailbox itself, a [`Confirmation`] (ダブルオプトイン) asks for it.
//!
//! Ports: [`TopicStore`], [`PreferenceStore`], [`ConsentStore`], [`ConfirmationStore`].

mod confirmation;
mod consent;
mod ports;
mod preferences;
mod restore;
mod settings;
mod standing;
mod token;
mod topic;

pub use confirmation::*;
pub use consent::{Consent, ConsentHow};
pub use ports::*;
pub use preferences::*;
pub use restore::{RestorePorts, Restored, restore, staff_may_restore};
pub use settings::PrivacySettings;
pub use standing::{CONFIRMATION_RECHECK, Wishes, Withheld};
pub use token::ConfirmationToken;
pub use topic::{Topic, TopicDraft, TopicFault};
