//! Whose events they are.

use std::collections::BTreeMap;

use domain::ids::{LeadId, TenantId};
use domain::leads::EmailAddress;
use domain::tracking::{Action, Engagement, Subject};

use super::{Placed, impossible};
use crate::blocking::blocking;
use crate::error::{Complaint, Failure};
use crate::ports::Ports;
use crate::state::State;

/// Replaces addresses by the leads that have them. While the storage is away nothing is replaced:
/// an address is enough to go on with.
///
/// # Errors
/// [`Failure::Impossible`] for the first event whose lead the tenant does not have.
pub(super) async fn find(
    state: &State,
    tenant: TenantId,
    events: &mut [Placed],
) -> Result<(), Failure> {
    let wanted: Vec<Subject> = events.iter().filter_map(|(_, it)| subject(it)).collect();
    let shared = state.clone();
    let found = blocking(move || Found::read(&shared.ports, tenant, &wanted)).await;
    let found = match found {
        Ok(found) => found,
        Err(Failure::Unavailable(_away)) => return Ok(()),
        Err(failure) => return Err(failure),
    };
    for (place, event) in events {
        if let Action::Custom { subject, .. } = &mut event.action {
            found
                .settle(subject)
                .map_err(|complaint| impossible(*place, complaint))?;
        }
    }
    Ok(())
}

fn subject(event: &Engagement) -> Option<Subject> {
    match &event.action {
        Action::Custom { subject, .. } => Some(subject.clone()),
        Action::Open { .. }
        | Action::Click { .. }
        | Action::PageView { .. }
        | Action::Report { .. } => None,
    }
}

/// Which of them there are.
#[derive(Default)]
struct Found {
    leads: BTreeMap<LeadId, bool>,
    addresses: BTreeMap<EmailAddress, Option<LeadId>>,
}

impl Found {
    /// Each is asked for once, however many events it has.
    fn read(ports: &Ports, tenant: TenantId, wanted: &[Subject]) -> Result<Self, Failure> {
        let mut found = Self::default();
        for subject in wanted {
            match subject {
                Subject::Lead(id) if !found.leads.contains_key(id) => {
                    let lead = ports.leads.find(tenant, *id)?;
                    found.leads.insert(*id, lead.is_some());
                }
                Subject::Address(address) if !found.addresses.contains_key(address) => {
                    let lead = ports.leads.find_by_email(tenant, address)?;
                    let lead = lead.map(|lead| lead.id);
                    found.addresses.insert(address.clone(), lead);
                }
                Subject::Lead(_) | Subject::Address(_) => {}
            }
        }
        Ok(found)
    }

    fn settle(&self, subject: &mut Subject) -> Result<(), Complaint> {
        let unknown = |field| Complaint::about(field, "there is no such lead");
        match subject {
            Subject::Lead(id) => {
                let is_there = self.leads.get(id).copied().unwrap_or_default();
                is_there.then_some(()).ok_or_else(|| unknown("lead_id"))
            }
            Subject::Address(address) => {
                let lead = self.addresses.get(address).copied().flatten();
                *subject = Subject::Lead(lead.ok_or_else(|| unknown("email"))?);
                Ok(())
            }
        }
    }
}
