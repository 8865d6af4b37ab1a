//! Scores (スコア) and bands (温度): what an engagement is worth, and why a lead is hot.
//!
//! Rules, bounds and thresholds are the tenant's data ([`ScoringPolicy`]); a [`preset`] fills them.
//! [`decide()`] turns a lead's new engagements into points. Every point is a line of the history with
//! its rule and cause, and the sum of the history always is the score (D5). Ports:
//! [`ScoringRules`], [`ScoreHistory`].

mod band;
mod decide;
mod once;
mod policy;
mod ports;
pub mod preset;

pub use band::Band;
pub use decide::{
    Granted, LeadChange, LeadState, NewEngagement, RecentClick, Reclassified, ScoreEntry,
    ScoreReason, decide,
};
pub use once::OnceKey;
pub use policy::{Bounds, Repeats, ScoringPolicy, ScoringRule};
pub use ports::{ScoreHistory, ScoreLine, ScoringRules};

#[cfg(feature = "mocks")]
pub use ports::{MockScoreHistory, MockScoringRules};
