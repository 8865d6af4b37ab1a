//! Sending a template to a colleague, to see it in a real mail program (B12).

use actix_web::web;
use domain::content::Template;
use domain::delivery::{ComposeError, OutgoingMail};
use domain::ids::{LeadId, TemplateId, UserId};
use domain::tenancy::{AuditEntry, AuditTarget, User};
use serde::Deserialize;

use super::TEST_SENT;
use super::composing::Untracked;
use super::preview::reader;
use crate::blocking::blocking_long;
use crate::delivery::hand_over::{HandedOver, hand_over};
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestForm {
    /// One of our own people: a test goes to nobody else.
    user: UserId,
    lead: Option<LeadId>,
}

pub(super) async fn submit(
    me: SignedIn,
    state: State,
    template: web::Path<TemplateId>,
    Form(form): Form<TestForm>,
) -> PageResult {
    let id = template.into_inner();
    let lead = form.lead;
    let flash = blocking_long(move || send(&state, &me, id, &form)).await?;
    let back = match lead {
        Some(lead) => format!("/ui/templates/{id}?lead={lead}"),
        None => format!("/ui/templates/{id}"),
    };
    Ok(redirect(&back, Some(flash)))
}

fn send(
    state: &AppState,
    me: &SignedIn,
    id: TemplateId,
    form: &TestForm,
) -> Result<Flash, Failure> {
    let tenant = me.tenant_id();
    let template = state
        .ports
        .templates
        .find(tenant, id)?
        .ok_or(Failure::NotFound)?;
    let colleague = state.ports.users.find(tenant, form.user)?;
    let to = colleague
        .filter(|user| user.is_active)
        .ok_or(Failure::NotFound)?;
    let mail = match compose(state, me, &template, form.lead, &to)? {
        Ok(mail) => mail,
        Err(ComposeError::SenderIncomplete(_)) => {
            return Ok(Flash::danger("content-test-sender"));
        }
        Err(ComposeError::Template(_)) => return Ok(Flash::danger("content-test-problem")),
    };
    match hand_over(state, &mail)? {
        HandedOver::Taken => {
            let target = AuditTarget::one("template", id);
            let audit = AuditEntry::new(me.actor(), TEST_SENT, target, me.now())
                .with_detail(format!("{} → {}", template.name, to.name));
            state.ports.audit.append(tenant, &audit)?;
            Ok(Flash::success("content-test-sent").with("name", to.name))
        }
        HandedOver::NotTaken(reason) => {
            Ok(Flash::danger("content-test-failed").with("reason", reason))
        }
    }
}

fn compose(
    state: &AppState,
    me: &SignedIn,
    template: &Template,
    lead: Option<LeadId>,
    to: &User,
) -> Result<Result<OutgoingMail, ComposeError>, Failure> {
    let tenant = me.tenant();
    let untracked = Untracked {
        state,
        tenant,
        locale: me.locale(),
    };
    let lead = reader(&untracked, me, lead)?;
    let sender = state.ports.delivery_settings.sender_profile(tenant.id)?;
    Ok(untracked.test(&template.source, &lead, &sender, to))
}
