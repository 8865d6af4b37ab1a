use chrono::{DateTime, Utc};
use domain::delivery::SuppressionReason;
use domain::ids::{ConfirmationId, ConsentId, LeadId, TenantId};
use domain::privacy::{Confirmation, ConfirmationStore, Consent, ConsentHow, Funnel, SaidBy};
use domain::store::StoreResult;

use super::Privacy;
use crate::in_memory::InMemoryMail;

impl Privacy {
    fn question(&mut self, tenant: TenantId, id: ConfirmationId) -> Option<&mut Confirmation> {
        let mut all = self.confirmations.iter_mut();
        let found = all.find(|((owner, _), asked)| *owner == tenant && asked.id == id);
        found.map(|(_, asked)| asked)
    }
}

impl ConfirmationStore for InMemoryMail {
    fn confirmation(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
    ) -> StoreResult<Option<Confirmation>> {
        Ok(self.state().privacy_mut().question(tenant, id).cloned())
    }

    fn confirmation_of(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Option<Confirmation>> {
        let state = self.state();
        Ok(state.privacy.confirmations.get(&(tenant, lead)).cloned())
    }

    fn ask(
        &self,
        tenant: TenantId,
        question: &Confirmation,
    ) -> StoreResult<Option<ConfirmationId>> {
        if !self.has_lead(tenant, question.lead)? {
            return Ok(None);
        }
        let mut state = self.state();
        let all = &mut state.privacy_mut().confirmations;
        let kept = all
            .entry((tenant, question.lead))
            .or_insert_with(|| question.clone());
        if kept.confirmed_at.is_some() {
            *kept = Confirmation {
                holds_mail: false,
                ..question.clone()
            };
        }
        kept.source.clone_from(&question.source);
        kept.shown_text.clone_from(&question.shown_text);
        kept.requested_at = question.requested_at;
        Ok(Some(kept.id))
    }

    fn note_asked(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        if let Some(asked) = self.state().privacy_mut().question(tenant, id) {
            asked.sent_at = Some(at);
        }
        Ok(())
    }

    fn note_visited(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        at: DateTime<Utc>,
    ) -> StoreResult<()> {
        if let Some(asked) = self.state().privacy_mut().question(tenant, id) {
            asked.visited_at.get_or_insert(at);
        }
        Ok(())
    }

    fn confirm(
        &self,
        tenant: TenantId,
        id: ConfirmationId,
        network: Option<String>,
        at: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let asked = self.confirmation(tenant, id)?;
        let open = asked.filter(|asked| asked.confirmed_at.is_none() && !asked.is_expired(at));
        let Some(open) = open else {
            return Ok(false);
        };
        let lead = self.leads.find(tenant, open.lead)?;
        let mut state = self.state();
        if let Some(lead) = lead {
            let key = (tenant, lead.email);
            let refused = state.suppressions.get(&key);
            if refused.is_some_and(|stop| stop.reason == SuppressionReason::Unsubscribed) {
                state.suppressions.remove(&key);
            }
        }
        let consent = Consent {
            id: ConsentId::derived(&[b"confirmation", id.uuid().as_bytes()]),
            lead: open.lead,
            given_at: open.requested_at,
            how: ConsentHow::DoubleOptIn,
            source: open.source,
            shown_text: open.shown_text,
            network,
            recorded_by: SaidBy::Person,
            confirmed_at: Some(at),
        };
        let privacy = state.privacy_mut();
        privacy.consents.insert((tenant, consent.id), consent);
        if let Some(asked) = privacy.question(tenant, id) {
            asked.confirmed_at = Some(at);
        }
        state.go_on(tenant, open.lead, at);
        Ok(true)
    }

    fn funnel(&self, tenant: TenantId, since: DateTime<Utc>) -> StoreResult<Funnel> {
        let state = self.state();
        let mut funnel = Funnel::default();
        let of_tenant = state.privacy.confirmations.iter();
        for (_, asked) in
            of_tenant.filter(|((owner, _), asked)| *owner == tenant && asked.requested_at >= since)
        {
            funnel.requested += 1;
            funnel.visited += u64::from(asked.visited_at.is_some());
            funnel.confirmed += u64::from(asked.confirmed_at.is_some());
        }
        Ok(funnel)
    }
}
