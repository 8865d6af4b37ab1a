//! What a change sets in motion (自動処理).
//!
//! A change writes its [`Reaction`]s in its own transaction; workers claim and carry them out
//! later, each exactly once in effect, because its id is derived from its cause and whatever it
//! does is idempotent. The intake decides with [`AutomationPolicy`], which is empty, and costs
//! nothing, for a tenant without active campaigns.
//!
//! Port: [`ReactionQueue`].

mod decide;
mod lead_change;
mod policy;
mod ports;
mod reaction;
mod wording;

pub use decide::{HISTORY, News, reactions};
pub use lead_change::fulfilled;
pub use policy::{ActiveTrigger, AutomationPolicy};
pub use ports::*;
pub use reaction::{Carrier, ClaimedReaction, HOLD, Reaction, ReactionKind, StaffReaction};
pub use wording::worded;
