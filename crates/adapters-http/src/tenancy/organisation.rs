//! Name, time zone and language of the organisation.

use actix_web::HttpRequest;
use chrono_tz::Tz;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget, Locale, TenantSettings};
use serde::{Deserialize, Serialize};

use super::refusals;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    name: String,
    time_zone: String,
    locale: String,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn) -> PageResult {
    let settings = me.tenant().settings();
    let form = Settings {
        name: settings.name,
        time_zone: settings.time_zone.name().to_owned(),
        locale: settings.locale.as_str().to_owned(),
    };
    page(&request, &form, &FormErrors::default()).render()
}

pub(super) async fn change(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<Settings>,
) -> PageResult {
    let settings = match parsed(&form) {
        Ok(settings) => settings,
        Err(errors) => return page(&request, &form, &errors).render(),
    };
    let target = AuditTarget::all("tenant");
    let audit = AuditEntry::new(me.actor(), AuditAction::TENANT_CHANGED, target, me.now());
    let tenant = me.tenant_id();
    let changed = blocking(move || {
        state
            .ports
            .tenants
            .change_settings(tenant, &settings, &audit)
    })
    .await?;
    if !changed {
        return Err(Failure::NotFound.into());
    }
    let flash = Flash::success("tenancy-organisation-saved");
    Ok(redirect("/ui/settings/organisation", Some(flash)))
}

fn parsed(form: &Settings) -> Result<TenantSettings, FormErrors> {
    let mut errors = FormErrors::default();
    refusals::name("name", &form.name, &mut errors);
    let time_zone = form.time_zone.parse::<Tz>().ok();
    if time_zone.is_none() {
        errors.add("time_zone", "tenancy-error-time-zone");
    }
    let locale = Locale::parse(&form.locale);
    if locale.is_none() {
        errors.add("locale", "tenancy-error-locale");
    }
    match (time_zone, locale) {
        (Some(time_zone), Some(locale)) if errors.is_empty() => Ok(TenantSettings {
            name: form.name.trim().to_owned(),
            time_zone,
            locale,
        }),
        _ => Err(errors),
    }
}

fn page(request: &HttpRequest, form: &Settings, errors: &FormErrors) -> Page {
    let zones: Vec<&str> = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .collect();
    Page::of(request, "tenancy/organisation.html")
        .title("tenancy-organisation-title")
        .nav(Nav::Settings)
        .with("form", form)
        .with("zones", &zones)
        .errors(errors)
}
