//! The list of leads.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::ids::{TenantId, UserId};
use domain::leads::{AsOf, LeadFilter, LeadPage, LeadRow, LeadSort};
use domain::store::StoreResult;
use domain::tenancy::User;
use serde::Serialize;

use super::next_step::NextStep;
use super::query::{Heading, LeadQuery};
use super::shown::{self, Phone, WebLink};
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::extract::Query;
use crate::pages::{Nav, Page, Pagination};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/leads";

/// A lead in a list (A48).
#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: String,
    name: Option<String>,
    email: String,
    company: Option<String>,
    phone: Option<Phone>,
    tags: Vec<String>,
    owner: Option<String>,
    score: i32,
    band: &'static str,
    last_engaged_at: Option<DateTime<Utc>>,
    last_clicked: Option<WebLink>,
    page_views_7d: u32,
    mail_stopped: bool,
    next: NextStep,
}

/// A choice of a field.
#[derive(Debug, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}

#[derive(Serialize)]
struct Headings {
    score: Heading,
    last_engaged: Heading,
    name: Heading,
    email: Heading,
}

/// One page of a list, and what its filters offer.
pub(super) struct Found {
    pub(super) rows: Vec<LeadRow>,
    pub(super) total: u64,
    pub(super) tags: Vec<String>,
    pub(super) staff: Vec<User>,
}

impl Found {
    pub(super) fn read(
        ports: &Ports,
        tenant: TenantId,
        filter: &LeadFilter,
        page: LeadPage,
        as_of: AsOf,
    ) -> StoreResult<Self> {
        Ok(Self {
            rows: ports.lead_listing.page(tenant, filter, page, as_of)?,
            total: ports.lead_listing.count(tenant, filter, as_of)?,
            tags: ports.lead_listing.tags(tenant)?,
            staff: ports.users.list(tenant)?,
        })
    }

    /// The rows as this person may see them.
    pub(super) fn shown(&self, me: &SignedIn, now: DateTime<Utc>) -> Vec<Row> {
        let names: BTreeMap<UserId, &str> = self
            .staff
            .iter()
            .map(|user| (user.id, user.name.as_str()))
            .collect();
        let owner = |row: &LeadRow| row.owner.and_then(|id| names.get(&id).copied());
        let rows = self.rows.iter();
        rows.map(|row| Row::of(me, row, owner(row), now)).collect()
    }
}

impl Row {
    fn of(me: &SignedIn, row: &LeadRow, owner: Option<&str>, now: DateTime<Utc>) -> Self {
        Self {
            id: row.id.to_string(),
            name: row.name.clone(),
            email: shown::address(me, &row.email),
            company: row.company.clone(),
            phone: Phone::shown(me, row.phone.as_deref()),
            tags: row.tags.iter().cloned().collect(),
            owner: owner.map(str::to_owned),
            score: row.score,
            band: row.band.as_str(),
            last_engaged_at: row.last_engaged_at,
            last_clicked: row.last_clicked_url.as_deref().map(WebLink::of),
            page_views_7d: row.page_views_7d,
            mail_stopped: row.mail_stopped,
            next: NextStep::of(row, now),
        }
    }
}

/// The staff as choices of an owner.
pub(super) fn owners(staff: &[User]) -> Vec<Choice> {
    let choice = |user: &User| Choice {
        value: user.id.to_string(),
        label: user.name.clone(),
    };
    staff.iter().map(choice).collect()
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(query): Query<LeadQuery>,
) -> PageResult {
    let (filter, page) = (query.filter()?, query.lead_page());
    let (tenant, as_of) = (me.tenant_id(), me.as_of());
    let found = blocking(move || Found::read(&state.ports, tenant, &filter, page, as_of)).await?;
    let heading = |sort| query.heading(PATH, sort);
    let headings = Headings {
        score: heading(LeadSort::Score),
        last_engaged: heading(LeadSort::LastEngaged),
        name: heading(LeadSort::Name),
        email: heading(LeadSort::Email),
    };
    Page::of(&request, "leads/list.html")
        .title("leads-title")
        .nav(Nav::Leads)
        .with("rows", &found.shown(&me, as_of.now))
        .with("owners", &owners(&found.staff))
        .with("tags", &found.tags)
        .with("filter", &query)
        .with("conditions", &query.conditions())
        .with(
            "is_filtered",
            &(query.conditions() > 0 || query.q.is_some()),
        )
        .with("query", &query.text())
        .with("headings", &headings)
        .with("pages", &Pagination::of(&request, page.number, found.total))
        .render()
}
