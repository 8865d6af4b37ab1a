//! Leads come into a campaign.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{
    Campaign, CampaignStatus, CampaignStore, EnrollCause, EnrollRefused, Enrolled, EnrollmentStore,
};
use crate::ids::{CampaignId, LeadId, TenantId};
use crate::leads::{AsOf, Lead, LeadFilter, LeadListing, LeadStore};
use crate::store::StoreResult;

/// How many leads are let in by one transaction.
pub const ENROLL_CHUNK: u32 = 500;

/// What enrolling needs from outside.
#[derive(Clone, Copy)]
pub struct EnrollPorts<'a> {
    /// Where campaigns are kept.
    pub campaigns: &'a dyn CampaignStore,
    /// Where enrollments are kept.
    pub enrollments: &'a dyn EnrollmentStore,
    /// Who they are.
    pub leads: &'a dyn LeadStore,
}

/// Lets leads into a campaign, each by its own cause, and says for each what came of it, in the
/// same order. Letting in who is in it already changes nothing. (B14, B17)
///
/// # Errors
/// Those of the storage.
pub fn enroll(
    ports: &EnrollPorts<'_>,
    tenant: TenantId,
    campaign: CampaignId,
    causes: &[EnrollCause],
    now: DateTime<Utc>,
) -> StoreResult<Vec<Enrolled>> {
    let Some(campaign) = open(ports.campaigns, tenant, campaign)? else {
        return Ok(vec![
            Enrolled::Refused(EnrollRefused::NotActive);
            causes.len()
        ]);
    };
    let mut asked = Vec::with_capacity(causes.len());
    for cause in causes {
        let lead = ports.leads.find(tenant, cause.lead)?;
        asked.push((cause.clone(), lead));
    }
    let fits = |lead: &Option<Lead>| match lead {
        None => Some(EnrollRefused::NoSuchLead),
        Some(lead) => refusal(&campaign, lead),
    };
    let refusals = asked.iter().map(|(_, lead)| fits(lead)).collect::<Vec<_>>();
    let causes = asked.into_iter().map(|(cause, _)| cause).collect();
    enroll_the_rest(ports.enrollments, tenant, &campaign, causes, &refusals, now)
}

/// Whom to let into a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollMany {
    /// The campaign.
    pub campaign: CampaignId,
    /// Everyone that this finds.
    pub filter: LeadFilter,
    /// What names the occasion, such as the key of the request: a repeat lets nobody in twice.
    pub occasion: Vec<u8>,
}

/// What letting many in came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnrolledTotals {
    /// Are in it from now on.
    pub now: u64,
    /// Were in it already.
    pub already: u64,
    /// Were not let in, by the reason.
    pub refused: BTreeMap<EnrollRefused, u64>,
}

impl EnrolledTotals {
    fn count(&mut self, enrolled: &Enrolled) {
        match enrolled {
            Enrolled::Now(_) => self.now += 1,
            Enrolled::Already(_) => self.already += 1,
            Enrolled::Refused(why) => *self.refused.entry(*why).or_default() += 1,
        }
    }
}

/// Lets everyone that a filter finds into a campaign, [`ENROLL_CHUNK`] at a time. What was done
/// stays done if it breaks off, and a repeat goes on from there.
///
/// # Errors
/// Those of the storage.
pub fn enroll_many(
    ports: &EnrollPorts<'_>,
    listing: &dyn LeadListing,
    tenant: TenantId,
    many: &EnrollMany,
    as_of: AsOf,
) -> StoreResult<EnrolledTotals> {
    let mut totals = EnrolledTotals::default();
    let mut after: Option<LeadId> = None;
    loop {
        let found = listing.walk(tenant, &many.filter, after, ENROLL_CHUNK, as_of)?;
        let Some(last) = found.last() else {
            return Ok(totals);
        };
        after = Some(last.id);
        let enrolled = enroll_known(ports, tenant, many, &found, as_of.now)?;
        enrolled.iter().for_each(|one| totals.count(one));
    }
}

fn enroll_known(
    ports: &EnrollPorts<'_>,
    tenant: TenantId,
    many: &EnrollMany,
    leads: &[Lead],
    now: DateTime<Utc>,
) -> StoreResult<Vec<Enrolled>> {
    let Some(campaign) = open(ports.campaigns, tenant, many.campaign)? else {
        return Ok(vec![
            Enrolled::Refused(EnrollRefused::NotActive);
            leads.len()
        ]);
    };
    let refusals: Vec<_> = leads.iter().map(|lead| refusal(&campaign, lead)).collect();
    let cause = |lead: &Lead| EnrollCause {
        campaign: many.campaign,
        lead: lead.id,
        occasion: many.occasion.clone(),
    };
    let causes = leads.iter().map(cause).collect();
    enroll_the_rest(ports.enrollments, tenant, &campaign, causes, &refusals, now)
}

/// The campaign, while people are let in.
fn open(
    campaigns: &dyn CampaignStore,
    tenant: TenantId,
    id: CampaignId,
) -> StoreResult<Option<Campaign>> {
    let campaign = campaigns.find(tenant, id)?;
    Ok(campaign.filter(|campaign| campaign.status == CampaignStatus::Active))
}

fn refusal(campaign: &Campaign, lead: &Lead) -> Option<EnrollRefused> {
    let entry = &campaign.in_force().entry;
    let fits = entry.iter().all(|condition| condition.holds(lead));
    (!fits).then_some(EnrollRefused::EntryCondition)
}

fn enroll_the_rest(
    enrollments: &dyn EnrollmentStore,
    tenant: TenantId,
    campaign: &Campaign,
    causes: Vec<EnrollCause>,
    refusals: &[Option<EnrollRefused>],
    now: DateTime<Utc>,
) -> StoreResult<Vec<Enrolled>> {
    let rest: Vec<_> = causes
        .into_iter()
        .zip(refusals)
        .filter_map(|(cause, refused)| refused.is_none().then_some(cause))
        .collect();
    let mut enrolled = if rest.is_empty() {
        Vec::new().into_iter()
    } else {
        enrollments
            .enroll(tenant, campaign.id, &rest, now)?
            .into_iter()
    };
    let answer = |refused: &Option<EnrollRefused>| match refused {
        Some(why) => Some(Enrolled::Refused(*why)),
        None => enrolled.next(),
    };
    Ok(refusals.iter().filter_map(answer).collect())
}
