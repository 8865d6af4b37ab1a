//! Group commit: the engagements of many requests become durable in one commit, or in one fsync.
//!
//! ```text
//! take ─► queue ──► writer 1..N ──► log.append (one commit) ──► every request gets its answer
//!           │            └─ failed, or hangs ─┐
//!           └─ full, too old, breaker open ───┴─► spool lane ──► spool.append (one fsync) ──► answer
//!                                                                     │
//!                                      log.append ◄── replayer ◄──────┘
//! ```
//!
//! * A request is answered once, and only when its engagements are durable or cannot be:
//!   [`Kept::InLog`], [`Kept::InSpool`], [`Kept::Buried`] or
//!   [`NotKept`](domain::tracking::NotKept). There is no way to drop a request unanswered.
//! * Whenever the outcome of a commit is unknown, the same engagements go to the spool with the same
//!   ids. The log keeps an id once, so this repeats nothing. Nothing here relies on an order.
//! * Everything is bounded: both queues by rows and bytes, the spool by its own limit. What fits
//!   nowhere is refused and counted.
//! * A tenant that floods the queue waits behind itself, not in front of the others.
//!
//! [`GroupCommit`] owns the threads; its [`Handle`] is the [`Intake`](domain::tracking::Intake).
//!
//! [`Kept::InLog`]: domain::tracking::Kept::InLog
//! [`Kept::InSpool`]: domain::tracking::Kept::InSpool
//! [`Kept::Buried`]: domain::tracking::Kept::Buried

mod attempt;
mod batch;
mod breaker;
#[cfg(feature = "fault-switches")]
mod fault;
mod flight;
mod gauges;
mod group_commit;
mod lanes;
mod metrics;
mod panics;
mod ports;
mod queue;
mod replayer;
mod request;
mod rescue;
mod settings;
mod shared;
mod spool_lane;
mod threads;
mod weight;
mod writer;

#[cfg(test)]
mod fixtures;

pub use breaker::BreakerSettings;
pub use group_commit::{GroupCommit, Handle};
pub use ports::{Clock, DecideFn, IntakePorts};
pub use settings::IntakeSettings;
