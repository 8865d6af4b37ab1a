//! What is to be done about a lead, for the lead's own page.

use domain::ids::{LeadId, TenantId};
use domain::store::StoreResult;
use domain::tasks::{TaskFilter, TaskRow};
use serde::Serialize;

use super::row::{Names, Row, names};
use crate::ports::Ports;
use crate::security::SignedIn;

/// Tasks that are shown at most; those to be done come first.
const SHOWN: u32 = 20;

/// The tasks of a lead.
pub(crate) struct LeadTasks {
    rows: Vec<TaskRow>,
    names: Names,
}

/// A task of the lead whose page it is.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Shown(Row);

impl LeadTasks {
    /// Reads them.
    pub(crate) fn read(ports: &Ports, tenant: TenantId, lead: LeadId) -> StoreResult<Self> {
        let filter = TaskFilter {
            lead: Some(lead),
            ..TaskFilter::default()
        };
        Ok(Self {
            rows: ports.tasks.tasks(tenant, &filter, 0, SHOWN)?,
            names: names(&ports.users.list(tenant)?),
        })
    }

    /// As this person sees them.
    pub(crate) fn shown(&self, me: &SignedIn) -> Vec<Shown> {
        let row = |row| Shown(Row::of(row, &self.names, me));
        self.rows.iter().map(row).collect()
    }
}
