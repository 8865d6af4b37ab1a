//! Changing the provider.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::delivery::{ProviderKind, ProviderSettings};
use domain::tenancy::{AuditEntry, AuditTarget};

use super::form::ProviderForm;
use super::page;
use crate::blocking::blocking;
use crate::delivery::{HONEYPOT_OFF, HONEYPOT_ON, PROVIDER_CHANGED};
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(in crate::delivery) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<ProviderForm>,
) -> PageResult {
    let (for_work, person) = (state.clone(), me.clone());
    let (outcome, form) =
        blocking(move || save(&for_work, &person, &form).map(|outcome| (outcome, form))).await?;
    match outcome {
        Ok(()) => {
            let flash = Flash::success("delivery-provider-saved");
            Ok(redirect("/ui/settings/mail", Some(flash)))
        }
        Err((before, errors)) => page(&request, &me, &state, &before, &form, &errors).render(),
    }
}

type Refused = (ProviderSettings, FormErrors);

fn save(
    state: &AppState,
    me: &SignedIn,
    form: &ProviderForm,
) -> Result<Result<(), Refused>, Failure> {
    let (tenant, now) = (me.tenant_id(), me.now());
    let before = state.ports.delivery_settings.provider(tenant)?;
    let settings = match form.settings(before.clone(), &state.keys) {
        Ok(settings) => settings,
        Err(errors) => return Ok(Err((before, errors))),
    };
    let kind = settings.provider.kind();
    if kind == ProviderKind::Outbox && state.ports.outbox.is_none() {
        let errors = FormErrors::one("kind", "delivery-error-kind");
        return Ok(Err((before, errors)));
    }
    state
        .ports
        .delivery_settings
        .save_provider(tenant, &settings, now)?;
    note(state, me, &before, &settings, now)?;
    Ok(Ok(()))
}

/// Mails with a hidden link are worth a line of their own.
fn note(
    state: &AppState,
    me: &SignedIn,
    before: &ProviderSettings,
    after: &ProviderSettings,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let entry = |action| {
        let target = AuditTarget::all("mail_provider");
        AuditEntry::new(me.actor(), action, target, now)
    };
    let audit = |entry| state.ports.audit.append(me.tenant_id(), &entry);
    audit(entry(PROVIDER_CHANGED).with_detail(after.provider.kind().as_str()))?;
    match (before.honeypot, after.honeypot) {
        (false, true) => audit(entry(HONEYPOT_ON))?,
        (true, false) => audit(entry(HONEYPOT_OFF))?,
        (false, false) | (true, true) => {}
    }
    Ok(())
}
