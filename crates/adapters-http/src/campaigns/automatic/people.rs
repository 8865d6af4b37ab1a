//! Who is in a campaign, where, and what comes next for each.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, Enrollment, EnrollmentStatus};
use domain::ids::{CampaignId, EnrollmentId, LeadId, StepId};
use domain::leads::Lead;
use domain::tenancy::Permission;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;

use super::next_up::NextUp;
use super::words::Words;
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Query;
use crate::pages::{Nav, Page, asked_page};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

/// Rows on a page: the lead of each is looked up when it is shown.
const ROWS: u32 = 30;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, deserialize_with = "empty_as_none")]
    status: Option<String>,
    #[serde(default, deserialize_with = "empty_as_none")]
    step: Option<StepId>,
    page: Option<u32>,
}

/// A person in a campaign, as a list shows them.
#[derive(Serialize)]
pub(super) struct PersonRow {
    id: EnrollmentId,
    lead: LeadId,
    /// Name, else address; none if the lead is gone.
    name: Option<String>,
    email: Option<String>,
    status: &'static str,
    enrolled_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    next: NextUp,
}

#[derive(Serialize)]
struct Choice {
    value: StepId,
    label: String,
}

struct Found {
    campaign: Campaign,
    rows: Vec<PersonRow>,
    steps: Vec<Choice>,
    has_more: bool,
}

pub(super) async fn list(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = campaign.into_inner();
    let (page, step) = (asked_page(asked.page), asked.step);
    let status = asked.status.as_deref().map(|name| {
        let unknown = || Complaint::about("status", "is no status of an enrollment");
        EnrollmentStatus::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    });
    let status = status.transpose()?;
    let found = blocking(move || find(&state, &me, id, status, step, page)).await?;
    let name = &found.campaign.definition.name;
    Page::of(&request, "campaigns/automatic/people.html")
        .title_about("campaigns-auto-people-title", name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("campaign_name", name)
        .with("rows", &found.rows)
        .with("steps", &found.steps)
        .with(
            "statuses",
            &EnrollmentStatus::ALL.map(EnrollmentStatus::as_str),
        )
        .with("filter", &asked)
        .with("newer", &(page > 1).then(|| address(id, &asked, page - 1)))
        .with(
            "older",
            &found.has_more.then(|| address(id, &asked, page + 1)),
        )
        .render()
}

fn address(id: CampaignId, asked: &Asked, page: u32) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    if let Some(status) = &asked.status {
        pairs.append_pair("status", status);
    }
    if let Some(step) = asked.step {
        pairs.append_pair("step", &step.to_string());
    }
    pairs.append_pair("page", &page.to_string());
    format!("/ui/campaigns/{id}/people?{}", pairs.finish())
}

fn find(
    state: &AppState,
    me: &SignedIn,
    id: CampaignId,
    status: Option<EnrollmentStatus>,
    step: Option<StepId>,
    page: u32,
) -> Result<Found, Failure> {
    let (tenant, ports, now) = (me.tenant_id(), &state.ports, me.now());
    let campaign = ports.campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
    let words = Words::read(ports, tenant, me.locale())?;
    let from = (page - 1) * ROWS;
    let mut enrollments =
        ports
            .enrollments
            .of_campaign(tenant, id, status, step, from, ROWS + 1)?;
    let has_more = enrollments.len() > ROWS as usize;
    enrollments.truncate(ROWS as usize);
    let row = |enrollment: &Enrollment| {
        let lead = ports.leads.find(tenant, enrollment.lead)?;
        let next = NextUp::of(enrollment, &campaign, &words, now);
        Ok(PersonRow::of(enrollment, lead.as_ref(), next, me))
    };
    let rows = enrollments
        .iter()
        .map(row)
        .collect::<Result<_, Failure>>()?;
    let placed = campaign.in_force().flow.placed().into_iter();
    let steps = placed.map(|it| Choice {
        value: it.step.id,
        label: words.numbered(&it),
    });
    Ok(Found {
        rows,
        steps: steps.collect(),
        has_more,
        campaign,
    })
}

impl PersonRow {
    pub(super) fn of(
        enrollment: &Enrollment,
        lead: Option<&Lead>,
        next: NextUp,
        me: &SignedIn,
    ) -> Self {
        let email = lead.map(|lead| shown_address(lead, me));
        Self {
            id: enrollment.id,
            lead: enrollment.lead,
            name: lead
                .and_then(|lead| lead.name.clone())
                .or_else(|| email.clone()),
            email,
            status: enrollment.status.as_str(),
            enrolled_at: enrollment.enrolled_at,
            ended_at: enrollment.ended_at,
            next,
        }
    }
}

/// The address, masked for those who need not know it (A60).
pub(super) fn shown_address(lead: &Lead, me: &SignedIn) -> String {
    if me.can(Permission::SeeAddresses) {
        lead.email.to_string()
    } else {
        lead.email.masked()
    }
}

/// What to call a lead in a sentence.
pub(super) fn shown_name(lead: Option<&Lead>, me: &SignedIn) -> String {
    match lead {
        None => texts::text(
            me.locale(),
            "campaigns-auto-person-gone",
            &texts::arguments([]),
        ),
        Some(lead) => (lead.name.clone()).unwrap_or_else(|| shown_address(lead, me)),
    }
}
