//! Of which kind the mails of a campaign are (配信の種類).

use actix_web::web;
use domain::ids::{CampaignId, TenantId, TopicId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::MailSource;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::CHANGED;
use super::create::audit;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// The kinds that there are, and the one of this campaign.
#[derive(Serialize)]
pub(super) struct Topics {
    all: Vec<Choice>,
    chosen: Option<String>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
}

impl Topics {
    pub(super) fn of(ports: &Ports, tenant: TenantId, id: CampaignId) -> StoreResult<Self> {
        let chosen = ports.topics.topic_of(tenant, MailSource::Campaign(id))?;
        let choices = ports.topics.topics(tenant)?.into_iter();
        let choices = choices.map(|topic| Choice {
            value: topic.id.to_string(),
            label: topic.name,
        });
        Ok(Self {
            all: choices.collect(),
            chosen: chosen.map(|topic| topic.to_string()),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopicForm {
    #[serde(deserialize_with = "empty_as_none")]
    topic: Option<TopicId>,
}

pub(super) async fn choose(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Form(form): Form<TopicForm>,
) -> PageResult {
    let id = campaign.into_inner();
    let is_kept = blocking(move || {
        let (tenant, ports) = (me.tenant_id(), &state.ports);
        let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let source = MailSource::Campaign(id);
        match ports.topics.assign_topic(tenant, source, form.topic) {
            Ok(true) => audit(&state, &me, CHANGED, &campaign).map(|()| true),
            Ok(false) => Err(Failure::NotFound),
            Err(StoreError::InUse(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    })
    .await?;
    let flash = if is_kept {
        Flash::success("campaigns-topic-saved")
    } else {
        Flash::danger("campaigns-error-topic")
    };
    Ok(redirect(&format!("/ui/campaigns/{id}"), Some(flash)))
}
