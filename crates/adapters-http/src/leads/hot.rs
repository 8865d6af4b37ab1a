//! 高温度リスト: whom to call, and why (A48, A49).

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use domain::ids::LeadId;
use domain::leads::{LeadSort, ScoreCause};
use domain::scoring::Band;
use domain::store::StoreError;
use serde::Serialize;

use super::list::{Found, Row};
use super::query::LeadQuery;
use super::shown::WebLink;
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::extract::Query;
use crate::pages::{Nav, Page, Pagination};
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/leads/hot";
/// Causes that are shown of a score.
const CAUSES: u32 = 3;

/// A lead with the reasons for its warmth.
#[derive(Serialize)]
struct HotRow {
    #[serde(flatten)]
    row: Row,
    causes: Vec<Cause>,
}

/// One reason.
#[derive(Serialize)]
struct Cause {
    rule: String,
    points: i32,
    times: u32,
    page: Option<WebLink>,
}

impl Cause {
    fn of(cause: ScoreCause) -> Self {
        Self {
            rule: cause.rule,
            points: cause.points,
            times: cause.times,
            page: cause.url.as_deref().map(WebLink::of),
        }
    }
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Query(mut query): Query<LeadQuery>,
) -> PageResult {
    if query.band.is_empty() {
        query.band.push(Band::Hot);
    }
    query.sort.get_or_insert(LeadSort::LastEngaged);
    let (filter, page) = (query.filter()?, query.lead_page());
    let (tenant, as_of) = (me.tenant_id(), me.as_of());
    let (found, mut causes) = blocking(move || {
        let found = Found::read(&state.ports, tenant, &filter, page, as_of)?;
        let ids: Vec<LeadId> = found.rows.iter().map(|row| row.id).collect();
        let causes = state
            .ports
            .lead_insight
            .score_causes(tenant, &ids, CAUSES)?;
        Ok::<_, StoreError>((found, causes))
    })
    .await?;
    let rows: Vec<HotRow> = found
        .shown(&me, as_of.now)
        .into_iter()
        .zip(&found.rows)
        .map(|(row, lead)| HotRow {
            row,
            causes: causes_of(&mut causes, lead.id),
        })
        .collect();
    Page::of(&request, "leads/hot.html")
        .title("leads-hot-title")
        .nav(Nav::HotLeads)
        .with("rows", &rows)
        .with("filter", &query)
        // The band is one condition, and always set.
        .with("is_filtered", &(query.conditions() > 1))
        .with("by_score", &query.heading(PATH, LeadSort::Score))
        .with("by_reaction", &query.heading(PATH, LeadSort::LastEngaged))
        .with("pages", &Pagination::of(&request, page.number, found.total))
        .render()
}

fn causes_of(causes: &mut BTreeMap<LeadId, Vec<ScoreCause>>, lead: LeadId) -> Vec<Cause> {
    let causes = causes.remove(&lead).unwrap_or_default();
    causes.into_iter().map(Cause::of).collect()
}
