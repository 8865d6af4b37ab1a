//! Engagements (行動): what identified people do with our mails and on the sites.
//!
//! A link in a mail carries a signed [`token`]; the click goes through us, is written to the
//! [`EngagementLog`] and lands on the site with the lead's visitor id (`tid`), which the site tag keeps in the
//! cookie `ma_tid` and sends along with each page view. Every engagement is recorded with a
//! [`MachineVerdict`]; only those of people score.
//!
//! Terms: クリック click · 開封 open · 閲覧 page view · 訪問 web session · 訪問者 visitor ·
//! 重要ページ important page · 自動アクセス machine. Ports: [`EngagementLog`], [`Timeline`],
//! [`SiteStore`], [`ImportantPageStore`].

mod click;
mod client;
mod engagement;
mod important;
mod machine;
mod open;
mod page;
mod page_view;
mod ports;
mod session;
mod site;
pub mod token;
mod visitor;

pub use click::{Click, ClickRefused, click, landing_url};
pub use client::{Client, Network};
pub use engagement::{Action, Engagement, EngagementType, MailRef, MailSource, ReportKind};
pub use important::ImportantPages;
pub use machine::{
    BURST_REACH, BurstClick, MachineReason, MachineVerdict, RequestSigns, bursts,
    verdict_of_request,
};
pub use open::open;
pub use page::{PageUrl, PageUrlError};
pub use page_view::{PageViewInput, PageViewRefused, page_view};
pub use ports::{
    Appended, Decide, EngagementLog, ImportantPage, ImportantPageStore, SiteStore, Timeline,
    TimelineEntry,
};
pub use session::{SESSION_SILENCE, continues_session};
pub use site::{Origin, OriginError, RegisteredSite, Site, SiteKey};
pub use visitor::VisitorId;

#[cfg(feature = "mocks")]
pub use ports::{MockEngagementLog, MockImportantPageStore, MockSiteStore, MockTimeline};
