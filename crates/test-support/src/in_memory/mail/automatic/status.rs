use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{CampaignStatus, EnrollmentStatus};
use domain::ids::{CampaignId, TenantId};

use super::{Automatic, Way};

impl Automatic {
    /// Writes a status with what it does to the people inside.
    pub(in super::super) fn set_status(
        &mut self,
        tenant: TenantId,
        id: CampaignId,
        next: CampaignStatus,
        now: DateTime<Utc>,
    ) {
        if next != CampaignStatus::Paused {
            self.calm(tenant, id);
        }
        let Some(campaign) = self.campaigns.get_mut(&(tenant, id)) else {
            return;
        };
        let paused_at = campaign.paused_at.take();
        campaign.status = next;
        campaign.updated_at = now;
        match next {
            CampaignStatus::Active => campaign.activated_at = Some(now),
            CampaignStatus::Paused => campaign.paused_at = Some(now),
            CampaignStatus::Draft | CampaignStatus::Completed => {}
        }
        let inside = self.ways.iter_mut().filter(|((owner, _), way)| {
            *owner == tenant && way.enrollment.campaign == id && way.enrollment.status.is_inside()
        });
        for (_, way) in inside {
            if next == CampaignStatus::Completed {
                way.end(EnrollmentStatus::Exited, now);
            } else if let Some(paused_at) = paused_at.filter(|_| next == CampaignStatus::Active) {
                way.goes_on_after(paused_at, now);
            }
        }
    }
}

impl Way {
    pub(super) fn end(&mut self, status: EnrollmentStatus, now: DateTime<Utc>) {
        self.enrollment.status = status;
        self.enrollment.next_step = None;
        self.enrollment.next_at = None;
        self.enrollment.held_since = None;
        self.enrollment.ended_at = Some(now);
        self.lease_until = None;
        self.paused_at = None;
    }

    /// The person holds the next step back until then.
    pub(super) fn hold_until(&mut self, until: DateTime<Utc>) {
        let due = self.enrollment.next_at.replace(until);
        self.enrollment.held_since = self.enrollment.held_since.or(due);
    }

    /// The next step is due as if nobody had held it back.
    pub(super) fn let_go(&mut self) {
        let due = self.enrollment.held_since.take();
        self.enrollment.next_at = due.or(self.enrollment.next_at);
    }

    /// The campaign stood still from then until now; whoever is paused alone counts the time from
    /// that on by themselves.
    fn goes_on_after(&mut self, paused_at: DateTime<Utc>, now: DateTime<Utc>) {
        if self.enrollment.status == EnrollmentStatus::Active {
            self.let_go();
        }
        let end = self.paused_at.unwrap_or(now);
        self.shift((end - paused_at).max(TimeDelta::zero()));
    }

    /// Everything that is to come comes so much later.
    fn shift(&mut self, by: TimeDelta) {
        self.enrollment.next_at = self.enrollment.next_at.map(|at| at + by);
        self.enrollment.since += by;
    }

    /// Whether staff could change it, in a campaign that is paused since then, if it is.
    pub(super) fn change(
        &mut self,
        next: EnrollmentStatus,
        campaign_paused_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> bool {
        use EnrollmentStatus::{Active, Completed, Exited, Paused, Unsubscribed};
        match (self.enrollment.status, next) {
            (Active, Paused) => {
                self.let_go();
                self.enrollment.status = Paused;
                self.paused_at = Some(now);
                self.lease_until = None;
            }
            (Paused, Active) => {
                self.enrollment.status = Active;
                let paused_at = self.paused_at.take().unwrap_or(now);
                let end = campaign_paused_at.unwrap_or(now);
                self.shift((end - paused_at).max(TimeDelta::zero()));
            }
            (Active | Paused, Completed | Exited | Unsubscribed) => self.end(next, now),
            (Active, Active) | (Paused, Paused) | (Completed | Exited | Unsubscribed, _) => {
                return false;
            }
        }
        true
    }
}
