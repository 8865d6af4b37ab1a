//! Waiting requests, by tenant, served in turns.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use domain::ids::TenantId;

use crate::request::Job;
use crate::weight::Weight;

/// Waiting requests, by tenant, served in turns.
///
/// Each tenant waits in a lane of its own, and a batch takes one request of each lane in turn. A
/// tenant with ten thousand waiting requests therefore delays another's only request by one.
#[derive(Default)]
pub(crate) struct Lanes {
    lanes: HashMap<TenantId, Lane>,
    /// Every tenant that has a lane, once; the front is next.
    turns: VecDeque<TenantId>,
    weight: Weight,
}

#[derive(Default)]
struct Lane {
    jobs: VecDeque<Job>,
    weight: Weight,
}

impl Lanes {
    pub(crate) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    pub(crate) const fn weight(&self) -> Weight {
        self.weight
    }

    /// When the oldest waiting request arrived.
    pub(crate) fn oldest(&self) -> Option<Instant> {
        let fronts = self.lanes.values().filter_map(|lane| lane.jobs.front());
        fronts.map(|job| job.request.arrived()).min()
    }

    /// Whether the request may wait here.
    ///
    /// A tenant may hold half of the limit while others wait too. Alone it may hold seven eighths:
    /// the last eighth is kept for whoever comes next. An empty place takes any request, however
    /// large.
    pub(crate) fn has_room(&self, tenant: TenantId, more: Weight, limit: Weight) -> bool {
        if self.is_empty() {
            return true;
        }
        let own = self.lanes.get(&tenant).map(|lane| lane.weight);
        let is_alone = own == Some(self.weight);
        let share = if is_alone {
            limit.share(7, 8)
        } else {
            limit.share(1, 2)
        };
        (self.weight + more).fits(limit) && (own.unwrap_or_default() + more).fits(share)
    }

    pub(crate) fn push(&mut self, tenant: TenantId, job: Job) {
        let turns = &mut self.turns;
        let lane = self.lanes.entry(tenant).or_insert_with(|| {
            turns.push_back(tenant);
            Lane::default()
        });
        lane.weight += job.weight;
        self.weight += job.weight;
        lane.jobs.push_back(job);
    }

    /// The requests of the next batch: at least one, if one waits; otherwise no more than the limit
    /// holds.
    pub(crate) fn gather(&mut self, limit: Weight) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut gathered = Weight::default();
        while let Some(&tenant) = self.turns.front() {
            let next = self.lanes.get(&tenant).and_then(|lane| lane.jobs.front());
            let fits = next.is_none_or(|job| (gathered + job.weight).fits(limit));
            if !fits && !jobs.is_empty() {
                break;
            }
            self.turns.pop_front();
            if let Some(job) = self.pop(tenant) {
                gathered += job.weight;
                jobs.push(job);
            }
            if self.lanes.contains_key(&tenant) {
                self.turns.push_back(tenant);
            }
        }
        jobs
    }

    /// The requests that have waited for `patience` or longer, the oldest of each tenant first, but
    /// no more than `room` takes.
    pub(crate) fn expire(&mut self, now: Instant, patience: Duration, room: Weight) -> Vec<Job> {
        let mut expired = Vec::new();
        let mut taken = Weight::default();
        for tenant in self.turns.clone() {
            while let Some(next) = self.lanes.get(&tenant).and_then(|lane| lane.jobs.front()) {
                let age = now.saturating_duration_since(next.request.arrived());
                if age < patience || !(taken + next.weight).fits(room) {
                    break;
                }
                taken += next.weight;
                expired.extend(self.pop(tenant));
            }
        }
        self.turns.retain(|tenant| self.lanes.contains_key(tenant));
        expired
    }

    /// All of it.
    pub(crate) fn drain(&mut self) -> Vec<Job> {
        let lanes = std::mem::take(self).lanes;
        lanes.into_values().flat_map(|lane| lane.jobs).collect()
    }

    /// The oldest request of a tenant. A lane without requests goes; its turn is the caller's.
    fn pop(&mut self, tenant: TenantId) -> Option<Job> {
        let lane = self.lanes.get_mut(&tenant)?;
        let job = lane.jobs.pop_front();
        if let Some(job) = &job {
            lane.weight -= job.weight;
            self.weight -= job.weight;
        }
        if lane.jobs.is_empty() {
            self.lanes.remove(&tenant);
        }
        job
    }
}

#[cfg(test)]
mod tests;
