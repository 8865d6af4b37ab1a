//! What happened to a lead, newest first, a page at a time.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{EngagementType, TimelineEntry};
use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::shown::WebLink;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::Page;
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Entries that are shown at once.
const ENTRIES: u32 = 30;

/// Kinds that people look at together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kinds {
    /// Everything.
    #[default]
    All,
    /// Opened mails.
    Open,
    /// Followed links.
    Click,
    /// Viewed pages.
    PageView,
    /// What became of the mails.
    Delivery,
}

/// Which part of a timeline to show.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TimelineQuery {
    pub(super) kind: Kinds,
    pub(super) before: Option<Cursor<EngagementId>>,
}

/// A part of a timeline.
pub(super) struct Part {
    entries: Vec<TimelineEntry>,
    has_more: bool,
}

/// The part as templates show it.
#[derive(Serialize)]
pub(super) struct Shown {
    kind: Kinds,
    kinds: [Kinds; 5],
    entries: Vec<Entry>,
    /// Where it goes on.
    more: Option<Cursor<EngagementId>>,
}

#[derive(Serialize)]
struct Entry {
    kind: &'static str,
    /// Chooses icon and colour.
    mark: &'static str,
    at: DateTime<Utc>,
    page: Option<WebLink>,
    title: Option<String>,
    referrer: Option<WebLink>,
    broadcast: Option<(String, String)>,
    detail: Option<String>,
    machine: Option<Machine>,
    points: i32,
    rule: Option<String>,
}

#[derive(Serialize)]
struct Machine {
    is_certain: bool,
    reason: &'static str,
}

impl Kinds {
    const ALL: [Self; 5] = [
        Self::All,
        Self::Click,
        Self::PageView,
        Self::Open,
        Self::Delivery,
    ];

    fn types(self) -> &'static [EngagementType] {
        use EngagementType as T;
        match self {
            Self::All => &[],
            Self::Open => &[T::Open],
            Self::Click => &[T::Click],
            Self::PageView => &[T::PageView],
            Self::Delivery => &[
                T::Delivered,
                T::Bounce,
                T::SpamReport,
                T::Unsubscribe,
                T::ProviderClick,
            ],
        }
    }
}

impl Part {
    pub(super) fn read(
        ports: &Ports,
        tenant: TenantId,
        lead: LeadId,
        query: TimelineQuery,
    ) -> StoreResult<Self> {
        let before = query.before.map(Cursor::place);
        let kinds = query.kind.types();
        let mut entries = ports
            .timeline
            .timeline(tenant, lead, kinds, before, ENTRIES + 1)?;
        let has_more = entries.len() > ENTRIES as usize;
        entries.truncate(ENTRIES as usize);
        Ok(Self { entries, has_more })
    }

    pub(super) fn shown(&self, kind: Kinds) -> Shown {
        let last = self.entries.last().filter(|_| self.has_more);
        Shown {
            kind,
            kinds: Kinds::ALL,
            entries: self.entries.iter().map(Entry::of).collect(),
            more: last.map(|entry| Cursor::new(entry.occurred_at, entry.id)),
        }
    }
}

impl Entry {
    fn of(entry: &TimelineEntry) -> Self {
        let broadcast = entry.broadcast.as_ref();
        let reason = entry.verdict.reason();
        Self {
            kind: entry.kind.as_str(),
            mark: mark(entry),
            at: entry.occurred_at,
            page: entry.url.as_deref().map(WebLink::of),
            title: entry.title.clone(),
            referrer: entry.referrer.as_deref().map(WebLink::of),
            broadcast: broadcast.map(|(id, name)| (id.to_string(), name.clone())),
            detail: entry.detail.clone(),
            machine: reason.map(|reason| Machine {
                is_certain: entry.verdict.as_str() == "certain",
                reason: reason.as_str(),
            }),
            points: entry.points,
            rule: entry.rule.as_ref().map(|(_, name)| name.clone()),
        }
    }
}

fn mark(entry: &TimelineEntry) -> &'static str {
    match entry.kind {
        EngagementType::Click | EngagementType::PageView if entry.important => "important",
        EngagementType::Click | EngagementType::ProviderClick => "click",
        EngagementType::PageView => "page_view",
        EngagementType::Open => "open",
        EngagementType::Delivered => "send",
        EngagementType::Bounce | EngagementType::SpamReport | EngagementType::Unsubscribe => "stop",
    }
}

/// The next entries, for htmx.
pub(super) async fn more(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    lead: web::Path<LeadId>,
    Query(query): Query<TimelineQuery>,
) -> PageResult {
    let (tenant, lead) = (me.tenant_id(), lead.into_inner());
    let part = blocking(move || {
        let found = state.ports.leads.find(tenant, lead)?;
        found.ok_or(Failure::NotFound)?;
        Ok::<_, Failure>(Part::read(&state.ports, tenant, lead, query)?)
    })
    .await?;
    let template = match query.before {
        Some(_) => "leads/timeline_entries.html",
        None => "leads/timeline.html",
    };
    Page::of(&request, template)
        .with("lead", &lead)
        .with("timeline", &part.shown(query.kind))
        .render()
}
