//! `GET /api/v1/leads`: by words, band or address, in the order of their ids.

use actix_web::HttpResponse;
use domain::ids::{LeadId, TenantId};
use domain::leads::{AsOf, EmailAddress, Lead, LeadFilter};
use domain::scoring::Band;
use domain::store::StoreResult;
use serde::{Deserialize, Serialize};

use super::document::LeadDocument;
use super::limit;
use crate::blocking::blocking;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::ports::Ports;
use crate::security::ApiCaller;
use crate::state::State;

/// Longest text to look for, in characters.
const TEXT_MAX: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListQuery {
    q: Option<String>,
    band: Vec<Band>,
    email: Option<EmailAddress>,
    /// The last lead seen.
    cursor: Option<LeadId>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct List<'a> {
    leads: Vec<LeadDocument<'a>>,
    next_cursor: Option<LeadId>,
}

/// What to look for.
struct Search {
    filter: LeadFilter,
    email: Option<EmailAddress>,
    after: Option<LeadId>,
    limit: u32,
}

impl ListQuery {
    fn search(self) -> Result<Search, Failure> {
        let q = self.q.unwrap_or_default();
        if q.chars().any(char::is_control) || q.chars().count() > TEXT_MAX {
            let reason = "it is too long or has control characters in it";
            return Err(Failure::Invalid(Complaint::about("q", reason)));
        }
        Ok(Search {
            filter: LeadFilter {
                q: Some(q).filter(|q| !q.is_empty()),
                bands: self.band.into_iter().collect(),
                ..LeadFilter::default()
            },
            email: self.email,
            after: self.cursor,
            limit: limit(self.limit)?,
        })
    }
}

impl Search {
    /// One lead more than was asked for tells whether there are more.
    fn run(&self, ports: &Ports, tenant: TenantId, as_of: AsOf) -> StoreResult<Vec<Lead>> {
        let Some(email) = &self.email else {
            let (filter, after) = (&self.filter, self.after);
            let listing = &ports.lead_listing;
            return listing.walk(tenant, filter, after, self.limit + 1, as_of);
        };
        let found = ports.leads.find_by_email(tenant, email)?;
        let bands = &self.filter.bands;
        let fits = |lead: &Lead| bands.is_empty() || bands.contains(&lead.band);
        Ok(found.into_iter().filter(fits).collect())
    }
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, search) = (caller.tenant_id(), query.search()?);
    // No condition of this list counts back in days, so that the zone does not matter.
    let as_of = AsOf::new(caller.now(), chrono_tz::UTC);
    let most = search.limit as usize;
    let mut found = blocking(move || search.run(&state.ports, tenant, as_of)).await?;
    let has_more = found.len() > most;
    found.truncate(most);
    let last = found.last().filter(|_| has_more).map(|lead| lead.id);
    Ok(HttpResponse::Ok().json(List {
        leads: found.iter().map(LeadDocument::of).collect(),
        next_cursor: last,
    }))
}
