//! `POST /api/v1/leads`: creates the lead with this address, or completes it. The same request
//! twice is the same as once.

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::ids::{TenantId, UserId};
use domain::leads::{Checks, EmailAddress, Lead, LeadDraft, Upserted, audit};
use domain::tenancy::{Actor, AuditEntry};
use serde::{Deserialize, Serialize};

use super::attributes;
use super::document::{LeadDocument, id_of};
use super::wish::{ConsentDocument, Wish};
use crate::blocking::{blocking, blocking_long};
use crate::error::{ApiError, Failure};
use crate::extract::ApiJson;
use crate::ports::Ports;
use crate::privacy::confirm::Asked;
use crate::security::ApiCaller;
use crate::state::State;

/// What is known of a lead. There is no id, no score and no date in it (V-28).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftDocument {
    email: EmailAddress,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    kana: Option<String>,
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    department: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    graduation_year: Option<i32>,
    #[serde(default)]
    grade: Option<String>,
    #[serde(default)]
    industry: Option<String>,
    #[serde(default)]
    company_size: Option<i32>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    attributes: attributes::Document,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    owner: Option<UserId>,
    /// What the person consented to, to be recorded (特電法 art. 3-2).
    #[serde(default)]
    pub(super) consent: Option<ConsentDocument>,
    /// The person shall confirm from the mailbox (double opt-in).
    #[serde(default)]
    pub(super) confirm: bool,
}

impl DraftDocument {
    /// The draft, checked against the tenant's attributes and staff.
    fn draft(self, ports: &Ports, tenant: TenantId) -> Result<LeadDraft, Failure> {
        let known = ports.lead_listing.attributes(tenant)?;
        let read = attributes::read(self.attributes, &known)?;
        let draft = LeadDraft {
            email: self.email,
            name: self.name,
            kana: self.kana,
            company: self.company,
            department: self.department,
            title: self.title,
            phone: self.phone,
            graduation_year: self.graduation_year,
            grade: self.grade,
            industry: self.industry,
            company_size: self.company_size,
            region: self.region,
            attributes: read
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect(),
            tags: self.tags.into_iter().collect(),
            owner: self.owner,
        };
        let checks = Checks {
            attributes: &known,
            staff: &staff(ports, tenant, self.owner)?,
        };
        checks.draft(&draft)?;
        Ok(draft)
    }
}

/// The owner, if they are of this tenant's staff (V-25).
pub(super) fn staff(
    ports: &Ports,
    tenant: TenantId,
    owner: Option<UserId>,
) -> Result<Vec<UserId>, Failure> {
    let Some(owner) = owner else {
        return Ok(Vec::new());
    };
    let found = ports.users.find(tenant, owner)?;
    Ok(found.map(|user| user.id).into_iter().collect())
}

/// The lead, and what became of asking the person.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    lead: LeadDocument<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<Asked>,
}

pub(super) async fn upsert(
    caller: ApiCaller,
    state: State,
    ApiJson(document): ApiJson<DraftDocument>,
) -> Result<HttpResponse, ApiError> {
    let (tenant, actor) = (caller.tenant_id(), caller.actor());
    let does_wait = document.confirm;
    let work = move || {
        let mut document = document;
        let wish = Wish::of(&state.ports, tenant, &mut document)?;
        let draft = document.draft(&state.ports, tenant)?;
        let (upserted, lead) = store(&state.ports, tenant, actor, draft)?;
        let is_new = matches!(upserted, Upserted::Created(_));
        let asked = wish.carry_out(&state, &lead, is_new)?;
        Ok::<_, Failure>((upserted, lead, asked))
    };
    // The mail that asks is handed over before the answer.
    let (upserted, lead, asked) = if does_wait {
        blocking_long(work).await?
    } else {
        blocking(work).await?
    };
    let mut answer = match upserted {
        Upserted::Created(id) => {
            let mut answer = HttpResponse::Created();
            answer.insert_header((header::LOCATION, format!("/api/v1/leads/{id}")));
            answer
        }
        Upserted::Updated(_) => HttpResponse::Ok(),
    };
    let lead = LeadDocument::of(&lead);
    Ok(answer.json(Answer {
        lead,
        confirmation: asked,
    }))
}

fn store(
    ports: &Ports,
    tenant: TenantId,
    actor: Actor,
    draft: LeadDraft,
) -> Result<(Upserted, Lead), Failure> {
    let now = ports.now();
    let upserted = ports.leads.upsert_many(tenant, &[draft], now)?;
    let none = || Failure::unexpected("an upsert of one draft answered nothing");
    let upserted = upserted.into_iter().next().ok_or_else(none)?;
    let id = id_of(upserted);
    let action = match upserted {
        Upserted::Created(_) => audit::LEAD_CREATED,
        Upserted::Updated(_) => audit::LEAD_CHANGED,
    };
    let entry = AuditEntry::new(actor, action, audit::lead(id), now);
    ports.audit.append(tenant, &entry)?;
    let lead = ports.leads.find(tenant, id)?.ok_or(Failure::NotFound)?;
    Ok((upserted, lead))
}
