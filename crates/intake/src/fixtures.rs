//! Things that the tests beside the code need.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::ids::{EngagementId, TenantId};
use domain::store::StoreResult;
use domain::tracking::{
    Appended, DeadEngagement, DeadEngagements, Engagement, MachineVerdict, Taken,
};
use prometheus_client::registry::Registry;
use test_support::builders::tracking::{self, HOME, visitor};

use crate::metrics::Metrics;
use crate::panics::lock;
use crate::request::Job;

pub(crate) fn tenant() -> TenantId {
    TenantId::new()
}

pub(crate) fn page_view(tenant: TenantId) -> Engagement {
    tracking::page_view(tenant, visitor(), HOME, 0)
}

/// A request with so many engagements, and its answer.
pub(crate) fn job(tenant: TenantId, engagements: usize) -> (Job, Receiver<Taken>) {
    let (sender, answer) = mpsc::channel();
    let metrics = Arc::new(Metrics::registered(&mut Registry::default()));
    let job = Job::new(
        (0..engagements).map(|_| page_view(tenant)).collect(),
        Box::new(move |taken| drop(sender.send(taken))),
        Duration::from_secs(1),
        &metrics,
    );
    (job, answer)
}

/// What a log answers for a stranger's engagement.
pub(crate) const fn appended() -> Appended {
    Appended {
        is_new: true,
        verdict: MachineVerdict::None,
        lead: None,
        tracking_id: None,
    }
}

/// Keeps the dead, or answers something else.
#[derive(Default)]
pub(crate) struct Grave {
    dead: Mutex<Vec<DeadEngagement>>,
    answer: Option<fn() -> StoreResult<()>>,
}

impl Grave {
    pub(crate) fn answering(answer: fn() -> StoreResult<()>) -> Self {
        Self {
            answer: Some(answer),
            ..Self::default()
        }
    }

    pub(crate) fn ids(&self) -> Vec<EngagementId> {
        let dead = lock(&self.dead);
        dead.iter().map(|dead| dead.engagement.id).collect()
    }
}

impl DeadEngagements for Grave {
    fn bury(&self, dead: &DeadEngagement) -> StoreResult<()> {
        self.answer.map_or(Ok(()), |answer| answer())?;
        lock(&self.dead).push(dead.clone());
        Ok(())
    }

    fn buried(&self, _tenant: TenantId, _limit: u32) -> StoreResult<Vec<DeadEngagement>> {
        Ok(lock(&self.dead).clone())
    }

    fn exhume(&self, _tenant: TenantId, engagement: EngagementId) -> StoreResult<bool> {
        let mut dead = lock(&self.dead);
        let before = dead.len();
        dead.retain(|dead| dead.engagement.id != engagement);
        Ok(dead.len() < before)
    }
}
