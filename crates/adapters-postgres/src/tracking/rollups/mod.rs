//! Roll-ups: what the screens read, counted in the transaction of the events.

mod links;
mod write;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::LeadId;
use domain::scoring::{Band, ScoringPolicy};
use domain::tracking::{EngagementType, PageUrl};
use uuid::Uuid;

use self::links::Links;
use super::batch::{Changes, Item};
use super::join::Joined;
use super::leads::LockedLeads;

#[derive(Clone, Copy, Debug, Default)]
struct Activity {
    opens: i32,
    clicks: i32,
    page_views: i32,
    important_page_views: i32,
    sessions: i32,
    machine_events: i32,
}

/// What happened to the mails of one source on one day.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::tracking) struct Delivery {
    pub(in crate::tracking) delivered: i64,
    pub(in crate::tracking) bounces: i64,
    pub(in crate::tracking) complaints: i64,
    pub(in crate::tracking) unsubscribes: i64,
    pub(in crate::tracking) opens: i64,
    pub(in crate::tracking) unique_opens: i64,
    pub(in crate::tracking) machine_opens: i64,
    pub(in crate::tracking) clicks: i64,
    pub(in crate::tracking) unique_clicks: i64,
    pub(in crate::tracking) machine_clicks: i64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bands {
    became_warm: i64,
    became_hot: i64,
    left_hot: i64,
}

/// The counts of one batch, by key.
pub(in crate::tracking) struct Rollups<'a> {
    policy: &'a ScoringPolicy,
    engagement: BTreeMap<(NaiveDate, &'static str), (i64, i64)>,
    activity: BTreeMap<(LeadId, NaiveDate), Activity>,
    pages: BTreeMap<(NaiveDate, String), (i64, i64)>,
    delivery: BTreeMap<(NaiveDate, Uuid), Delivery>,
    bands: BTreeMap<NaiveDate, Bands>,
    links: Links,
}

impl<'a> Rollups<'a> {
    pub(in crate::tracking) fn new(policy: &'a ScoringPolicy) -> Self {
        Self {
            policy,
            engagement: BTreeMap::new(),
            activity: BTreeMap::new(),
            pages: BTreeMap::new(),
            delivery: BTreeMap::new(),
            bands: BTreeMap::new(),
            links: Links::default(),
        }
    }

    /// Counts what the log did not have before.
    pub(in crate::tracking) fn count(&mut self, items: &[Item<'_>]) {
        for item in items.iter().filter(|item| item.is_new) {
            let engagement = item.engagement;
            let (kind, human) = (engagement.kind(), item.verdict.is_human());
            let day = self.policy.day(engagement.occurred_at);
            let (humans, machines) = self.engagement.entry((day, kind.as_str())).or_default();
            *humans += i64::from(human);
            *machines += i64::from(!human);
            if let Some(lead) = item.lead {
                let activity = self.activity.entry((lead, day)).or_default();
                activity.count(kind, human, item.important);
                activity.sessions += i32::from(human && item.begins_session);
            }
            if let Some(page) = engagement.page().filter(|_| item.important && human) {
                self.important(day, page, kind, 1);
            }
            self.links.count(item);
            self.report(item, kind);
        }
    }

    /// Counts for the lead what a stranger did before; for the tenant it was counted then.
    pub(in crate::tracking) fn count_joined(&mut self, joined: &Joined) {
        for view in &joined.page_views {
            let engagement = &view.engagement;
            let day = self.policy.day(engagement.occurred_at);
            let activity = self.activity.entry((view.lead, day)).or_default();
            let human = engagement.verdict.is_human();
            activity.count(engagement.kind(), human, view.important);
        }
        for (lead, began_at) in &joined.visits {
            let day = self.policy.day(*began_at);
            self.activity.entry((*lead, day)).or_default().sessions += 1;
        }
    }

    /// Counts leads that changed their band.
    pub(in crate::tracking) fn count_bands(&mut self, locked: &LockedLeads, changes: &Changes) {
        for (lead, change) in changes {
            let (Some(before), Some(last)) = (locked.get(lead), change.history.last()) else {
                continue;
            };
            let day = self.policy.day(last.occurred_at);
            let bands = self.bands.entry(day).or_default();
            let became = |band| change.band == band && before.band != band;
            bands.became_warm += i64::from(became(Band::Warm) && before.band < Band::Warm);
            bands.became_hot += i64::from(became(Band::Hot));
            bands.left_hot += i64::from(before.band == Band::Hot && change.band != Band::Hot);
        }
    }

    /// Moves clicks that turned out to be a machine's from one count to the other.
    pub(in crate::tracking) fn take_back(&mut self, changes: &Changes) {
        for (lead, change) in changes {
            for old in &change.reclassified {
                let day = self.policy.day(old.click.at);
                let kind = EngagementType::Click;
                let (humans, machines) = self.engagement.entry((day, kind.as_str())).or_default();
                *humans -= 1;
                *machines += 1;
                let activity = self.activity.entry((*lead, day)).or_default();
                activity.clicks -= 1;
                activity.machine_events += 1;
                self.links.take_back(*lead, old);
                let page = old.url.as_deref().and_then(|url| PageUrl::parse(url).ok());
                if let Some(page) = page.filter(|page| self.policy.important_pages.contain(page)) {
                    self.important(day, &page, kind, -1);
                }
            }
        }
    }

    /// Adds to what became of the mails of a source on the day of `at`.
    pub(in crate::tracking) fn deliver(
        &mut self,
        at: DateTime<Utc>,
        source: Uuid,
        counts: Delivery,
    ) {
        let day = self.policy.day(at);
        self.delivery.entry((day, source)).or_default().add(&counts);
    }

    fn important(&mut self, day: NaiveDate, page: &PageUrl, kind: EngagementType, by: i64) {
        let (views, clicks) = self.pages.entry((day, page.page())).or_default();
        if kind == EngagementType::Click {
            *clicks += by;
        } else {
            *views += by;
        }
    }

    fn report(&mut self, item: &Item<'_>, kind: EngagementType) {
        let counts = match kind {
            EngagementType::Delivered => Delivery {
                delivered: 1,
                ..Delivery::default()
            },
            EngagementType::Bounce => Delivery {
                bounces: 1,
                ..Delivery::default()
            },
            EngagementType::SpamReport => Delivery {
                complaints: 1,
                ..Delivery::default()
            },
            EngagementType::Unsubscribe => Delivery {
                unsubscribes: 1,
                ..Delivery::default()
            },
            EngagementType::Open
            | EngagementType::Click
            | EngagementType::PageView
            | EngagementType::ProviderClick
            | EngagementType::Custom => return,
        };
        let source = item.engagement.mail().and_then(|mail| mail.source);
        let source = source.map_or_else(Uuid::nil, domain::tracking::MailSource::uuid);
        self.deliver(item.engagement.occurred_at, source, counts);
    }
}

impl Activity {
    fn count(&mut self, kind: EngagementType, human: bool, important: bool) {
        if !human {
            self.machine_events += 1;
            return;
        }
        match kind {
            EngagementType::Open => self.opens += 1,
            EngagementType::Click => self.clicks += 1,
            EngagementType::PageView => {
                self.page_views += 1;
                self.important_page_views += i32::from(important);
            }
            EngagementType::Delivered
            | EngagementType::Bounce
            | EngagementType::SpamReport
            | EngagementType::Unsubscribe
            | EngagementType::ProviderClick
            | EngagementType::Custom => {}
        }
    }
}

impl Delivery {
    fn add(&mut self, other: &Self) {
        self.delivered += other.delivered;
        self.bounces += other.bounces;
        self.complaints += other.complaints;
        self.unsubscribes += other.unsubscribes;
        self.opens += other.opens;
        self.unique_opens += other.unique_opens;
        self.machine_opens += other.machine_opens;
        self.clicks += other.clicks;
        self.unique_clicks += other.unique_clicks;
        self.machine_clicks += other.machine_clicks;
    }
}
