//! Mail to many: broadcasts (一斉配信) and, later, campaigns (シナリオ).
//!
//! A [`Broadcast`] sends one template to everyone that a filter finds at the moment it starts.
//! Starting keeps the template as it is then and numbers its links; preparing writes one send for
//! each recipient in chunks that survive a restart; sending is the work of `delivery`.
//!
//! Ports: [`BroadcastStore`], [`BroadcastWork`].

mod broadcast;
mod ports;
mod prepare;
mod start;

pub use broadcast::{
    Broadcast, BroadcastDraft, BroadcastDraftFault, BroadcastStatus, BroadcastTotals,
};
pub use ports::*;
pub use prepare::{PREPARE_CHUNK, prepare_step};
pub use start::{StartPorts, StartRefused, start_broadcast};
