//! What is known of the person whom a link speaks about, and doing what they ask.

use chrono::{DateTime, Utc};
use domain::delivery::{
    SenderProfile, Suppression, SuppressionReason, UnsubscribePorts, unsubscribe,
};
use domain::ids::TopicId;
use domain::leads::{Lead, audit};
use domain::privacy::{LeadPreferences, RestorePorts, Restored, Said, SaidBy, Topic, restore};
use domain::tenancy::{Actor, AuditEntry, Tenant};
use domain::tracking::MailRef;
use domain::tracking::token::UnsubscribeToken;

use super::act::Act;
use crate::error::Failure;
use crate::ports::Ports;
use crate::privacy::MAIL_RESTORED;

/// The person and what they want. A lead that is gone, or never was (a test mail), wants what
/// everybody wants at first, so that the page does not tell who is known.
pub(super) struct Known {
    pub(super) tenant: Tenant,
    pub(super) profile: SenderProfile,
    mail: MailRef,
    pub(super) lead: Option<Lead>,
    pub(super) topics: Vec<Topic>,
    /// The kind of the mail that led here.
    pub(super) this: Option<TopicId>,
    pub(super) wanted: LeadPreferences,
    pub(super) stopped: Option<SuppressionReason>,
}

impl Known {
    pub(super) fn read(ports: &Ports, token: &UnsubscribeToken) -> Result<Option<Self>, Failure> {
        let Some(tenant) = ports.tenants.find(token.tenant)? else {
            return Ok(None);
        };
        let (id, mail) = (tenant.id, token.mail.clone());
        let this = match mail.source {
            Some(source) => ports.topics.topic_of(id, source)?,
            None => None,
        };
        let mut known = Self {
            profile: ports.delivery_settings.sender_profile(id)?,
            lead: ports.leads.find(id, mail.lead)?,
            topics: ports.topics.topics(id)?,
            this,
            wanted: LeadPreferences::default(),
            stopped: None,
            tenant,
            mail,
        };
        known.refresh(ports)?;
        Ok(Some(known))
    }

    pub(super) const fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn refresh(&mut self, ports: &Ports) -> Result<(), Failure> {
        let Some(lead) = &self.lead else {
            return Ok(());
        };
        let stop = ports.suppressions.find(self.tenant.id, &lead.email)?;
        self.stopped = stop.map(|stop| stop.reason);
        self.wanted = ports.preferences.preferences(self.tenant.id, lead.id)?;
        Ok(())
    }

    /// Does it, and knows what is so afterwards.
    pub(super) fn act(
        &mut self,
        ports: &Ports,
        act: Act,
        network: String,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let said = Said {
            at: now,
            by: SaidBy::Person,
        };
        let changes = act.changes(&self.topics, self.this, &self.wanted, now);
        match act {
            Act::StopAll => self.stop_all(ports, now)?,
            Act::Restore => self.restore(ports, network, now)?,
            Act::StopTopic
            | Act::WantTopic
            | Act::Topics(_)
            | Act::Pause
            | Act::Resume
            | Act::StopTracking
            | Act::AllowTracking => {
                for change in &changes {
                    self.wanted.change(*change, said);
                }
                let store = &ports.preferences;
                store.change_preferences(self.tenant.id, self.mail.lead, &changes, said)?;
            }
        }
        self.refresh(ports)
    }

    fn stop_all(&mut self, ports: &Ports, now: DateTime<Utc>) -> Result<(), Failure> {
        let with = UnsubscribePorts {
            leads: &*ports.leads,
            suppressions: &*ports.suppressions,
            intake: &*ports.intake,
        };
        unsubscribe(&with, self.tenant.id, &self.mail, now)?;
        self.stopped = Some(SuppressionReason::Unsubscribed);
        Ok(())
    }

    fn restore(
        &mut self,
        ports: &Ports,
        network: String,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let with = RestorePorts {
            leads: &*ports.leads,
            suppressions: &*ports.suppressions,
            consents: &*ports.consents,
        };
        let restored = restore(&with, self.tenant.id, &self.mail, Some(network), now)?;
        self.stopped = None;
        match restored {
            Restored::Now(stop) => self.note_restored(ports, &stop, now),
            Restored::NothingToLift | Restored::StoppedOtherwise(_) => Ok(()),
        }
    }

    fn note_restored(
        &self,
        ports: &Ports,
        stop: &Suppression,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let actor = Actor::system("preference page");
        let entry = AuditEntry::new(actor, MAIL_RESTORED, audit::lead(self.mail.lead), now)
            .with_detail(format!("{} {}", stop.reason.as_str(), stop.created_at));
        ports.audit.append(self.tenant.id, &entry)?;
        Ok(())
    }
}
