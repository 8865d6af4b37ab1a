//! Staff put one lead into a campaign.

use actix_web::{HttpRequest, web};
use domain::campaigns::{EnrollCause, EnrollPorts, Enrolled, enroll};
use domain::ids::{CampaignId, LeadId};
use domain::leads::{Direction, LeadFilter, LeadPage, LeadSort};
use domain::tenancy::Permission;
use serde::{Deserialize, Serialize};
use serde_html_form::de::empty_as_none;
use uuid::Uuid;

use super::ENROLLED;
use super::create::audit;
use super::people::shown_name;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::{Form, Query};
use crate::pages::{Flash, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Leads that a search shows; whoever is not among them is looked for more closely.
const SHOWN: u32 = 20;

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, deserialize_with = "empty_as_none")]
    q: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EnrollForm {
    lead: LeadId,
}

#[derive(Serialize)]
struct Row {
    id: LeadId,
    name: Option<String>,
    email: String,
    company: Option<String>,
    band: &'static str,
    mail_stopped: bool,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let id = campaign.into_inner();
    let wanted = asked.q.as_deref().unwrap_or_default();
    let wanted: String = wanted.chars().take(200).collect();
    let is_asked = !wanted.trim().is_empty();
    let (name, rows) = blocking(move || {
        let found = state.ports.campaigns.find(me.tenant_id(), id)?;
        let name = found.ok_or(Failure::NotFound)?.definition.name;
        let rows = if wanted.trim().is_empty() {
            Vec::new()
        } else {
            matching(&state.ports, &me, wanted)?
        };
        Ok::<_, Failure>((name, rows))
    })
    .await?;
    Page::of(&request, "campaigns/automatic/enroll.html")
        .title_about("campaigns-auto-enroll-title", &name)
        .nav(Nav::Campaigns)
        .with("id", &id)
        .with("campaign_name", &name)
        .with("filter", &asked)
        .with("is_asked", &is_asked)
        .with("rows", &rows)
        .render()
}

fn matching(ports: &Ports, me: &SignedIn, wanted: String) -> Result<Vec<Row>, Failure> {
    let filter = LeadFilter {
        q: Some(wanted),
        ..LeadFilter::default()
    };
    let page = LeadPage::new(LeadSort::Score, Direction::Desc, 1, SHOWN);
    let as_of = me.as_of();
    let found = ports
        .lead_listing
        .page(me.tenant_id(), &filter, page, as_of)?;
    let row = |row: domain::leads::LeadRow| Row {
        id: row.id,
        name: row.name,
        email: if me.can(Permission::SeeAddresses) {
            row.email.to_string()
        } else {
            row.email.masked()
        },
        company: row.company,
        band: row.band.as_str(),
        mail_stopped: row.mail_stopped,
    };
    Ok(found.into_iter().map(row).collect())
}

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
    Form(form): Form<EnrollForm>,
) -> PageResult {
    let id = campaign.into_inner();
    let (enrolled, name) = blocking(move || {
        let (tenant, ports) = (me.tenant_id(), &state.ports);
        let found = ports.campaigns.find(tenant, id)?;
        let campaign = found.ok_or(Failure::NotFound)?;
        let lead = ports.leads.find(tenant, form.lead)?;
        let cause = EnrollCause {
            campaign: id,
            lead: form.lead,
            occasion: Uuid::now_v7().as_bytes().to_vec(),
        };
        let enrolled = enroll(&enroll_ports(ports), tenant, id, &[cause], me.now())?;
        if matches!(enrolled.as_slice(), [Enrolled::Now(_)]) {
            audit(&state, &me, ENROLLED, &campaign)?;
        }
        Ok::<_, Failure>((enrolled, shown_name(lead.as_ref(), &me)))
    })
    .await?;
    Ok(answer(id, enrolled.first(), &name))
}

fn answer(id: CampaignId, enrolled: Option<&Enrolled>, name: &str) -> actix_web::HttpResponse {
    let people = |enrollment| format!("/ui/campaigns/{id}/people/{enrollment}");
    match enrolled {
        Some(Enrolled::Now(enrollment)) => {
            let flash = Flash::success("campaigns-auto-enrolled-now").with("name", name);
            redirect(&people(enrollment), Some(flash))
        }
        Some(Enrolled::Already(enrollment)) => {
            let flash = Flash::success("campaigns-auto-enrolled-already").with("name", name);
            redirect(&people(enrollment), Some(flash))
        }
        Some(Enrolled::Refused(why)) => {
            let key = format!("campaigns-auto-enroll-{}", why.as_str());
            let flash = Flash::danger(&key).with("name", name);
            redirect(&format!("/ui/campaigns/{id}/enroll"), Some(flash))
        }
        None => redirect(&format!("/ui/campaigns/{id}/enroll"), None),
    }
}

/// What enrolling needs, of the installation.
pub(super) fn enroll_ports(ports: &Ports) -> EnrollPorts<'_> {
    EnrollPorts {
        campaigns: &*ports.campaigns,
        enrollments: &*ports.enrollments,
        leads: &*ports.leads,
    }
}
