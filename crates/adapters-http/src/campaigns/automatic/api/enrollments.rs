//! Who is in a campaign (B59).

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::campaigns::{Enrollment, EnrollmentStatus, Flow};
use domain::ids::{CampaignId, EnrollmentId, LeadId, StepId};
use serde::{Deserialize, Serialize};

use crate::blocking::blocking;
use crate::campaigns::api::paging;
use crate::error::{ApiError, Complaint, Failure};
use crate::extract::ApiQuery;
use crate::security::ApiCaller;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    status: Option<String>,
    step_id: Option<StepId>,
    cursor: Option<u32>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct EnrollmentShape {
    id: EnrollmentId,
    lead_id: LeadId,
    status: &'static str,
    version: u32,
    /// The number of the step that comes next; none once it has ended, or where the step is not
    /// in the definition any more.
    current_step: Option<u32>,
    next_step_id: Option<StepId>,
    next_at: Option<DateTime<Utc>>,
    enrolled_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

pub(super) async fn list(
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
    ApiQuery(asked): ApiQuery<Asked>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let page = paging::Asked::of(asked.cursor, asked.limit);
    let status = asked.status.as_deref().map(|name| {
        let unknown = || Complaint::about("status", "is no status of an enrollment");
        EnrollmentStatus::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    });
    let status = status.transpose()?;
    let found = blocking(move || {
        let (tenant, ports) = (caller.tenant_id(), &state.ports);
        let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let flow = &campaign.in_force().flow;
        let step = asked.step_id;
        let (offset, rows) = (page.offset(), page.rows());
        let found = (ports.enrollments).of_campaign(tenant, id, status, step, offset, rows)?;
        let shape = |it: &Enrollment| EnrollmentShape::of(it, flow);
        Ok::<_, Failure>(found.iter().map(shape).collect::<Vec<_>>())
    })
    .await?;
    Ok(HttpResponse::Ok().json(page.page(found)))
}

impl EnrollmentShape {
    fn of(enrollment: &Enrollment, flow: &Flow) -> Self {
        let placed = flow.placed();
        let current = placed
            .iter()
            .find(|it| Some(it.step.id) == enrollment.next_step);
        Self {
            id: enrollment.id,
            lead_id: enrollment.lead,
            status: enrollment.status.as_str(),
            version: enrollment.version,
            current_step: current.map(|it| it.order),
            next_step_id: enrollment.next_step,
            next_at: enrollment.next_at,
            enrolled_at: enrollment.enrolled_at,
            completed_at: enrollment.ended_at,
        }
    }
}
