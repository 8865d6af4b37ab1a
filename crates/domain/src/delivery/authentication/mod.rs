//! What a sending domain publishes so that receivers believe its mail (送信ドメイン認証): SPF, DKIM,
//! DMARC, the return path, and a server that takes answers.
//!
//! [`SendingSetup`] says with what a tenant sends, [`examine()`] looks it up through [`DnsLookup`] and
//! answers a [`Finding`] for each topic, with the exact record to publish. Everything that DNS
//! answers was written by strangers: parsers take any text. (B72)

mod dkim;
mod dmarc;
mod dns;
mod examine;
mod finding;
mod judge;
mod note;
mod setup;
mod spf;
mod tags;
#[cfg(test)]
mod test_keys;
#[cfg(test)]
mod tests;

pub use dkim::RsaPublicKey;
pub use dns::*;
pub use examine::examine;
pub use finding::{Authentication, Finding, PublishedRecord, Topic, Verdict};
pub use note::Note;
pub use setup::{Carrier, DkimIdentity, SendingSetup};
