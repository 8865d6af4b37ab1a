//! Settings of delivery, the queue and history of sends, suppressions, and reports of providers.
//!
//! Rows are locked in one order everywhere: sends by their ids, then addresses, then the counts of
//! days. The engagement log keeps to the same order.

mod claim;
pub(crate) mod contents;
mod daily;
mod ended;
mod history;
mod log;
pub(crate) mod queue;
mod record;
mod reports;
mod resolve;
mod room;
mod settings;
mod source;
mod stored_policy;
mod stored_provider;
mod suppressions;
mod watch;
