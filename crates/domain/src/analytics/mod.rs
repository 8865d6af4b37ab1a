//! Read models for the screens: dashboard (ダッシュボード), ranking, important pages.
//!
//! Nothing is decided here, and nothing is read but roll-ups, so a screen is as quick with a hundred
//! million engagements as with none. Port: [`Reports`].

mod dashboard;
mod period;
mod rate;

pub use dashboard::{Dashboard, DayTotals, PageRank, Reports, SourceRank, Temperature, Totals};
pub use period::{Period, PeriodError};
pub use rate::Rate;

#[cfg(feature = "mocks")]
pub use dashboard::MockReports;
