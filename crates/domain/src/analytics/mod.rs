//! Read models for the screens: dashboard (ダッシュボード), ranking, important pages.
//!
//! Nothing is decided here, and nothing is read but roll-ups, so a screen is as quick with a hundred
//! million engagements as with none; the exceptions say so. Ports: [`Reports`], [`MailReports`],
//! [`DeliverabilityReports`].

mod dashboard;
mod deliverability;
mod mail;
mod period;
mod rate;

pub use dashboard::{Dashboard, DayTotals, PageRank, Reports, SourceRank, Temperature, Totals};
pub use deliverability::{DeliverabilityReports, DeliveryCounts, DomainDelivery, Standing};
pub use mail::{
    CoursePoint, IndustryFigures, LinkFigures, LinkShare, MailCounts, MailDay, MailHour,
    MailReports, SentContent, StepOfContent, TemplateFigures, course_by_day, course_by_hour,
    shares,
};
pub use period::{Period, PeriodError};
pub use rate::Rate;

#[cfg(feature = "mocks")]
pub use dashboard::MockReports;
#[cfg(feature = "mocks")]
pub use deliverability::MockDeliverabilityReports;
#[cfg(feature = "mocks")]
pub use mail::MockMailReports;
