//! The engagement log, the timeline, sites and important pages.
//!
//! [`EngagementLog::append`] works in one transaction: for each tenant of the batch, in order, it
//! locks the visitors and then the leads that the batch touches (always in the order of their ids,
//! so that two writers never wait for one another in a circle), inserts the engagements, lets the
//! domain decide about the rows that are really new, and writes what follows.

mod batch;
mod dead;
mod erased;
mod events;
mod important;
mod join;
mod leads;
mod people;
mod rollups;
mod scores;
mod sends;
mod sessions;
mod sites;
mod timeline;
mod verdicts;
mod visitors;

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::ids::TenantId;
use domain::store::StoreResult;
use domain::tracking::{Appended, Decide, Engagement, EngagementLog};

use crate::error::settled;
use crate::plans;
use crate::pool::{PgStore, TenantWorkError, enter_tenant};

impl EngagementLog for PgStore {
    fn append<'a>(&self, batch: &[Engagement], decide: &Decide<'a>) -> StoreResult<Vec<Appended>> {
        let mut tenants: BTreeMap<TenantId, Vec<usize>> = BTreeMap::new();
        for (at, engagement) in batch.iter().enumerate() {
            tenants.entry(engagement.tenant).or_default().push(at);
        }
        let mut connection = self.connection()?;
        loop {
            let written = connection.transaction(|connection| -> Result<_, TenantWorkError> {
                let mut written: Vec<(usize, Appended)> = Vec::with_capacity(batch.len());
                plans::keep(connection)?;
                for (tenant, places) in &tenants {
                    enter_tenant(connection, *tenant)?;
                    let engagements: Vec<_> = places.iter().map(|place| &batch[*place]).collect();
                    let appended = batch::append(connection, *tenant, &engagements, decide)?;
                    written.extend(places.iter().copied().zip(appended));
                }
                Ok(written)
            });
            if matches!(written, Err(TenantWorkError::Again)) {
                continue;
            }
            let mut written = settled(&mut connection, written)?;
            written.sort_unstable_by_key(|(place, _)| *place);
            return Ok(written.into_iter().map(|(_, appended)| appended).collect());
        }
    }
}
