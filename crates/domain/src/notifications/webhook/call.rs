//! What another program is told when a step of a campaign calls it.

use chrono::{DateTime, Utc};

use super::WebhookSecret;
use crate::campaigns::CampaignStore;
use crate::ids::{CampaignId, LeadId, ReactionId, StepId, TenantId};
use crate::keys::KeyRing;
use crate::leads::{EmailAddress, Lead};
use crate::notifications::{WebhookSecrets, Webhooks};
use crate::scoring::Band;
use crate::store::{StoreError, StoreResult};
use crate::tenancy::random_256;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookCall {
    /// Where, as the step says; whoever calls looks at it again.
    pub url: String,
    /// What signs it: each of these, the current one first.
    pub secrets: Vec<WebhookSecret>,
    /// When it is signed.
    pub at: DateTime<Utc>,
    /// What it says.
    pub done: StepDone,
}

/// That a step came to a lead.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDone {
    /// Names the occasion: every try of the same call says the same.
    pub id: ReactionId,
    /// Whose campaign it is.
    pub tenant: TenantId,
    /// When the step was done.
    pub at: DateTime<Utc>,
    /// The campaign, and its name.
    pub campaign: (CampaignId, String),
    /// The step.
    pub step: StepId,
    /// The lead.
    pub lead: LeadId,
    /// The lead's address.
    pub email: EmailAddress,
    /// The lead's name.
    pub name: Option<String>,
    /// The lead's score as it is now.
    pub score: i32,
    /// The lead's band as it is now.
    pub band: Band,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The program has taken it: it answered with a status from 200 to 299.
    Taken,
    /// It has not, or nobody knows; the same call may succeed later.
    NotNow {
        /// Why, on one line.
        reason: String,
    },
    /// It must not be called there, however often.
    Never {
        /// Why, on one line.
        reason: String,
    },
}

/// What a call needs.
#[derive(Clone, Copy)]
pub struct WebhookPorts<'a> {
    /// Where campaigns are kept.
    pub campaigns: &'a dyn CampaignStore,
    /// Where secrets are kept.
    pub secrets: &'a dyn WebhookSecrets,
    /// What opens them.
    pub keys: &'a KeyRing,
    /// What calls.
    pub webhooks: &'a dyn Webhooks,
}

/// What a step asks for.
#[derive(Clone, Copy, Debug)]
pub struct WebhookWish<'a> {
    /// The reaction that asks.
    pub reaction: ReactionId,
    /// When the step was done.
    pub at: DateTime<Utc>,
    /// Where to.
    pub url: &'a str,
    /// The campaign.
    pub campaign: CampaignId,
    /// The step.
    pub step: StepId,
}

/// Calls another program about this lead, signed with the tenant's secret, which is made for the
/// first call. A campaign that is gone calls nobody: that counts as taken.
///
/// # Errors
/// Those of the storage, and `Unexpected` where the secret was sealed with keys that are not here.
pub fn call_webhook(
    ports: &WebhookPorts<'_>,
    tenant: TenantId,
    lead: &Lead,
    wish: &WebhookWish<'_>,
    now: DateTime<Utc>,
) -> StoreResult<CallOutcome> {
    let Some(campaign) = ports.campaigns.find(tenant, wish.campaign)? else {
        return Ok(CallOutcome::Taken);
    };
    let secrets = secrets(ports, tenant, now)?;
    Ok(ports.webhooks.call(&WebhookCall {
        url: wish.url.to_owned(),
        secrets,
        at: now,
        done: StepDone {
            id: wish.reaction,
            tenant,
            at: wish.at,
            campaign: (campaign.id, campaign.definition.name),
            step: wish.step,
            lead: lead.id,
            email: lead.email.clone(),
            name: lead.name.clone(),
            score: lead.score,
            band: lead.band,
        },
    }))
}

fn secrets(
    ports: &WebhookPorts<'_>,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> StoreResult<Vec<WebhookSecret>> {
    let stored = match ports.secrets.webhook_secrets(tenant)? {
        Some(stored) => stored,
        None => {
            let (secret, random) = (WebhookSecret::new(random_256()), random_256());
            let (nonce, _) = random.split_first_chunk().expect("12 bytes are within 32");
            let sealed = secret.sealed(ports.keys, *nonce);
            ports.secrets.make_webhook_secret(tenant, &sealed, now)?
        }
    };
    stored
        .signing(ports.keys, now)
        .map_err(StoreError::unexpected)
}
