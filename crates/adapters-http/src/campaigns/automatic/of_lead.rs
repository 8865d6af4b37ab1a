//! In which campaigns a lead is, for the lead's own page.

use chrono::{DateTime, Utc};
use domain::ids::{CampaignId, EnrollmentId, LeadId, TenantId};
use domain::tenancy::Locale;
use serde::Serialize;

use super::next_up::NextUp;
use super::words::Words;
use crate::error::Failure;
use crate::ports::Ports;

/// Ways that are shown at most; a lead seldom has more.
const SHOWN: usize = 10;

/// One way of the lead through a campaign.
#[derive(Serialize)]
pub(crate) struct OfLead {
    campaign: CampaignId,
    enrollment: EnrollmentId,
    name: String,
    status: &'static str,
    enrolled_at: DateTime<Utc>,
    next: NextUp,
}

impl OfLead {
    /// The lead's ways through campaigns, newest first.
    pub(crate) fn read(
        ports: &Ports,
        tenant: TenantId,
        lead: LeadId,
        locale: Locale,
    ) -> Result<Vec<Self>, Failure> {
        let traces = ports.enrollments.of_lead(tenant, lead)?;
        if traces.is_empty() {
            return Ok(Vec::new());
        }
        let (words, now) = (Words::read(ports, tenant, locale)?, ports.now());
        let mut ways = Vec::new();
        for trace in traces.into_iter().take(SHOWN) {
            let enrollment = trace.enrollment;
            let Some(campaign) = ports.campaigns.find(tenant, enrollment.campaign)? else {
                continue;
            };
            ways.push(Self {
                campaign: campaign.id,
                enrollment: enrollment.id,
                status: enrollment.status.as_str(),
                enrolled_at: enrollment.enrolled_at,
                next: NextUp::of(&enrollment, &campaign, &words, now),
                name: campaign.definition.name,
            });
        }
        Ok(ways)
    }
}
