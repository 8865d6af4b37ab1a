//! What happened to a lead, newest first, a page at a time.

mod entry;

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{EngagementType, TimelineEntry};
use serde::{Deserialize, Serialize};

use self::entry::Entry;
use super::cursor::Cursor;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::pages::Page;
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Entries that are shown at once.
const ENTRIES: u32 = 30;
/// Entries among which those of machines are looked for at once.
const LOOKED_AT: u32 = 1000;

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
    /// What the customer's programs report.
    Custom,
    /// What became of the mails.
    Delivery,
    /// What machines did.
    Machine,
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
    /// Where it goes on.
    more: Option<Place>,
}

type Place = (DateTime<Utc>, EngagementId);

fn place(entry: &TimelineEntry) -> Place {
    (entry.occurred_at, entry.id)
}

/// The part as templates show it.
#[derive(Serialize)]
pub(super) struct Shown {
    kind: Kinds,
    kinds: [Kinds; 7],
    entries: Vec<Entry>,
    /// Where it goes on.
    more: Option<Cursor<EngagementId>>,
}

impl Kinds {
    const ALL: [Self; 7] = [
        Self::All,
        Self::Click,
        Self::PageView,
        Self::Open,
        Self::Custom,
        Self::Delivery,
        Self::Machine,
    ];

    fn types(self) -> &'static [EngagementType] {
        use EngagementType as T;
        match self {
            Self::All => &[],
            Self::Custom => &[T::Custom],
            Self::Machine => &[T::Open, T::Click, T::PageView],
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
        if query.kind == Kinds::Machine {
            return Self::of_machines(ports, tenant, lead, before);
        }
        let kinds = query.kind.types();
        let mut entries = ports
            .timeline
            .timeline(tenant, lead, kinds, before, ENTRIES + 1)?;
        let has_more = entries.len() > ENTRIES as usize;
        entries.truncate(ENTRIES as usize);
        let more = entries.last().filter(|_| has_more).map(place);
        Ok(Self { entries, more })
    }

    /// Looks through a limited number of entries for those of machines; where it goes on may lie
    /// behind entries that were left out.
    fn of_machines(
        ports: &Ports,
        tenant: TenantId,
        lead: LeadId,
        before: Option<Place>,
    ) -> StoreResult<Self> {
        let kinds = Kinds::Machine.types();
        let looked_at = ports
            .timeline
            .timeline(tenant, lead, kinds, before, LOOKED_AT)?;
        let is_full = looked_at.len() >= LOOKED_AT as usize;
        let last = looked_at.last().filter(|_| is_full).map(place);
        let mut entries = looked_at;
        entries.retain(|entry| !entry.verdict.is_human());
        let more = match entries.get(ENTRIES as usize - 1) {
            Some(end) if entries.len() > ENTRIES as usize => Some(place(end)),
            Some(_) | None => last,
        };
        entries.truncate(ENTRIES as usize);
        Ok(Self { entries, more })
    }

    pub(super) fn shown(&self, kind: Kinds) -> Shown {
        Shown {
            kind,
            kinds: Kinds::ALL,
            entries: self.entries.iter().map(Entry::of).collect(),
            more: self.more.map(|(at, id)| Cursor::new(at, id)),
        }
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
