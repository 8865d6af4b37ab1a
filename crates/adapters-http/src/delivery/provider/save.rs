//! Changing the provider.

use actix_web::HttpRequest;
use chrono::Utc;
use domain::delivery::{ProviderKind, ProviderSettings};
use domain::tenancy::{AuditEntry, AuditTarget};

use super::form::ProviderForm;
use super::page;
use crate::blocking::blocking;
use crate::delivery::PROVIDER_CHANGED;
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
    let (tenant, now) = (me.tenant_id(), Utc::now());
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
    let target = AuditTarget::all("mail_provider");
    let audit =
        AuditEntry::new(me.actor(), PROVIDER_CHANGED, target, now).with_detail(kind.as_str());
    state.ports.audit.append(tenant, &audit)?;
    Ok(Ok(()))
}
