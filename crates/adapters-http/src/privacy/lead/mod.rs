//! What staff see of a lead's consent and wishes, and what they may change.

pub(super) mod change;
pub(super) mod consent;
mod view;

use domain::delivery::Suppression;
use domain::ids::{LeadId, TenantId};
use domain::privacy::{Confirmation, Consent, LeadPreferences, SaidBy, Topic};
use domain::tenancy::User;

use crate::error::Failure;
use crate::ports::Ports;

/// What is recorded of one lead.
pub(crate) struct LeadWishes {
    consents: Vec<Consent>,
    confirmation: Option<Confirmation>,
    topics: Vec<Topic>,
    preferences: LeadPreferences,
    /// Those of staff who said something of this.
    staff: Vec<User>,
}

impl LeadWishes {
    pub(crate) fn read(ports: &Ports, tenant: TenantId, lead: LeadId) -> Result<Self, Failure> {
        let mut found = Self {
            consents: ports.consents.consents(tenant, lead)?,
            confirmation: ports.confirmations.confirmation_of(tenant, lead)?,
            topics: ports.topics.topics(tenant)?,
            preferences: ports.preferences.preferences(tenant, lead)?,
            staff: Vec::new(),
        };
        if found.said().any(|by| by.user().is_some()) {
            found.staff = ports.users.list(tenant)?;
        }
        Ok(found)
    }

    /// Everybody who said something.
    fn said(&self) -> impl Iterator<Item = SaidBy> {
        let wanted = &self.preferences;
        let choices = wanted.topics.values().map(|choice| choice.said.by);
        let pause = wanted.pause.map(|pause| pause.said.by);
        let tracking = wanted.tracking_stopped.map(|said| said.by);
        let consents = self.consents.iter().map(|consent| consent.recorded_by);
        choices.chain(pause).chain(tracking).chain(consents)
    }

    /// Whether staff may lift what stops mail.
    pub(crate) fn may_restore(&self, stop: &Suppression) -> bool {
        domain::privacy::staff_may_restore(stop, &self.consents)
    }
}
