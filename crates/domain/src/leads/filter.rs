//! Which leads to list, in what order.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::email::EmailAddress;
use crate::ids::{BroadcastId, LeadId, UserId};
use crate::scoring::Band;

/// Which leads; every condition that is set must hold. The default is everyone (A49).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeadFilter {
    /// Words that must all occur in name, kana, company or address, in any spelling.
    pub q: Option<String>,
    /// In one of these bands; empty: in any.
    pub bands: BTreeSet<Band>,
    /// 卒業年度
    pub graduation_year: Option<i32>,
    /// 学年
    pub grade: Option<String>,
    /// Has every one of these tags.
    pub tags: BTreeSet<String>,
    /// 担当者
    pub owner: Option<UserId>,
    /// 業種
    pub industry: Option<String>,
    /// 都道府県 or 地域
    pub region: Option<String>,
    /// Reacted in the last so many days.
    pub engaged_within_days: Option<u32>,
    /// Viewed at least so many pages in the last seven days.
    pub min_page_views_7d: Option<u32>,
    /// Reacted in this way, within `engaged_within_days` where that is set too.
    pub reacted: Option<ReactionKind>,
    /// Only those whom mail may reach: address not suppressed (A44).
    pub mailable_only: bool,
    /// On the list that was uploaded for this broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_for: Option<BroadcastId>,
}

/// A way to react that leads can be told apart by (A49).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReactionKind {
    /// Opened a mail.
    Open,
    /// Clicked a link in a mail.
    Click,
    /// Viewed a page.
    PageView,
    /// Viewed an important page.
    ImportantPageView,
}

/// The moment that "the last seven days" counts back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The moment.
    pub now: DateTime<Utc>,
    /// Its day in the tenant's time zone, the day of the roll-ups.
    pub today: NaiveDate,
}

/// The columns that a list can be sorted by; nothing else ever reaches an `ORDER BY` (V-12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadSort {
    /// By score.
    #[default]
    Score,
    /// By the last reaction; those without one last.
    LastEngaged,
    /// By the day they became known.
    Created,
    /// By name; those without one last.
    Name,
    /// By address.
    Email,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Small before great.
    Asc,
    /// Great before small.
    #[default]
    Desc,
}

/// One page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeadPage {
    /// Sorted by this, then by id, so that no lead is on two pages.
    pub sort: LeadSort,
    /// Which end comes first.
    pub direction: Direction,
    /// Counted from 1.
    pub number: u32,
    /// Leads on a page.
    pub size: u32,
}

/// A lead as lists show it (A48).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadRow {
    /// Names the lead.
    pub id: LeadId,
    /// Shown masked where the reader need not know it (A60).
    pub email: EmailAddress,
    /// 氏名
    pub name: Option<String>,
    /// 会社名 or 学校名
    pub company: Option<String>,
    /// 電話番号, for those who may call.
    pub phone: Option<String>,
    /// タグ
    pub tags: BTreeSet<String>,
    /// 担当者
    pub owner: Option<UserId>,
    /// Both parts of the score, clamped.
    pub score: i32,
    /// 温度
    pub band: Band,
    /// The last reaction.
    pub last_engaged_at: Option<DateTime<Utc>>,
    /// Where the last click went.
    pub last_clicked_url: Option<String>,
    /// Pages viewed in the last seven days, today included.
    pub page_views_7d: u32,
    /// The address is suppressed: no mail goes there, whatever the score (A44).
    pub mail_stopped: bool,
    /// When Ondo first knew them.
    pub created_at: DateTime<Utc>,
}

impl AsOf {
    /// `now`, for a tenant that lives in `zone`.
    #[must_use]
    pub fn new(now: DateTime<Utc>, zone: Tz) -> Self {
        Self {
            now,
            today: now.with_timezone(&zone).date_naive(),
        }
    }

    /// The first day of the last `days` days, today included.
    #[must_use]
    pub fn first_day_of_last(&self, days: u32) -> NaiveDate {
        let back = TimeDelta::days(i64::from(days.clamp(1, MOST_DAYS_BACK)) - 1);
        self.today.checked_sub_signed(back).unwrap_or(self.today)
    }

    /// The moment `days` times 24 hours ago.
    #[must_use]
    pub fn days_ago(&self, days: u32) -> DateTime<Utc> {
        let back = TimeDelta::days(i64::from(days.min(MOST_DAYS_BACK)));
        self.now.checked_sub_signed(back).unwrap_or(self.now)
    }
}

/// A century: more days than any record goes back, few enough to stay within a calendar.
const MOST_DAYS_BACK: u32 = 36_525;

impl LeadPage {
    /// The most leads on one page.
    pub const MAX_SIZE: u32 = 200;

    /// Page `number` (from 1) of `size` leads; what is out of bounds is brought within them.
    #[must_use]
    pub fn new(sort: LeadSort, direction: Direction, number: u32, size: u32) -> Self {
        Self {
            sort,
            direction,
            number: number.clamp(1, 1_000_000),
            size: size.clamp(1, Self::MAX_SIZE),
        }
    }

    /// Leads before this page.
    #[must_use]
    pub fn offset(&self) -> i64 {
        i64::from(self.number.saturating_sub(1)) * i64::from(self.size)
    }
}

impl LeadSort {
    /// Every order.
    pub const ALL: [Self; 5] = [
        Self::Score,
        Self::LastEngaged,
        Self::Created,
        Self::Name,
        Self::Email,
    ];

    /// The name in addresses and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::LastEngaged => "last_engaged",
            Self::Created => "created",
            Self::Name => "name",
            Self::Email => "email",
        }
    }

    /// The order with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == name)
    }
}

impl Direction {
    /// The name in addresses and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }

    /// The direction with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Asc, Self::Desc]
            .into_iter()
            .find(|direction| direction.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_columns_sort_a_list() {
        // V-12
        for sort in LeadSort::ALL {
            assert_eq!(LeadSort::parse(sort.as_str()), Some(sort));
        }
        assert_eq!(LeadSort::parse("score;select pg_sleep(5)--"), None);
        assert_eq!(LeadSort::parse("password_hash"), None);
        assert_eq!(Direction::parse("asc,(select 1)"), None);
    }

    #[test]
    fn a_stored_filter_with_an_unknown_condition_is_refused() {
        // V-12
        let read = serde_json::from_str::<LeadFilter>;
        assert_eq!(read("{}").unwrap(), LeadFilter::default());
        let filter = read(r#"{"bands": ["hot"], "reacted": "page_view"}"#).unwrap();
        assert_eq!(filter.bands, BTreeSet::from([Band::Hot]));
        assert_eq!(filter.reacted, Some(ReactionKind::PageView));
        for text in [
            r#"{"__class__": 1}"#,
            r#"{"bands": ["x' or 1=1"]}"#,
            r#"{"owner": "1 or 1=1"}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_seven_days_end_with_today_in_the_tenants_zone() {
        let late = DateTime::parse_from_rfc3339("2026-11-20T15:30:00Z").unwrap();
        let as_of = AsOf::new(late.to_utc(), chrono_tz::Asia::Tokyo);
        assert_eq!(as_of.today.to_string(), "2026-11-21");
        assert_eq!(as_of.first_day_of_last(7).to_string(), "2026-11-15");
        assert_eq!(as_of.first_day_of_last(1), as_of.today);
        assert!(as_of.days_ago(u32::MAX) < as_of.now);
    }

    #[test]
    fn a_page_is_within_bounds() {
        let page = |number, size| LeadPage::new(LeadSort::Score, Direction::Desc, number, size);
        assert_eq!(page(0, 0), page(1, 1));
        assert_eq!(page(3, 1_000).offset(), 400);
    }
}
