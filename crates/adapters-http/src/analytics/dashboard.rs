//! `/ui/dashboard`: what the last days brought, and who to call today. (A51–A54)

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveDate, Utc};
use domain::analytics::{Dashboard, PageRank, Period};
use domain::leads::{Direction, LeadFilter, LeadPage, LeadRow, LeadSort};
use domain::scoring::Band;
use domain::store::StoreError;
use domain::tenancy::Permission;
use serde::{Deserialize, Serialize};

use super::figures::{Day, Rank, chart, kpis};
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::State;
use crate::texts;

/// Periods that a click chooses. (A51)
const CHOICES: [u32; 3] = [7, 14, 30];
/// Leads under "who to call today".
const TO_CALL: u32 = 8;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    days: Option<u32>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

#[derive(Serialize)]
struct ToCall {
    id: String,
    name: String,
    company: Option<String>,
    score: i32,
    last_engaged_at: Option<DateTime<Utc>>,
    page_views_7d: u32,
}

#[derive(Serialize)]
struct ImportantPage {
    page: String,
    views: u64,
    clicks: u64,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(asked): Query<Asked>,
) -> PageResult {
    let tenant = me.tenant_id();
    let as_of = me.as_of();
    let period = period(&asked, as_of.today)?;
    let (dashboard, hottest) = blocking(move || {
        let dashboard = state.ports.reports.dashboard(tenant, period)?;
        let hot = LeadFilter {
            bands: [Band::Hot].into(),
            ..LeadFilter::default()
        };
        let page = LeadPage {
            sort: LeadSort::LastEngaged,
            direction: Direction::Desc,
            number: 1,
            size: TO_CALL,
        };
        let hottest = state.ports.lead_listing.page(tenant, &hot, page, as_of)?;
        Ok::<_, StoreError>((dashboard, hottest))
    })
    .await?;
    let to_call: Vec<ToCall> = hottest.iter().map(|row| ToCall::of(row, &me)).collect();
    page(&request, &asked, period, &dashboard)
        .with("to_call", &to_call)
        .render()
}

fn period(asked: &Asked, today: NaiveDate) -> Result<Period, Failure> {
    match (asked.from, asked.to) {
        (Some(from), Some(to)) => Period::between(from, to)
            .map_err(|error| Failure::Invalid(Complaint::about("to", error.to_string()))),
        (Some(_), None) => Err(Failure::Invalid(Complaint::about("to", "is missing"))),
        (None, Some(_)) => Err(Failure::Invalid(Complaint::about("from", "is missing"))),
        (None, None) => Ok(Period::last_days(asked.days.unwrap_or(CHOICES[0]), today)),
    }
}

fn page(request: &HttpRequest, asked: &Asked, period: Period, dashboard: &Dashboard) -> Page {
    let ranking: Vec<Rank> = dashboard.ranking.iter().map(Rank::of).collect();
    let days: Vec<Day> = dashboard.days.iter().map(Day::of).collect();
    let pages: Vec<ImportantPage> = dashboard
        .important_pages
        .iter()
        .map(ImportantPage::of)
        .collect();
    let page = Page::of(request, "analytics/dashboard.html");
    let locale = page.locale();
    let chart = chart(&dashboard.days, |key| {
        texts::text(locale, key, &texts::arguments([]))
    });
    let chosen = match asked.from {
        Some(_) => 0,
        None => asked.days.unwrap_or(CHOICES[0]),
    };
    page.title("analytics-title")
        .nav(Nav::Dashboard)
        .with("choices", &CHOICES)
        .with("chosen", &chosen)
        .with("from", &period.first().to_string())
        .with("to", &period.last().to_string())
        .with("days_in_period", &period.days())
        .with("kpis", &kpis(dashboard))
        .with("hot_now", &dashboard.temperature.hot)
        .with("warm_now", &dashboard.temperature.warm)
        .with("cold_now", &dashboard.temperature.cold)
        .with("became_hot", &dashboard.current.became_hot)
        .with("chart", &chart.to_json())
        .with("days", &days)
        .with("pages", &pages)
        .with("ranking", &ranking)
}

impl ToCall {
    fn of(row: &LeadRow, me: &SignedIn) -> Self {
        let address = if me.can(Permission::SeeAddresses) {
            row.email.to_string()
        } else {
            row.email.masked()
        };
        Self {
            id: row.id.to_string(),
            name: row.name.clone().unwrap_or(address),
            company: row.company.clone(),
            score: row.score,
            last_engaged_at: row.last_engaged_at,
            page_views_7d: row.page_views_7d,
        }
    }
}

impl ImportantPage {
    fn of(rank: &PageRank) -> Self {
        Self {
            page: rank.page.clone(),
            views: rank.views,
            clicks: rank.clicks,
        }
    }
}
