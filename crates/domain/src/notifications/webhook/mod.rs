//! Calls of other programs.

mod call;
mod public_url;
mod secret;

pub use call::{CallOutcome, StepDone, WebhookCall, WebhookPorts, WebhookWish, call_webhook};
pub use public_url::{NotPublic, is_public_address, public_url};
pub use secret::{OVERLAP, StoredSecrets, WebhookSecret};
