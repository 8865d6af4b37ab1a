//! What a program says of a person's consent when it adds the person.

use chrono::{DateTime, SubsecRound, Utc};
use domain::ids::{ConsentId, TenantId};
use domain::leads::Lead;
use domain::privacy::{Consent, ConsentHow, SaidBy};
use domain::tenancy::Tenant;
use serde::Deserialize;

use super::write::DraftDocument;
use crate::error::{Complaint, Failure};
use crate::ports::Ports;
use crate::privacy::confirm::{Asked, Wanted, ask};
use crate::state::AppState;

/// Longest text of a record. Characters.
const MAX_CHARS: usize = 2_000;

/// Where and how a person consented.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentDocument {
    /// The page or the occasion.
    source: String,
    /// What the person read, or its version.
    #[serde(default)]
    shown_text: Option<String>,
    /// When; now if left out.
    #[serde(default)]
    given_at: Option<DateTime<Utc>>,
    /// From which network, already shortened.
    #[serde(default)]
    network: Option<String>,
}

/// What is to be done for the person beside storing them.
pub(super) struct Wish {
    tenant: TenantId,
    consent: Option<ConsentDocument>,
    /// Who asks for confirmation.
    asks: Option<Tenant>,
}

impl Wish {
    /// Takes it out of the document, checked.
    pub(super) fn of(
        ports: &Ports,
        tenant: TenantId,
        document: &mut DraftDocument,
    ) -> Result<Self, Failure> {
        let consent = document.consent.take();
        if let Some(consent) = &consent {
            consent.check(ports.now())?;
        }
        if !document.confirm {
            return Ok(Self {
                tenant,
                consent,
                asks: None,
            });
        }
        if !ports.consents.privacy_settings(tenant)?.double_opt_in {
            let why = "double opt-in is off; an administrator can turn it on in the settings";
            return Err(Failure::Invalid(Complaint::about("confirm", why)));
        }
        if consent.is_none() {
            let why = "say where the person asked for mail when they shall confirm";
            return Err(Failure::Invalid(Complaint::about("consent", why)));
        }
        let asks = ports.tenants.find(tenant)?;
        Ok(Self {
            tenant,
            consent,
            asks,
        })
    }

    /// Records the consent, or asks the person to give it.
    pub(super) fn carry_out(
        self,
        state: &AppState,
        lead: &Lead,
        is_new: bool,
    ) -> Result<Option<Asked>, Failure> {
        let now = state.now().trunc_subsecs(6);
        match (self.consent, self.asks) {
            (Some(consent), Some(tenant)) => {
                let wanted = Wanted {
                    source: consent.source,
                    shown_text: consent.shown_text,
                };
                ask(state, &tenant, lead, is_new, wanted, now).map(Some)
            }
            (Some(consent), None) => {
                let consent = consent.recorded(lead, now);
                state.ports.consents.record_consent(self.tenant, &consent)?;
                Ok(None)
            }
            (None, _) => Ok(None),
        }
    }
}

impl ConsentDocument {
    fn check(&self, now: DateTime<Utc>) -> Result<(), Failure> {
        let wrong = |field, why: &str| Err(Failure::Invalid(Complaint::about(field, why)));
        if self.source.trim().is_empty() {
            return wrong("consent.source", "say where or on what occasion");
        }
        let texts = [
            Some(&self.source),
            self.shown_text.as_ref(),
            self.network.as_ref(),
        ];
        if texts
            .into_iter()
            .flatten()
            .any(|text| text.chars().count() > MAX_CHARS)
        {
            return wrong("consent", "a text in it is longer than 2,000 characters");
        }
        if self.given_at.is_some_and(|at| at > now) {
            return wrong("consent.given_at", "it lies in the future");
        }
        Ok(())
    }

    fn recorded(self, lead: &Lead, now: DateTime<Utc>) -> Consent {
        Consent {
            id: ConsentId::new(),
            lead: lead.id,
            given_at: self.given_at.unwrap_or(now).trunc_subsecs(6),
            how: ConsentHow::Api,
            source: self.source.trim().to_owned(),
            shown_text: self.shown_text,
            network: self.network,
            recorded_by: SaidBy::Program,
            confirmed_at: None,
        }
    }
}
