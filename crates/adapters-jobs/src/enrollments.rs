//! People go on through campaigns.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use domain::campaigns::{CampaignVersion, Enrollment, Situation, advance};
use domain::ids::{CampaignId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::Tenant;

use crate::{Ports, Stop, Turn};

/// People that a worker takes at once; small, so that tenants take turns.
const BATCH: u32 = 100;
/// How long a worker may hold them. If it dies, another takes them up after this.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Versions that are remembered, at most.
const REMEMBERED: usize = 500;

/// Does the steps that are due, for every tenant in turn. Several threads may share one.
#[derive(Debug, Default)]
pub struct Guide {
    /// What versions do; they never change.
    versions: Mutex<BTreeMap<(TenantId, CampaignId, u32), Arc<CampaignVersion>>>,
}

impl Guide {
    /// One batch for each tenant where somebody's step is due. What is wrong with one person's way
    /// stops nobody else's: it is logged, and looked at again when the lease is over.
    ///
    /// # Errors
    /// `Unavailable` if the storage is away.
    pub fn turn(&self, ports: &Ports, stop: &Stop) -> StoreResult<Turn> {
        let mut turn = Turn::Idle;
        for tenant in ports.tenants.list()? {
            if stop.is_set() {
                break;
            }
            let now = (ports.clock)();
            let claimed = ports.ways.claim_due(tenant.id, BATCH, LEASE, now)?;
            for enrollment in &claimed {
                turn = Turn::Worked;
                match self.look(ports, &tenant, enrollment) {
                    Ok(()) => {}
                    Err(error @ StoreError::Unavailable(_)) => return Err(error),
                    Err(error) => {
                        let (tenant, enrollment) = (tenant.id, enrollment.id);
                        tracing::error!(%tenant, %enrollment, %error, "a step cannot be done");
                    }
                }
            }
        }
        Ok(turn)
    }

    fn look(&self, ports: &Ports, tenant: &Tenant, enrollment: &Enrollment) -> StoreResult<()> {
        let version = self.version_of(ports, tenant.id, enrollment)?;
        let Some(lead) = ports.leads.find(tenant.id, enrollment.lead)? else {
            // Erased in the meantime, and the enrollment with it.
            return Ok(());
        };
        let now = (ports.clock)();
        let situation = Situation {
            version: &version,
            enrollment,
            lead: &lead,
            zone: tenant.time_zone,
            now,
        };
        let found = advance(&situation, &mut |deed| {
            ports.ways.did(tenant.id, enrollment, deed)
        })?;
        if !ports.ways.apply(tenant.id, enrollment, &found, now)? {
            tracing::debug!(enrollment = %enrollment.id, "somebody else moved the lead on");
        }
        Ok(())
    }

    fn version_of(
        &self,
        ports: &Ports,
        tenant: TenantId,
        enrollment: &Enrollment,
    ) -> StoreResult<Arc<CampaignVersion>> {
        let key = (tenant, enrollment.campaign, enrollment.version);
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(version) = versions.get(&key) {
            return Ok(Arc::clone(version));
        }
        let (_, campaign, number) = key;
        let found = ports.ways.version(tenant, campaign, number)?;
        let gone = || StoreError::unexpected("the version of the campaign is gone");
        let version = Arc::new(found.ok_or_else(gone)?);
        if versions.len() >= REMEMBERED {
            versions.clear();
        }
        versions.insert(key, Arc::clone(&version));
        Ok(version)
    }
}
