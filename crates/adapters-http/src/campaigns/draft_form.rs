//! The form of a draft and its page.

use actix_web::HttpRequest;
use domain::campaigns::{Broadcast, BroadcastDraft, BroadcastDraftFault};
use domain::content::Template;
use domain::ids::{BroadcastId, TemplateId, TopicId};
use domain::leads::{AsOf, LeadFilter};
use domain::privacy::Topic;
use domain::store::StoreResult;
use domain::tenancy::User;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::audience::{Reach, as_of, mailable};
use super::draft_query::audience_of;
use crate::error::{Failure, PageResult};
use crate::leads::query::LeadQuery;
use crate::pages::{FormErrors, Nav, Page};
use crate::ports::Ports;
use crate::security::SignedIn;

/// What the form sends; the filter comes along as the address of the lead list would have it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftForm {
    name: String,
    #[serde(deserialize_with = "empty_as_none")]
    template: Option<TemplateId>,
    /// Of which kind it is; absent where the tenant has no kinds.
    #[serde(default, deserialize_with = "empty_as_none")]
    pub(super) topic: Option<TopicId>,
    #[serde(default)]
    tracking: bool,
    #[serde(skip_serializing)]
    audience: String,
}

impl DraftForm {
    pub(super) fn blank(template: Option<TemplateId>) -> Self {
        Self {
            name: String::new(),
            template,
            topic: None,
            tracking: true,
            audience: String::new(),
        }
    }

    pub(super) fn of(broadcast: &Broadcast, topic: Option<TopicId>) -> Self {
        Self {
            name: broadcast.name.clone(),
            template: Some(broadcast.template),
            topic,
            tracking: broadcast.tracking,
            audience: LeadQuery::from(&broadcast.audience).text(),
        }
    }

    /// The filter that comes along.
    ///
    /// # Errors
    /// [`Failure::Invalid`] if it is none: the page never sends that.
    pub(super) fn audience(&self) -> Result<LeadQuery, Failure> {
        audience_of(&self.audience)
    }

    /// The draft, or what has to be mended.
    pub(super) fn parsed(&self, audience: LeadFilter) -> Result<BroadcastDraft, FormErrors> {
        let mut errors = FormErrors::default();
        if self.template.is_none() {
            errors.add("template", "campaigns-error-template");
        }
        let draft = BroadcastDraft {
            name: self.name.trim().to_owned(),
            template: self.template.unwrap_or_default(),
            audience: mailable(audience),
            tracking: self.tracking,
        };
        match draft.fault() {
            Some(BroadcastDraftFault::NameMissing) => errors.add("name", "campaigns-error-name"),
            Some(BroadcastDraftFault::NameTooLong) => {
                errors.add("name", "campaigns-error-name-long");
            }
            None => {}
        }
        if errors.is_empty() {
            Ok(draft)
        } else {
            Err(errors)
        }
    }
}

/// What the page offers and counts.
pub(super) struct Offers {
    templates: Vec<Template>,
    topics: Vec<Topic>,
    tags: Vec<String>,
    staff: Vec<User>,
    reach: Reach,
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
        .with("tags", &offers.tags)
        .with("owners", &owners.collect::<Vec<_>>())
        .with("filter", audience)
        .with("audience", &audience.text())
        .with("reach", &offers.reach)
        .errors(errors)
        .render()
}

/// Everything the page needs, read in one go.
pub(super) fn offers(
    ports: &Ports,
    me: &SignedIn,
    audience: &LeadQuery,
) -> Result<Offers, Failure> {
    Ok(Offers::read(ports, me, &audience.filter()?, as_of(me))?)
}
