//! Days that are known of people: birthdays, the end of a contract, the day of a visit.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::campaigns::{ENROLL_CHUNK, EnrollCause, Trigger, enroll, moment_on};
use domain::ids::{CampaignId, LeadId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use crate::reactions::enroll_ports;
use crate::{Ports, Stop, Turn};

/// Lets people into campaigns on days that are known of them.
#[derive(Debug, Default)]
pub struct Dates {
    /// What has been looked at. Only spares needless looks; losing it loses nothing, because the
    /// day is part of the cause that lets somebody in.
    done: Mutex<BTreeSet<Look>>,
}

/// A look at whose day has come, with all that it depends on: after a change, another one is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    /// The day of the tenant's clock.
    day: NaiveDate,
    /// When the clock showed the campaign's time on it.
    moment: DateTime<Utc>,
    tenant: TenantId,
    campaign: CampaignId,
    attribute: String,
    days: i32,
}

/// One campaign that waits for a day.
struct Waiting<'a> {
    tenant: &'a Tenant,
    campaign: CampaignId,
    attribute: String,
    days: i32,
    at: NaiveTime,
}

impl Dates {
    /// Looks once a day at each campaign that waits for a date, for every tenant in turn, as soon
    /// as the tenant's clock shows the campaign's time. What was missed is made up for within a
    /// day; what lies before the campaign was activated or resumed is not.
    ///
    /// # Errors
    /// `Unavailable` if the storage is away.
    pub fn turn(&self, ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
        for tenant in ports.tenants.list()? {
            for (campaign, trigger) in ports.ways.active_triggers(tenant.id)? {
                if stop.is_set() {
                    return Ok(Turn::Idle);
                }
                let Some(waiting) = Waiting::of(&tenant, campaign, trigger) else {
                    continue;
                };
                match self.look(ports, &waiting) {
                    Ok(()) => {}
                    Err(error @ StoreError::Unavailable(_)) => return Err(error),
                    Err(error) => {
                        let tenant = tenant.id;
                        tracing::error!(%tenant, %campaign, %error, "a date cannot be looked at");
                    }
                }
            }
        }
        Ok(Turn::Idle)
    }

    fn look(&self, ports: &Ports, waiting: &Waiting<'_>) -> StoreResult<()> {
        let (tenant, now) = (waiting.tenant, (ports.clock)());
        let Some((day, moment)) = last_moment(waiting.at, tenant.time_zone, now) else {
            return Ok(());
        };
        let look = Look {
            day,
            moment,
            tenant: tenant.id,
            campaign: waiting.campaign,
            attribute: waiting.attribute.clone(),
            days: waiting.days,
        };
        if self.is_done(&look) {
            return Ok(());
        }
        let campaign = ports.campaigns.find(tenant.id, waiting.campaign)?;
        let active_since = campaign.and_then(|campaign| campaign.activated_at);
        if active_since.is_some_and(|since| since <= moment) {
            waiting.let_in(ports, day, now)?;
        }
        self.note(look);
        Ok(())
    }

    fn is_done(&self, look: &Look) -> bool {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.contains(look)
    }

    fn note(&self, look: Look) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.retain(|other| look.day - other.day < TimeDelta::days(3));
        done.insert(look);
    }
}

impl<'a> Waiting<'a> {
    fn of(tenant: &'a Tenant, campaign: CampaignId, trigger: Trigger) -> Option<Self> {
        match trigger {
            Trigger::DateAttribute {
                attribute,
                days,
                at,
            } => Some(Self {
                tenant,
                campaign,
                attribute,
                days,
                at,
            }),
            Trigger::Custom { .. }
            | Trigger::ScoreReached { .. }
            | Trigger::BandReached { .. }
            | Trigger::AttributeMatches { .. }
            | Trigger::SegmentEntered { .. }
            | Trigger::StageEntered { .. }
            | Trigger::EventRegistered { .. }
            | Trigger::Manual => None,
        }
    }

    fn let_in(&self, ports: &Ports, today: NaiveDate, now: DateTime<Utc>) -> StoreResult<()> {
        let days = TimeDelta::days(self.days.into());
        let Some(day) = today.checked_sub_signed(days) else {
            return Ok(());
        };
        let (tenant, campaign) = (self.tenant.id, self.campaign);
        let leads = ports.ways.due_dates(tenant, &self.attribute, day)?;
        let cause = |lead: &LeadId| EnrollCause {
            campaign,
            lead: *lead,
            occasion: format!("day {today}").into_bytes(),
        };
        for chunk in leads.chunks(ENROLL_CHUNK as usize) {
            let causes: Vec<EnrollCause> = chunk.iter().map(cause).collect();
            enroll(&enroll_ports(ports), tenant, campaign, &causes, now)?;
        }
        Ok(())
    }
}

/// The last time, `now` included, that a clock showed `at`, with its day.
fn last_moment(at: NaiveTime, zone: Tz, now: DateTime<Utc>) -> Option<(NaiveDate, DateTime<Utc>)> {
    let today = now.with_timezone(&zone).date_naive();
    let days = (0..=2).filter_map(|back| today.checked_sub_days(Days::new(back)));
    days.filter_map(|day| Some((day, moment_on(day, at, zone)?)))
        .find(|(_, moment)| *moment <= now)
}
