//! Read models for the screens: dashboard (ダッシュボード), ranking, important pages.
//!
//! Nothing is decided here, and nothing is read but roll-ups, so a screen is as quick with a hundred
//! million engagements as with none; the exception says so. Ports: [`Reports`],
//! [`DeliverabilityReports`].

mod dashboard;
mod deliverability;
mod period;
mod rate;

pub use dashboard::{Dashboard, DayTotals, PageRank, Reports, SourceRank, Temperature, Totals};
pub use deliverability::{DeliverabilityReports, DeliveryCounts, DomainDelivery, Standing};
pub use period::{Period, PeriodError};
pub use rate::Rate;

#[cfg(feature = "mocks")]
pub use dashboard::MockReports;
#[cfg(feature = "mocks")]
pub use deliverability::MockDeliverabilityReports;
