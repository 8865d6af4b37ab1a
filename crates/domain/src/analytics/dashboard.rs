//! What the dashboard shows. (A51–A54)

use chrono::NaiveDate;

use super::{Period, Rate};
use crate::ids::TenantId;
use crate::store::StoreResult;
use crate::tracking::MailSource;

/// The counts of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Mails that a provider accepted.
    pub sends: u64,
    /// Mails opened at least once, as far as an open can be seen: a reference value (参考値).
    pub unique_opens: u64,
    /// Opens by machines, such as Apple's mail privacy proxy.
    pub machine_opens: u64,
    /// Mails of which a link was followed by a person.
    pub unique_clicks: u64,
    /// Clicks by persons.
    pub clicks: u64,
    /// Clicks by scanners and the like.
    pub machine_clicks: u64,
    /// Mails that came back.
    pub bounces: u64,
    /// Refusals of further mail.
    pub unsubscribes: u64,
    /// Page views by persons.
    pub page_views: u64,
    /// Page views by programs.
    pub machine_page_views: u64,
    /// Leads that became hot.
    pub became_hot: u64,
}

impl Totals {
    /// 開封率: a reference value.
    #[must_use]
    pub const fn open_rate(&self) -> Rate {
        Rate::of(self.unique_opens, self.sends)
    }

    /// クリック率: the rate to go by.
    #[must_use]
    pub const fn click_rate(&self) -> Rate {
        Rate::of(self.unique_clicks, self.sends)
    }
}

/// The counts of one day, for the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayTotals {
    /// The tenant's day.
    pub day: NaiveDate,
    /// Mails accepted.
    pub sends: u64,
    /// Opens by persons.
    pub opens: u64,
    /// Clicks by persons.
    pub clicks: u64,
    /// Page views by persons.
    pub page_views: u64,
    /// Leads that became hot.
    pub became_hot: u64,
}

/// An important page and how often it was wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRank {
    /// Host and path.
    pub page: String,
    /// Views by persons.
    pub views: u64,
    /// Clicks on links to it.
    pub clicks: u64,
}

/// A broadcast or campaign among others, with all that came of it to this day: the reactions of a
/// few days may be those to mails of earlier days, and make no rate with the mails of these. (A53)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRank {
    /// Which one.
    pub source: MailSource,
    /// Its name.
    pub name: String,
    /// Mails accepted since its first.
    pub sends: u64,
    /// How many of them were opened.
    pub unique_opens: u64,
    /// How many of them were clicked.
    pub unique_clicks: u64,
}

impl SourceRank {
    /// クリック率
    #[must_use]
    pub const fn click_rate(&self) -> Rate {
        Rate::of(self.unique_clicks, self.sends)
    }

    /// 開封率: a reference value.
    #[must_use]
    pub const fn open_rate(&self) -> Rate {
        Rate::of(self.unique_opens, self.sends)
    }
}

/// How many leads are how warm now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Temperature {
    /// 低温
    pub cold: u64,
    /// 中温
    pub warm: u64,
    /// 高温
    pub hot: u64,
}

/// All of the dashboard that is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dashboard {
    /// The period.
    pub current: Totals,
    /// As many days before it.
    pub previous: Totals,
    /// Leads by band, now.
    pub temperature: Temperature,
    /// Every day of the period, first to last, with or without counts.
    pub days: Vec<DayTotals>,
    /// The ten most wanted important pages.
    pub important_pages: Vec<PageRank>,
    /// The ten best by click rate of the broadcasts and campaigns that sent mail in the period.
    pub ranking: Vec<SourceRank>,
}

/// Read models.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Reports: Send + Sync {
    /// The dashboard of a period, from roll-ups only.
    ///
    /// # Errors
    /// The storage's.
    fn dashboard(&self, tenant: TenantId, period: Period) -> StoreResult<Dashboard>;
}
