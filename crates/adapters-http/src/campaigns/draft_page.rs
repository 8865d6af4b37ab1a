//! The page on which a draft is made, and what it offers.

use actix_web::HttpRequest;
use domain::campaigns::AbMetric;
use domain::content::Template;
use domain::ids::BroadcastId;
use domain::leads::{AsOf, LeadFilter};
use domain::privacy::Topic;
use domain::store::StoreResult;
use domain::tenancy::User;
use serde::Serialize;

use super::audience::Reach;
use super::draft_form::DraftForm;
use crate::error::{Failure, PageResult};
use crate::leads::query::LeadQuery;
use crate::pages::{FormErrors, Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::texts;

/// What the page offers and counts.
pub(super) struct Offers {
    templates: Vec<Template>,
    topics: Vec<Topic>,
    tags: Vec<String>,
    staff: Vec<User>,
    reach: Reach,
    has_list: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

impl Offers {
    pub(super) fn read(
        ports: &Ports,
        me: &SignedIn,
        filter: &LeadFilter,
        as_of: AsOf,
    ) -> StoreResult<Self> {
        let tenant = me.tenant_id();
        Ok(Self {
            templates: ports.templates.list(tenant)?,
            topics: ports.topics.topics(tenant)?,
            tags: ports.lead_listing.tags(tenant)?,
            staff: ports.users.list(tenant)?,
            reach: Reach::of(ports, tenant, filter, as_of)?,
            has_list: filter.listed_for.is_some(),
        })
    }
}

/// The page of a new draft or an old one.
pub(super) fn page(
    request: &HttpRequest,
    id: Option<BroadcastId>,
    form: &DraftForm,
    audience: &LeadQuery,
    offers: &Offers,
    errors: &FormErrors,
) -> PageResult {
    let page = Page::of(request, "campaigns/draft.html");
    let metrics = AbMetric::ALL.map(|metric| {
        let key = format!("campaigns-ab-metric-{}", metric.as_str());
        Choice {
            value: metric.as_str().to_owned(),
            label: texts::text(page.locale(), &key, &texts::arguments([])),
        }
    });
    let page = match id {
        Some(_) => page.titled(&form.name),
        None => page.title("campaigns-new"),
    };
    let templates = offers.templates.iter().map(|it| Choice {
        value: it.id.to_string(),
        label: it.name.clone(),
    });
    let topics = offers.topics.iter().map(|it| Choice {
        value: it.id.to_string(),
        label: it.name.clone(),
    });
    let owners = offers.staff.iter().map(|it| Choice {
        value: it.id.to_string(),
        label: it.name.clone(),
    });
    page.nav(Nav::Broadcasts)
        .with("id", &id)
        .with("form", form)
        .with("templates", &templates.collect::<Vec<_>>())
        .with("topics", &topics.collect::<Vec<_>>())
        .with("metrics", &metrics)
        .with("tags", &offers.tags)
        .with("owners", &owners.collect::<Vec<_>>())
        .with("filter", audience)
        .with("audience", &audience.text())
        .with("reach", &offers.reach)
        .with("has_list", &offers.has_list)
        .errors(errors)
        .render()
}

/// Everything the page needs, read in one go; `listed_for` if the draft goes to a list.
pub(super) fn offers(
    ports: &Ports,
    me: &SignedIn,
    audience: &LeadQuery,
    listed_for: Option<BroadcastId>,
) -> Result<Offers, Failure> {
    let filter = LeadFilter {
        listed_for,
        ..audience.filter()?
    };
    Ok(Offers::read(ports, me, &filter, me.as_of())?)
}
