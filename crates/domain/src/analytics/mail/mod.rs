//! What became of the mails of a broadcast, a campaign or a template. (C11, C16, C17, C31)

mod counts;
mod course;
mod industries;
mod links;
mod ports;

pub use counts::MailCounts;
pub use course::{CoursePoint, MailDay, MailHour, course_by_day, course_by_hour};
pub use industries::IndustryFigures;
pub use links::{LinkFigures, LinkShare, SentContent, StepOfContent, shares};
#[cfg(feature = "mocks")]
pub use ports::MockMailReports;
pub use ports::{MailReports, TemplateFigures};
