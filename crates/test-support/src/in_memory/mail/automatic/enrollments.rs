use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use domain::campaigns::{
    CampaignFigures, EnrollCause, EnrollRefused, Enrolled, Enrollment, EnrollmentStatus,
    EnrollmentStore, EnrollmentTrace, ReEntry, StepOutcome, beginning,
};
use domain::delivery::SendState;
use domain::ids::{CampaignId, EnrollmentId, LeadId, StepId, TenantId};
use domain::store::StoreResult;

use super::super::{InMemoryMail, State};
use super::{Automatic, Way};

impl Automatic {
    /// What came of it without letting the lead in.
    fn settled(
        &self,
        tenant: TenantId,
        cause: &EnrollCause,
        re_entry: ReEntry,
        now: DateTime<Utc>,
    ) -> Option<Enrolled> {
        if self.ways.contains_key(&(tenant, cause.id())) {
            return Some(Enrolled::Already(cause.id()));
        }
        let mut been = (self.ways_of(tenant, cause.campaign))
            .map(|way| &way.enrollment)
            .filter(|enrollment| enrollment.lead == cause.lead)
            .peekable();
        let has_been = been.peek().is_some();
        let inside = been.find(|enrollment| enrollment.status.is_inside());
        match inside {
            Some(inside) if re_entry != ReEntry::Always || inside.enrolled_at == now => {
                Some(Enrolled::Already(inside.id))
            }
            Some(_) => None,
            None if has_been && re_entry == ReEntry::Never => {
                Some(Enrolled::Refused(EnrollRefused::Before))
            }
            None => None,
        }
    }

    fn let_in(&mut self, tenant: TenantId, cause: &EnrollCause, now: DateTime<Utc>) -> Enrolled {
        let zone = self.zones.get(&tenant).copied();
        let zone = zone.unwrap_or(chrono_tz::Asia::Tokyo);
        let not_active = Enrolled::Refused(EnrollRefused::NotActive);
        let Some(campaign) = self.campaigns.get_mut(&(tenant, cause.campaign)) else {
            return not_active;
        };
        let version = self
            .versions
            .get(&(tenant, cause.campaign, campaign.version));
        let begins = version.and_then(|version| beginning(&version.flow, zone, now));
        let Some((step, at)) = begins else {
            return not_active;
        };
        campaign.enrolled_count += 1;
        let version = campaign.version;
        let others = self.ways.iter_mut().filter(|((owner, _), way)| {
            let enrollment = &way.enrollment;
            (*owner, enrollment.campaign, enrollment.lead) == (tenant, cause.campaign, cause.lead)
        });
        for (_, way) in others.filter(|(_, way)| way.enrollment.status.is_inside()) {
            way.end(EnrollmentStatus::Exited, now);
        }
        let enrollment = Enrollment {
            id: cause.id(),
            campaign: cause.campaign,
            version,
            lead: cause.lead,
            status: EnrollmentStatus::Active,
            next_step: Some(step),
            next_at: Some(at),
            held_since: None,
            since: now,
            enrolled_at: now,
            ended_at: None,
        };
        self.ways.insert((tenant, cause.id()), Way::new(enrollment));
        Enrolled::Now(cause.id())
    }
}

impl State {
    fn figures(&self, tenant: TenantId, campaign: CampaignId) -> CampaignFigures {
        let mut figures = CampaignFigures::default();
        for way in self.automatic.ways_of(tenant, campaign) {
            let enrollment = &way.enrollment;
            *(figures.by_status.entry(enrollment.status.as_str())).or_default() += 1;
            let converted = enrollment.status == EnrollmentStatus::Exited && way.ended_by_flow;
            figures.converted += u64::from(converted);
            if let Some(step) = enrollment.next_step {
                figures.steps.entry(step).or_default().waiting += 1;
            }
            for done in &way.executions {
                let step = figures.steps.entry(done.step).or_default();
                let skipped = matches!(done.outcome, StepOutcome::Skipped(_));
                step.skipped += u64::from(skipped);
                step.done += u64::from(!skipped);
            }
            for (step, send) in way.mails() {
                let Some(stored) = self.sends.get(&(tenant, send)) else {
                    continue;
                };
                let (send, step) = (&stored.send, figures.steps.entry(step).or_default());
                step.sent += u64::from(send.accepted_at.is_some());
                step.delivered += u64::from(send.delivered_at.is_some());
                step.bounced += u64::from(send.state == SendState::Bounced);
                step.opened += u64::from(send.first_opened_at.is_some());
                step.opens += u64::from(send.first_opened_at.is_some());
                step.clicked += u64::from(send.first_clicked_at.is_some());
                step.clicks += u64::from(send.first_clicked_at.is_some());
            }
        }
        figures
    }
}

impl EnrollmentStore for InMemoryMail {
    fn enroll(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        causes: &[EnrollCause],
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<Enrolled>> {
        let mut state = self.state();
        let newest = state.automatic.newest_version(tenant, campaign);
        let Some(re_entry) = newest.map(|version| version.re_entry) else {
            return Ok(vec![
                Enrolled::Refused(EnrollRefused::NotActive);
                causes.len()
            ]);
        };
        let mut answers = Vec::with_capacity(causes.len());
        for cause in causes {
            let refused = match self.leads.find(tenant, cause.lead)? {
                None => Some(EnrollRefused::NoSuchLead),
                Some(lead) => {
                    let key = (tenant, lead.email);
                    let suppressed = state.suppressions.contains_key(&key);
                    suppressed.then_some(EnrollRefused::Suppressed)
                }
            };
            let settled = state.automatic.settled(tenant, cause, re_entry, now);
            let refused = refused.map(Enrolled::Refused);
            let answer = match settled {
                Some(Enrolled::Already(id)) => Enrolled::Already(id),
                Some(Enrolled::Refused(_) | Enrolled::Now(_)) | None => refused
                    .or(settled)
                    .unwrap_or_else(|| state.automatic.let_in(tenant, cause, now)),
            };
            answers.push(answer);
        }
        Ok(answers)
    }

    fn figures(&self, tenant: TenantId, campaign: CampaignId) -> StoreResult<CampaignFigures> {
        Ok(self.state().figures(tenant, campaign))
    }

    fn of_campaign(
        &self,
        tenant: TenantId,
        campaign: CampaignId,
        status: Option<EnrollmentStatus>,
        step: Option<StepId>,
        offset: u32,
        limit: u32,
    ) -> StoreResult<Vec<Enrollment>> {
        let state = self.state();
        let mut found: Vec<Enrollment> = (state.automatic.ways_of(tenant, campaign))
            .map(|way| way.enrollment.clone())
            .filter(|enrollment| status.is_none_or(|status| enrollment.status == status))
            .filter(|enrollment| step.is_none_or(|step| enrollment.next_step == Some(step)))
            .collect();
        found.sort_by_key(|enrollment| Reverse((enrollment.enrolled_at, enrollment.id)));
        let page = found.into_iter().skip(offset as usize);
        Ok(page.take(limit as usize).collect())
    }

    fn of_lead(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<EnrollmentTrace>> {
        let state = self.state();
        let of_tenant = (state.automatic.ways.iter()).filter(|((owner, _), _)| *owner == tenant);
        let mut found: Vec<EnrollmentTrace> = of_tenant
            .filter(|(_, way)| way.enrollment.lead == lead)
            .map(|(_, way)| way.trace())
            .collect();
        found.sort_by_key(|trace| Reverse((trace.enrollment.enrolled_at, trace.enrollment.id)));
        Ok(found)
    }

    fn trace(&self, tenant: TenantId, id: EnrollmentId) -> StoreResult<Option<EnrollmentTrace>> {
        let state = self.state();
        Ok(state.automatic.ways.get(&(tenant, id)).map(Way::trace))
    }

    fn change_status(
        &self,
        tenant: TenantId,
        id: EnrollmentId,
        next: EnrollmentStatus,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        let Automatic {
            campaigns, ways, ..
        } = &mut self.state().automatic;
        let Some(way) = ways.get_mut(&(tenant, id)) else {
            return Ok(false);
        };
        let campaign = campaigns.get(&(tenant, way.enrollment.campaign));
        let paused_at = campaign.and_then(|campaign| campaign.paused_at);
        Ok(way.change(next, paused_at, now))
    }
}
