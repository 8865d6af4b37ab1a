//! Campaigns and the people in them, in memory.

mod alarms;
mod enrollments;
mod happened;
mod reactions;
mod status;
mod store;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::automation::Reaction;
use domain::campaigns::{
    Campaign, CampaignVersion, Enrollment, EnrollmentStatus, EnrollmentTrace, StepExecution,
    StepOutcome,
};
use domain::delivery::Alarm;
use domain::ids::{CampaignId, EnrollmentId, LeadId, ReactionId, SendId, StepId, TenantId};

use self::happened::Happened;

/// What is known of campaigns.
#[derive(Default)]
pub(super) struct Automatic {
    campaigns: BTreeMap<(TenantId, CampaignId), Campaign>,
    versions: BTreeMap<(TenantId, CampaignId, u32), CampaignVersion>,
    ways: BTreeMap<(TenantId, EnrollmentId), Way>,
    happened: Vec<(TenantId, LeadId, DateTime<Utc>, Happened)>,
    reactions: BTreeMap<(TenantId, ReactionId), StoredReaction>,
    zones: BTreeMap<TenantId, Tz>,
    alarms: BTreeMap<(TenantId, CampaignId), Alarm>,
    /// Campaigns that a person resumed in spite of an alarm.
    unwatched: BTreeSet<(TenantId, CampaignId)>,
}

/// One lead's way through a campaign.
struct Way {
    enrollment: Enrollment,
    executions: Vec<StepExecution>,
    lease_until: Option<DateTime<Utc>>,
    paused_at: Option<DateTime<Utc>>,
    /// The flow itself ended it, by an exit condition or at its end.
    ended_by_flow: bool,
}

struct StoredReaction {
    reaction: Reaction,
    lease_until: Option<DateTime<Utc>>,
    attempts: u16,
    /// None while it waits.
    settled: Option<Settled>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Settled {
    Done,
    Failed,
}

impl Automatic {
    fn version_of(&self, tenant: TenantId, enrollment: &Enrollment) -> Option<&CampaignVersion> {
        let (campaign, version) = (enrollment.campaign, enrollment.version);
        self.versions.get(&(tenant, campaign, version))
    }

    /// The ways through a campaign.
    fn ways_of(&self, tenant: TenantId, campaign: CampaignId) -> impl Iterator<Item = &Way> {
        let ways = self.ways.iter().filter(move |((owner, _), way)| {
            *owner == tenant && way.enrollment.campaign == campaign
        });
        ways.map(|(_, way)| way)
    }

    /// Where the person stands to whom a campaign's mail goes.
    pub(super) fn standing_of(&self, tenant: TenantId, send: SendId) -> Option<EnrollmentStatus> {
        let (id, _) = self.way_of(tenant, send)?;
        let way = self.ways.get(&(tenant, id))?;
        Some(way.enrollment.status)
    }

    /// What the person held back is due.
    pub(super) fn go_on(&mut self, tenant: TenantId, lead: LeadId, now: DateTime<Utc>) {
        let held = self.ways.iter_mut().filter(|((owner, _), way)| {
            let enrollment = &way.enrollment;
            (*owner, enrollment.lead) == (tenant, lead) && enrollment.held_since.is_some()
        });
        for (_, way) in held {
            way.enrollment.next_at = way.enrollment.next_at.map(|at| at.min(now));
        }
    }

    /// The way and the step that a mail belongs to.
    fn way_of(&self, tenant: TenantId, send: SendId) -> Option<(EnrollmentId, StepId)> {
        let of_tenant = (self.ways.iter()).filter(|((owner, _), _)| *owner == tenant);
        of_tenant
            .filter_map(|((_, id), way)| Some((*id, way.step_of(send)?)))
            .next()
    }
}

impl Way {
    fn new(enrollment: Enrollment) -> Self {
        Self {
            enrollment,
            executions: Vec::new(),
            lease_until: None,
            paused_at: None,
            ended_by_flow: false,
        }
    }

    fn trace(&self) -> EnrollmentTrace {
        EnrollmentTrace {
            enrollment: self.enrollment.clone(),
            executions: self.executions.clone(),
        }
    }

    /// The mails with their steps.
    fn mails(&self) -> impl Iterator<Item = (StepId, SendId)> {
        (self.executions.iter()).filter_map(|done| match done.outcome {
            StepOutcome::Sent(key) => Some((done.step, key.id)),
            StepOutcome::Done | StepOutcome::Went(_) | StepOutcome::Skipped(_) => None,
        })
    }

    fn step_of(&self, send: SendId) -> Option<StepId> {
        let mut mails = self.mails();
        mails.find(|(_, id)| *id == send).map(|(step, _)| step)
    }
}

#[cfg(test)]
mod tests;
