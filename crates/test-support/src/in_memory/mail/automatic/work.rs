use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::automation::{Reaction, ReactionKind, StaffReaction};
use domain::campaigns::{
    Advance, CampaignStatus, CampaignVersion, CampaignWork, Deed, Enrollment, EnrollmentStatus,
    Onward, StepEffect, Trigger, field_change,
};
use domain::delivery::SuppressionReason;
use domain::ids::{CampaignId, LeadId, ReactionId, SendId, TenantId};
use domain::leads::AttributeValue;
use domain::store::StoreResult;

use super::super::{InMemoryMail, State};
use super::Automatic;

impl Automatic {
    fn is_open(&self, tenant: TenantId, id: CampaignId) -> bool {
        let campaign = self.campaigns.get(&(tenant, id));
        campaign.is_some_and(|campaign| campaign.status == CampaignStatus::Active)
    }

    fn due(&self, tenant: TenantId, now: DateTime<Utc>) -> Vec<Enrollment> {
        let of_tenant = (self.ways.iter()).filter(|((owner, _), _)| *owner == tenant);
        let mut due: Vec<Enrollment> = of_tenant
            .filter(|(_, way)| way.lease_until.is_none_or(|until| until <= now))
            .map(|(_, way)| way.enrollment.clone())
            .filter(|enrollment| {
                enrollment.status == EnrollmentStatus::Active
                    && enrollment.next_at.is_some_and(|at| at <= now)
                    && self.is_open(tenant, enrollment.campaign)
            })
            .collect();
        due.sort_by_key(|enrollment| (enrollment.next_at, enrollment.id));
        due
    }
}

impl State {
    /// Whether the enrollment was still as it was claimed.
    fn step_on(
        &mut self,
        tenant: TenantId,
        claimed: &Enrollment,
        advance: &Advance,
        now: DateTime<Utc>,
    ) -> bool {
        if !self.automatic.is_open(tenant, claimed.campaign) {
            return false;
        }
        let Some(way) = self.automatic.ways.get_mut(&(tenant, claimed.id)) else {
            return false;
        };
        if way.enrollment != *claimed {
            return false;
        }
        way.executions.extend(advance.executions.iter().cloned());
        way.enrollment.since = advance.since;
        way.enrollment.held_since = None;
        way.lease_until = None;
        match advance.onward {
            Onward::At { step, at } => {
                way.enrollment.next_step = Some(step);
                way.enrollment.next_at = Some(at);
            }
            Onward::Ended(status) => {
                way.end(status, now);
                way.ended_by_flow = true;
                let campaign = self
                    .automatic
                    .campaigns
                    .get_mut(&(tenant, claimed.campaign));
                if let Some(campaign) = campaign.filter(|_| status == EnrollmentStatus::Completed) {
                    campaign.completed_count += 1;
                }
            }
        }
        true
    }

    fn carry_out(
        &mut self,
        tenant: TenantId,
        claimed: &Enrollment,
        effect: &StepEffect,
        now: DateTime<Utc>,
    ) {
        match effect {
            StepEffect::Send(send) => {
                self.queue(tenant, &[*send]);
            }
            StepEffect::Enroll(cause) => {
                let kind = ReactionKind::Enroll {
                    campaign: cause.campaign,
                };
                let id = ReactionId::derived(&[b"enroll", cause.id().uuid().as_bytes()]);
                self.automatic
                    .react(tenant, &reaction(id, claimed, kind, now));
            }
            StepEffect::React(staff) => {
                let id = staff_id(claimed, staff);
                let kind = ReactionKind::Staff(staff.clone());
                self.automatic
                    .react(tenant, &reaction(id, claimed, kind, now));
            }
            StepEffect::SetAttribute { .. }
            | StepEffect::AddTag(_)
            | StepEffect::RemoveTag(_)
            | StepEffect::AddScore { .. } => {}
        }
    }
}

fn staff_id(claimed: &Enrollment, staff: &StaffReaction) -> ReactionId {
    let text = format!("{:?} {staff:?}", claimed.next_step);
    ReactionId::derived(&[claimed.id.uuid().as_bytes(), text.as_bytes()])
}

fn reaction(
    id: ReactionId,
    claimed: &Enrollment,
    kind: ReactionKind,
    due_at: DateTime<Utc>,
) -> Reaction {
    Reaction {
        id,
        lead: claimed.lead,
        kind,
        due_at,
        engagement: None,
    }
}

impl InMemoryMail {
    fn change_lead(
        &self,
        tenant: TenantId,
        lead: LeadId,
        effect: &StepEffect,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let none = BTreeSet::new();
        match effect {
            StepEffect::SetAttribute { field, value } => {
                if let Some(changes) = field_change(field, value) {
                    self.leads.update(tenant, lead, changes, now)?;
                }
            }
            StepEffect::AddTag(tag) => {
                let tags = BTreeSet::from([tag.clone()]);
                self.leads.change_tags(tenant, &[lead], &tags, &none, now)?;
            }
            StepEffect::RemoveTag(tag) => {
                let tags = BTreeSet::from([tag.clone()]);
                self.leads.change_tags(tenant, &[lead], &none, &tags, now)?;
            }
            StepEffect::AddScore { points, .. } => {
                self.people.arrange(tenant, lead, |lead| {
                    lead.engagement_score += points;
                    lead.score += points;
                });
            }
            StepEffect::Send(_) | StepEffect::Enroll(_) | StepEffect::React(_) => {}
        }
        Ok(())
    }

    /// The person said no, or the address is dead.
    fn has_left(&self, state: &State, tenant: TenantId, lead: LeadId) -> StoreResult<bool> {
        let Some(lead) = self.leads.find(tenant, lead)? else {
            return Ok(false);
        };
        let suppression = state.suppressions.get(&(tenant, lead.email));
        Ok(suppression.is_some_and(|stop| match stop.reason {
            SuppressionReason::Unsubscribed
            | SuppressionReason::Complained
            | SuppressionReason::Bounced => true,
            SuppressionReason::Manual => false,
        }))
    }
}

impl CampaignWork for InMemoryMail {
    fn claim_due(
        &self,
        tenant: TenantId,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrollment>> {
        let mut state = self.state();
        let due = state.automatic.due(tenant, now).into_iter();
        let mut claimed = Vec::new();
        for enrollment in due.take(limit as usize) {
            let has_left = self.has_left(&state, tenant, enrollment.lead)?;
            let held_until = (state.privacy).stands_still_until(tenant, enrollment.lead, now);
            let Some(way) = state.automatic.ways.get_mut(&(tenant, enrollment.id)) else {
                continue;
            };
            if has_left {
                way.end(EnrollmentStatus::Unsubscribed, now);
            } else if let Some(until) = held_until {
                way.hold_until(until);
            } else {
                way.lease_until = Some(now + lease);
                claimed.push(enrollment);
            }
        }
        Ok(claimed)
    }

    fn version(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        version: u32,
    ) -> StoreResult<Option<CampaignVersion>> {
        let state = self.state();
        let key = (tenant, campaign, version);
        Ok(state.automatic.versions.get(&key).cloned())
    }

    fn did(&self, tenant: TenantId, enrollment: &Enrollment, deed: &Deed) -> StoreResult<bool> {
        Ok(self.state().did(tenant, enrollment, deed))
    }

    fn apply(
        &self,
        tenant: TenantId,
        claimed: &Enrollment,
        advance: &Advance,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        if !state.step_on(tenant, claimed, advance, now) {
            return Ok(false);
        }
        for effect in &advance.effects {
            state.carry_out(tenant, claimed, effect, now);
            self.change_lead(tenant, claimed.lead, effect, now)?;
        }
        Ok(true)
    }

    fn hasten(&self, tenant: TenantId, send: SendId, now: DateTime<Utc>) -> StoreResult<bool> {
        let automatic = &mut self.state().automatic;
        let Some((id, sent)) = automatic.way_of(tenant, send) else {
            return Ok(false);
        };
        let waits = automatic.ways.get(&(tenant, id)).is_some_and(|way| {
            let version = automatic.version_of(tenant, &way.enrollment);
            let next = version.and_then(|version| version.flow.hastened_by(sent));
            way.enrollment.status == EnrollmentStatus::Active
                && next.is_some()
                && way.enrollment.next_step == next
                && way.enrollment.held_since.is_none()
                && way.enrollment.next_at.is_some_and(|at| at > now)
        });
        let way = automatic.ways.get_mut(&(tenant, id)).filter(|_| waits);
        let Some(way) = way else { return Ok(false) };
        way.enrollment.next_at = Some(now);
        Ok(true)
    }

    fn active_triggers(&self, tenant: TenantId) -> StoreResult<Vec<(CampaignId, Trigger)>> {
        let automatic = &self.state().automatic;
        let of_tenant = (automatic.campaigns.keys()).filter(|(owner, _)| *owner == tenant);
        let trigger = |id: CampaignId| {
            let newest = automatic.newest_version(tenant, id)?;
            Some((id, newest.trigger.clone()))
        };
        Ok(of_tenant.filter_map(|(_, id)| trigger(*id)).collect())
    }

    fn due_dates(
        &self,
        tenant: TenantId,
        attribute: &str,
        day: NaiveDate,
    ) -> StoreResult<Vec<LeadId>> {
        let wanted = AttributeValue::Date(day);
        let mut leads = self.people.all(tenant);
        leads.retain(|lead| lead.attributes.get(attribute) == Some(&wanted));
        Ok(leads.into_iter().map(|lead| lead.id).collect())
    }
}
