//! A mail provider on loopback that misbehaves as it is told to, and remembers every mail it took.
//!
//! It speaks as much of SendGrid's `POST /v3/mail/send` and of SMTP (RFC 5321) as our mailers use,
//! and is strict about it: what the real ones would refuse is refused here. For each mail it draws
//! a [`Deed`] by the shares of its [`Manners`]; the [`Ledger`] says afterwards what was taken,
//! when, how often, and what its sender was told. For tests and measurements only: it listens on
//! the loopback interface and nowhere else.

mod deed;
mod http;
mod ledger;
mod provider;
mod smtp;
mod stream;

pub use deed::{Deed, Manners};
pub use ledger::{Answer, Ledger, Taken};
pub use provider::{Protocol, Provider};
