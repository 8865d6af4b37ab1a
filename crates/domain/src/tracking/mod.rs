//! Engagements (行動): what identified people do with our mails and on the sites.
//!
//! A link in a mail carries a signed [`token`]; the click goes through us, is written to the
//! [`EngagementLog`] and lands on the site with the lead's visitor id (`tid`), which the site tag keeps in the
//! cookie `ma_tid` and sends along with each page view. Every engagement is recorded with a
//! [`MachineVerdict`]; only those of people score.
//!
//! Terms: クリック click · 開封 open · 閲覧 page view · 訪問 web session · 訪問者 visitor ·
//! 重要ページ important page · 自動アクセス machine. Ports: [`EngagementLog`], [`Intake`], [`Spool`],
//! [`DeadEngagements`], [`Timeline`], [`SiteStore`], [`ImportantPageStore`].

mod click;
mod client;
mod custom;
mod custom_event;
mod engagement;
mod important;
mod intake;
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
pub use custom::{CustomEventError, EventName, Properties, PropertyValue, Subject};
pub use custom_event::{CustomEventInput, CustomEventRefused, EventKey, custom_event};
pub use engagement::{Action, Engagement, EngagementType, MailRef, MailSource, ReportKind};
pub use important::ImportantPages;
pub use intake::{
    Answer, DeadEngagement, DeadEngagements, Intake, IntakeState, Kept, NotKept, Spool, SpoolError,
    SpoolPosition, SpoolState, Spooled, Taken, take_and_wait,
};
pub use machine::{
    BURST_REACH, BURST_VIEW, BurstClick, BurstWindow, HONEYPOT_LINK, MachineReason, MachineVerdict,
    NetworkClass, NetworkClasses, NetworkLineFault, NetworkList, NetworkListError, RequestSigns,
    burst_windows, by_company, verdict_after_hand_over, verdict_of_open, verdict_of_request,
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
pub use visitor::{JOINED_HISTORY, JOINED_PAGE_VIEWS, VisitorId};

#[cfg(feature = "mocks")]
pub use intake::{MockDeadEngagements, MockIntake, MockSpool};
#[cfg(feature = "mocks")]
pub use ports::{MockEngagementLog, MockImportantPageStore, MockSiteStore, MockTimeline};
