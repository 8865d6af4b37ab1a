//! Letting leads into a campaign (B17).

use actix_web::{HttpRequest, HttpResponse, web};
use domain::campaigns::{EnrollCause, Enrolled, enroll as let_in};
use domain::ids::{CampaignId, EnrollmentId, LeadId};
use domain::leads::EmailAddress;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{audit, impossible};
use crate::blocking::blocking;
use crate::campaigns::automatic::ENROLLED;
use crate::campaigns::automatic::enroll::enroll_ports;
use crate::error::{ApiError, Failure};
use crate::extract::ApiJson;
use crate::ports::Ports;
use crate::security::ApiCaller;
use crate::state::{AppState, State};

/// Leads in one request at most.
const MOST: usize = 500;
/// Characters of a key at most.
const LONGEST_KEY: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrollBody {
    #[serde(default)]
    lead_ids: Vec<LeadId>,
    #[serde(default)]
    emails: Vec<String>,
    /// Names the occasion: a repeat lets nobody in twice, whatever re-entry says.
    key: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    enrollments: Vec<One>,
}

#[derive(Serialize)]
struct One {
    lead_id: Option<LeadId>,
    result: &'static str,
    reason: Option<&'static str>,
    enrollment_id: Option<EnrollmentId>,
}

pub(super) async fn enroll(
    request: HttpRequest,
    caller: ApiCaller,
    state: State,
    campaign: web::Path<CampaignId>,
    ApiJson(body): ApiJson<EnrollBody>,
) -> Result<HttpResponse, ApiError> {
    let id = campaign.into_inner();
    let header = request.headers().get("idempotency-key");
    let in_header = header.map(|key| key.as_bytes().to_vec());
    let answer = blocking(move || keep(&state, &caller, id, body, in_header)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

fn keep(
    state: &AppState,
    caller: &ApiCaller,
    id: CampaignId,
    body: EnrollBody,
    in_header: Option<Vec<u8>>,
) -> Result<Answer, Failure> {
    let (tenant, ports) = (caller.tenant_id(), &state.ports);
    ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let occasion = body.occasion(in_header)?;
    let leads = body.leads(ports, caller)?;
    let known = leads.iter().flatten();
    let causes: Vec<_> = known
        .map(|lead| EnrollCause {
            campaign: id,
            lead: *lead,
            occasion: occasion.clone(),
        })
        .collect();
    let enrolled = let_in(&enroll_ports(ports), tenant, id, &causes, caller.now())?;
    if enrolled.iter().any(|it| matches!(it, Enrolled::Now(_))) {
        audit(state, caller, ENROLLED, id)?;
    }
    let mut enrolled = enrolled.into_iter();
    let one = |lead: &Option<LeadId>| One::of(*lead, lead.and_then(|_| enrolled.next()));
    Ok(Answer {
        enrollments: leads.iter().map(one).collect(),
    })
}

impl EnrollBody {
    fn occasion(&self, in_header: Option<Vec<u8>>) -> Result<Vec<u8>, Failure> {
        let sent = self.key.as_ref().map(|key| key.as_bytes().to_vec());
        match sent.or(in_header) {
            Some(key) if key.is_empty() || key.len() > LONGEST_KEY => {
                Err(impossible("key", "has no or more than 200 bytes"))
            }
            Some(key) => Ok(key),
            None => Ok(Uuid::now_v7().as_bytes().to_vec()),
        }
    }

    /// The leads in the order of the request; none where nobody has the address.
    fn leads(&self, ports: &Ports, caller: &ApiCaller) -> Result<Vec<Option<LeadId>>, Failure> {
        let count = self.lead_ids.len() + self.emails.len();
        if count == 0 {
            return Err(impossible("lead_ids", "nobody is named"));
        }
        if count > MOST {
            return Err(impossible("lead_ids", "more than 500 are named"));
        }
        let mut leads: Vec<_> = self.lead_ids.iter().copied().map(Some).collect();
        for (index, text) in self.emails.iter().enumerate() {
            let wrong = |_| impossible(format!("emails[{index}]"), "is no mail address");
            let email = EmailAddress::parse(text).map_err(wrong)?;
            let found = ports.leads.find_by_email(caller.tenant_id(), &email)?;
            leads.push(found.map(|lead| lead.id));
        }
        Ok(leads)
    }
}

impl One {
    fn of(lead: Option<LeadId>, enrolled: Option<Enrolled>) -> Self {
        let (result, reason, enrollment_id) = match enrolled {
            Some(Enrolled::Now(id)) => ("enrolled", None, Some(id)),
            Some(Enrolled::Already(id)) => ("already", None, Some(id)),
            Some(Enrolled::Refused(why)) => ("refused", Some(why.as_str()), None),
            None => ("refused", Some("no_such_lead"), None),
        };
        Self {
            lead_id: lead,
            result,
            reason,
            enrollment_id,
        }
    }
}
