//! The ports of [`domain::tracking`] and [`domain::scoring`], in memory.

mod append;
mod before;
mod dead;
mod erasure;
mod insight;
mod intake;
mod reads;
mod settings;

pub use intake::DirectIntake;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use domain::ids::{BroadcastId, EngagementId, LeadId, SendId, TenantId};
use domain::leads::EmailAddress;
use domain::scoring::{Band, OnceKey, ScoreEntry, ScoringPolicy};
use domain::store::StoreResult;
use domain::tracking::{
    Appended, DeadEngagement, Decide, Engagement, EngagementLog, MachineVerdict, VisitorId,
};
use uuid::Uuid;

/// Engagements, scores and what they depend on: [`EngagementLog`], `Timeline`, `ScoreHistory`,
/// `ScoringRules`, `SiteStore` and `ImportantPageStore`, without roll-ups and web sessions.
///
/// Tenants come into being when they are first named; leads by
/// [`add_lead`](InMemoryEngagementLog::add_lead).
#[derive(Debug, Default)]
pub struct InMemoryEngagementLog {
    tenants: Mutex<BTreeMap<TenantId, TenantState>>,
}

/// What tracking and scoring know of a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackedLead {
    /// The sum of its history.
    pub engagement_score: i32,
    /// What it is worth by who it is.
    pub fit_score: i32,
    /// The shown score.
    pub score: i32,
    /// Its band.
    pub band: Band,
    /// When it last did something.
    pub last_engaged_at: Option<DateTime<Utc>>,
    /// Its newest click by a person, and where that led.
    pub last_click: Option<(DateTime<Utc>, String)>,
    /// Its visitor id, if one was issued.
    pub tracking_id: Option<VisitorId>,
}

#[derive(Debug)]
struct TenantState {
    leads: BTreeMap<LeadId, TrackedLead>,
    visitors: BTreeMap<VisitorId, Option<LeadId>>,
    log: BTreeMap<Place, Logged>,
    history: Vec<(LeadId, ScoreEntry)>,
    grants: BTreeMap<(LeadId, OnceKey), EngagementId>,
    addresses: BTreeMap<EmailAddress, LeadId>,
    handed_over: BTreeMap<SendId, DateTime<Utc>>,
    erased: BTreeSet<Uuid>,
    untracked: BTreeSet<LeadId>,
    dead: BTreeMap<EngagementId, DeadEngagement>,
    settings: settings::Settings,
}

impl TenantState {
    fn of(tenant: TenantId) -> Self {
        Self {
            leads: BTreeMap::new(),
            visitors: BTreeMap::new(),
            log: BTreeMap::new(),
            history: Vec::new(),
            grants: BTreeMap::new(),
            addresses: BTreeMap::new(),
            handed_over: BTreeMap::new(),
            erased: BTreeSet::new(),
            untracked: BTreeSet::new(),
            dead: BTreeMap::new(),
            settings: settings::Settings::of(tenant),
        }
    }
}

/// Where an engagement stands in the log: the same id and time is the same engagement.
type Place = (DateTime<Utc>, EngagementId);

#[derive(Clone, Debug)]
struct Logged {
    engagement: Engagement,
    lead: Option<LeadId>,
    important: bool,
    verdict: MachineVerdict,
}

impl InMemoryEngagementLog {
    /// Adds a lead that has done nothing.
    pub fn add_lead(&self, tenant: TenantId, lead: LeadId) {
        self.add_tracked_lead(tenant, lead, TrackedLead::default());
    }

    /// Adds a lead as it is said to be; its browser is known when it has a visitor id.
    pub fn add_tracked_lead(&self, tenant: TenantId, id: LeadId, lead: TrackedLead) {
        self.with(tenant, |state| {
            if let Some(visitor) = lead.tracking_id {
                state.visitors.insert(visitor, Some(id));
            }
            state.leads.insert(id, lead);
        });
    }

    /// Gives a lead the address by which custom events find it.
    pub fn set_address(&self, tenant: TenantId, lead: LeadId, address: EmailAddress) {
        self.with(tenant, |state| state.addresses.insert(address, lead));
    }

    /// Notes when the provider took a mail.
    pub fn hand_over(&self, tenant: TenantId, send: SendId, at: DateTime<Utc>) {
        self.with(tenant, |state| state.handed_over.insert(send, at));
    }

    /// Erases a lead with all it did; what still comes of it is dropped. False when there is none.
    pub fn remove_lead(&self, tenant: TenantId, lead: LeadId) -> bool {
        self.with(tenant, |state| state.erase(lead))
    }

    /// Lets a lead stop the tracking: from now on it is not measured (C14).
    pub fn stop_tracking(&self, tenant: TenantId, lead: LeadId) {
        self.with(tenant, |state| state.untracked.insert(lead));
    }

    /// What is known of a lead; none when it was never added.
    #[must_use]
    pub fn lead(&self, tenant: TenantId, lead: LeadId) -> Option<TrackedLead> {
        self.with(tenant, |state| state.leads.get(&lead).cloned())
    }

    /// Everything in the log of a tenant, oldest first, with its lead and verdict.
    #[must_use]
    pub fn logged(&self, tenant: TenantId) -> Vec<(Engagement, Option<LeadId>, MachineVerdict)> {
        let copy = |logged: &Logged| (logged.engagement.clone(), logged.lead, logged.verdict);
        self.with(tenant, |state| state.log.values().map(copy).collect())
    }

    /// Gives the tenant these rules, bounds and zone; its list of important pages stays its own.
    pub fn set_policy(&self, tenant: TenantId, policy: ScoringPolicy) {
        self.with(tenant, |state| state.settings.policy = policy);
    }

    /// Gives a broadcast the name that timelines show.
    pub fn name_broadcast(&self, tenant: TenantId, broadcast: BroadcastId, name: &str) {
        self.with(tenant, |state| {
            let names = &mut state.settings.broadcasts;
            names.insert(broadcast, name.to_owned());
        });
    }

    fn with<T>(&self, tenant: TenantId, work: impl FnOnce(&mut TenantState) -> T) -> T {
        let mut tenants = self.tenants();
        let state = tenants.entry(tenant);
        work(state.or_insert_with(|| TenantState::of(tenant)))
    }

    /// The state, also after a test has failed while it held it.
    fn tenants(&self) -> MutexGuard<'_, BTreeMap<TenantId, TenantState>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EngagementLog for InMemoryEngagementLog {
    fn append<'a>(&self, batch: &[Engagement], decide: &Decide<'a>) -> StoreResult<Vec<Appended>> {
        let mut places: BTreeMap<TenantId, Vec<usize>> = BTreeMap::new();
        for (place, engagement) in batch.iter().enumerate() {
            places.entry(engagement.tenant).or_default().push(place);
        }
        let mut answers: Vec<(usize, Appended)> = Vec::with_capacity(batch.len());
        for (tenant, places) in places {
            let engagements: Vec<_> = places.iter().map(|place| &batch[*place]).collect();
            let appended = self.with(tenant, |state| state.append(&engagements, decide));
            answers.extend(places.into_iter().zip(appended));
        }
        answers.sort_unstable_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, appended)| appended).collect())
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::ids::{LeadId, TenantId};
    use domain::tracking::MailRef;

    use super::{InMemoryEngagementLog, TrackedLead};
    use crate::builders::tracking::address;
    use crate::contracts::tracking::{Leads, TrackingPorts};

    impl Leads for InMemoryEngagementLog {
        fn tenant(&self) -> TenantId {
            TenantId::new()
        }

        fn add(&self, tenant: TenantId) -> LeadId {
            let lead = LeadId::new();
            self.add_lead(tenant, lead);
            self.set_address(tenant, lead, address(lead));
            lead
        }

        fn remove(&self, tenant: TenantId, lead: LeadId) -> bool {
            self.remove_lead(tenant, lead)
        }

        fn hand_over(&self, tenant: TenantId, mail: &MailRef, at: DateTime<Utc>) {
            Self::hand_over(self, tenant, mail.send, at);
        }

        fn stop_tracking(&self, tenant: TenantId, lead: LeadId) {
            Self::stop_tracking(self, tenant, lead);
        }

        fn find(&self, tenant: TenantId, lead: LeadId) -> Option<TrackedLead> {
            self.lead(tenant, lead)
        }
    }

    fn in_memory(contract: impl FnOnce(&TrackingPorts<'_>)) {
        let log = InMemoryEngagementLog::default();
        contract(&TrackingPorts::of(&log, &log));
    }

    crate::tracking_contracts!(in_memory);
}
