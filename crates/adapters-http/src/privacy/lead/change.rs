//! Staff stop and restore mail, pause it, choose topics and stop tracking, on a person's behalf.

use actix_web::web;
use chrono::{DateTime, Utc};
use domain::delivery::{Suppression, SuppressionReason};
use domain::ids::{LeadId, TopicId};
use domain::leads::{Lead, audit};
use domain::privacy::{PAUSE, PreferenceChange, Said, SaidBy};
use domain::tenancy::{AuditAction, AuditEntry};
use serde::Deserialize;

use super::LeadWishes;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::ports::Ports;
use crate::privacy::{MAIL_RESTORED, MAIL_STOPPED, PREFERENCES_CHANGED};
use crate::security::SignedIn;
use crate::state::State;

/// Longest reason. Characters.
const MAX_REASON: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    StopMail,
    RestoreMail,
    Pause,
    Resume,
    StopTracking,
    AllowTracking,
    Topics,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::privacy) struct ChangeForm {
    act: Act,
    /// Why, where mail as a whole is stopped or restored.
    #[serde(default)]
    reason: String,
    /// The topics that are wanted.
    #[serde(default)]
    topic: Vec<TopicId>,
}

pub(in crate::privacy) async fn submit(
    me: SignedIn,
    state: State,
    lead: web::Path<LeadId>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let lead = lead.into_inner();
    let flash = blocking(move || {
        let found = state.ports.leads.find(me.tenant_id(), lead)?;
        let desk = Desk {
            ports: &state.ports,
            me: &me,
            lead: &found.ok_or(Failure::NotFound)?,
            now: me.now(),
        };
        desk.change(&form)
    })
    .await?;
    Ok(redirect(&format!("/ui/leads/{lead}#wishes"), Some(flash)))
}

/// One change to one lead.
struct Desk<'a> {
    ports: &'a Ports,
    me: &'a SignedIn,
    lead: &'a Lead,
    now: DateTime<Utc>,
}

impl Desk<'_> {
    fn change(&self, form: &ChangeForm) -> Result<Flash, Failure> {
        match form.act {
            Act::StopMail => self.stop(form.reason.trim()),
            Act::RestoreMail => self.restore(form.reason.trim()),
            Act::Pause => {
                let until = self.now + PAUSE;
                self.wishes("pause", &[PreferenceChange::Pause { until }])
            }
            Act::Resume => self.wishes("resume", &[PreferenceChange::Resume]),
            Act::StopTracking => self.wishes("stop-tracking", &[PreferenceChange::StopTracking]),
            Act::AllowTracking => self.wishes("allow-tracking", &[PreferenceChange::AllowTracking]),
            Act::Topics => self.topics(&form.topic),
        }
    }

    fn topics(&self, chosen: &[TopicId]) -> Result<Flash, Failure> {
        let tenant = self.me.tenant_id();
        let wanted = self.ports.preferences.preferences(tenant, self.lead.id)?;
        let changes: Vec<PreferenceChange> = self
            .ports
            .topics
            .topics(tenant)?
            .iter()
            .filter(|topic| wanted.wants(topic) != chosen.contains(&topic.id))
            .map(|topic| PreferenceChange::Topic {
                topic: topic.id,
                subscribed: chosen.contains(&topic.id),
            })
            .collect();
        self.wishes("topics", &changes)
    }

    fn wishes(&self, what: &str, changes: &[PreferenceChange]) -> Result<Flash, Failure> {
        let said = Said {
            at: self.now,
            by: SaidBy::Staff(self.me.user().id),
        };
        let (tenant, lead) = (self.me.tenant_id(), self.lead.id);
        let store = &self.ports.preferences;
        if !store.change_preferences(tenant, lead, changes, said)? {
            return Err(Failure::NotFound);
        }
        self.note(PREFERENCES_CHANGED, what)?;
        Ok(Flash::success("privacy-wishes-saved"))
    }

    fn stop(&self, reason: &str) -> Result<Flash, Failure> {
        if !is_told(reason) {
            return Ok(Flash::danger("privacy-reason-needed"));
        }
        let stop = Suppression {
            email: self.lead.email.clone(),
            reason: SuppressionReason::Manual,
            detail: Some(format!("{}: {reason}", self.me.user().name)),
            created_at: self.now,
        };
        self.ports
            .suppressions
            .suppress(self.me.tenant_id(), &stop)?;
        self.note(MAIL_STOPPED, reason)?;
        Ok(Flash::success("privacy-mail-stopped"))
    }

    fn restore(&self, reason: &str) -> Result<Flash, Failure> {
        if !is_told(reason) {
            return Ok(Flash::danger("privacy-reason-needed"));
        }
        let (tenant, email) = (self.me.tenant_id(), &self.lead.email);
        let Some(stop) = self.ports.suppressions.find(tenant, email)? else {
            return Ok(Flash::success("privacy-mail-restored"));
        };
        let wishes = LeadWishes::read(self.ports, tenant, self.lead.id)?;
        if !wishes.may_restore(&stop) {
            return Ok(Flash::danger("privacy-restore-needs-consent"));
        }
        self.ports.suppressions.lift(tenant, email)?;
        self.note(
            MAIL_RESTORED,
            &format!("{}: {reason}", stop.reason.as_str()),
        )?;
        Ok(Flash::success("privacy-mail-restored"))
    }

    fn note(&self, action: AuditAction, detail: &str) -> Result<(), Failure> {
        let target = audit::lead(self.lead.id);
        let entry = AuditEntry::new(self.me.actor(), action, target, self.now).with_detail(detail);
        Ok(self.ports.audit.append(self.me.tenant_id(), &entry)?)
    }
}

fn is_told(reason: &str) -> bool {
    !reason.is_empty() && reason.chars().count() <= MAX_REASON
}
