//! Whether what a task names is there, and ours (V-25).

use domain::ids::{LeadId, TenantId, UserId};
use domain::tasks::TaskFault;

use crate::error::{Complaint, Failure};
use crate::ports::Ports;

/// The lead is one of the tenant's.
pub(super) fn check_lead(
    ports: &Ports,
    tenant: TenantId,
    lead: Option<LeadId>,
) -> Result<(), Failure> {
    let Some(lead) = lead else { return Ok(()) };
    let found = ports.leads.find(tenant, lead)?;
    found
        .map(drop)
        .ok_or_else(|| impossible("lead_id", "there is no such lead"))
}

/// The person is of the tenant's staff, and can sign in.
pub(super) fn check_assignee(
    ports: &Ports,
    tenant: TenantId,
    user: Option<UserId>,
) -> Result<(), Failure> {
    let Some(user) = user else { return Ok(()) };
    let found = ports.users.find(tenant, user)?.filter(|it| it.is_active);
    found.map(drop).ok_or_else(|| {
        impossible(
            "assigned_to",
            "there is nobody with an open account of this id",
        )
    })
}

/// What is wrong with the texts.
pub(super) fn fault(fault: TaskFault) -> Failure {
    let field = match fault {
        TaskFault::TitleMissing | TaskFault::TitleTooLong => "title",
        TaskFault::DescriptionTooLong => "description",
    };
    impossible(field, &fault.to_string())
}

fn impossible(field: &str, reason: &str) -> Failure {
    Failure::Impossible(Complaint::about(field, reason))
}
