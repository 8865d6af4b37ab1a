use domain::delivery::{DeliveryReport, ReportLog, Settlement, Standing, Suppression};
use domain::ids::TenantId;
use domain::leads::EmailAddress;
use domain::store::StoreResult;
use domain::tracking::MailRef;

use super::{InMemoryMail, State, StoredSend};

impl StoredSend {
    fn mail(&self) -> MailRef {
        MailRef {
            send: self.send.key.id,
            lead: self.send.lead,
            queued_at: self.send.key.queued_at,
            source: self.send.source(),
            event: None,
        }
    }

    fn settle(&mut self, settlement: &Settlement) {
        let mut standing = Standing {
            state: self.send.state,
            reason: self.send.state_reason.clone(),
            accepted_at: self.send.accepted_at,
            delivered_at: self.send.delivered_at,
            bounced_at: self.send.bounced_at,
        };
        standing.settle(&settlement.effect, settlement.as_of.now);
        if standing.state != self.send.state {
            self.becomes(standing.state, standing.reason);
        }
        self.send.accepted_at = standing.accepted_at;
        self.send.delivered_at = standing.delivered_at;
        self.send.bounced_at = standing.bounced_at;
    }
}

impl State {
    fn settle_address(&mut self, tenant: TenantId, email: EmailAddress, settlement: &Settlement) {
        if settlement.effect.is_soft_bounce() {
            let cause = settlement
                .send
                .as_ref()
                .map_or_else(|| settlement.report.clone(), |mail| mail.send.to_string());
            self.soft_bounces
                .entry((tenant, email))
                .or_default()
                .entry(cause)
                .or_insert(settlement.as_of.now);
        } else if let Some((reason, detail)) = settlement.effect.suppression() {
            let suppression = Suppression {
                email,
                reason,
                detail: detail.map(str::to_owned),
                created_at: settlement.as_of.now,
            };
            self.suppress(tenant, &suppression);
        }
    }
}

impl ReportLog for InMemoryMail {
    fn resolve(
        &self,
        tenant: TenantId,
        reports: &[DeliveryReport],
    ) -> StoreResult<Vec<Option<MailRef>>> {
        let state = self.state();
        let resolve = |report: &DeliveryReport| {
            let by_id = report.send.and_then(|id| state.sends.get(&(tenant, id)));
            let by_message = || {
                let wanted = report.provider_message_id.as_ref()?;
                let mut sends = state.sends.iter();
                let found = sends.find(|((owner, _), stored)| {
                    *owner == tenant && stored.provider_message_id.as_ref() == Some(wanted)
                });
                found.map(|(_, stored)| stored)
            };
            by_id.or_else(by_message).map(StoredSend::mail)
        };
        Ok(reports.iter().map(resolve).collect())
    }

    fn settle(&self, tenant: TenantId, settlements: &[Settlement]) -> StoreResult<()> {
        for settlement in settlements {
            let lead = match &settlement.send {
                Some(mail) => self.leads.find(tenant, mail.lead)?,
                None => None,
            };
            let email = settlement.email.clone().or(lead.map(|lead| lead.email));
            let mut state = self.state();
            if let Some(mail) = &settlement.send
                && let Some(stored) = state.sends.get_mut(&(tenant, mail.send))
            {
                stored.settle(settlement);
            }
            if let Some(email) = email {
                state.settle_address(tenant, email, settlement);
            }
        }
        Ok(())
    }
}
