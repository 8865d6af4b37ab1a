//! Who sends, as 特定電子メール法 wants it named in every mail.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::delivery::{SenderItem, SenderProfile};
use domain::leads::EmailAddress;
use domain::tenancy::{AuditEntry, AuditTarget, Locale};
use serde::{Deserialize, Serialize};

use super::SENDER_CHANGED;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;
use crate::texts;

/// Longest of each field, in characters.
const LONGEST: usize = 200;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SenderForm {
    from_name: String,
    from_address: String,
    reply_to: String,
    organisation: String,
    postal_address: String,
    contact: String,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let profile = blocking(move || state.ports.delivery_settings.sender_profile(tenant)).await?;
    let missing = profile.missing();
    page(
        &request,
        &SenderForm::of(profile),
        &missing,
        &FormErrors::default(),
    )
    .render()
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<SenderForm>,
) -> PageResult {
    let profile = match form.parsed(me.now()) {
        Ok(profile) => profile,
        Err(errors) => return page(&request, &form, &[], &errors).render(),
    };
    let is_complete = profile.missing().is_empty();
    blocking(move || {
        let tenant = me.tenant_id();
        state
            .ports
            .delivery_settings
            .save_sender_profile(tenant, &profile)?;
        let target = AuditTarget::all("sender");
        let audit = AuditEntry::new(me.actor(), SENDER_CHANGED, target, profile.updated_at);
        Ok::<_, Failure>(state.ports.audit.append(tenant, &audit)?)
    })
    .await?;
    let flash = Flash::success(if is_complete {
        "delivery-sender-saved"
    } else {
        "delivery-sender-saved-incomplete"
    });
    Ok(redirect("/ui/settings/sender", Some(flash)))
}

/// The names of the items that are still missing, in the language of the page.
pub(crate) fn item_names(items: &[SenderItem], locale: Locale) -> Vec<String> {
    let name = |item: &SenderItem| {
        let key = format!("delivery-sender-{}", item.as_str().replace('_', "-"));
        texts::text(locale, &key, &texts::arguments([]))
    };
    items.iter().map(name).collect()
}

fn page(
    request: &HttpRequest,
    form: &SenderForm,
    missing: &[SenderItem],
    errors: &FormErrors,
) -> Page {
    let page = Page::of(request, "delivery/sender.html");
    let missing = item_names(missing, page.locale());
    page.title("delivery-sender")
        .nav(Nav::Settings)
        .with("form", form)
        .with("missing", &missing)
        .errors(errors)
}

impl SenderForm {
    fn of(profile: SenderProfile) -> Self {
        let text = |address: Option<EmailAddress>| {
            address
                .map(|address| address.to_string())
                .unwrap_or_default()
        };
        Self {
            from_name: profile.from_name,
            from_address: text(profile.from_address),
            reply_to: text(profile.reply_to),
            organisation: profile.organisation,
            postal_address: profile.postal_address,
            contact: profile.contact,
        }
    }

    /// Blank items are stored blank: whoever has not all of it at hand loses nothing.
    fn parsed(&self, now: DateTime<Utc>) -> Result<SenderProfile, FormErrors> {
        let mut errors = FormErrors::default();
        let from_address = address("from_address", &self.from_address, &mut errors);
        let reply_to = address("reply_to", &self.reply_to, &mut errors);
        let profile = SenderProfile {
            from_name: line("from_name", &self.from_name, &mut errors),
            from_address,
            reply_to,
            organisation: line("organisation", &self.organisation, &mut errors),
            postal_address: line("postal_address", &self.postal_address, &mut errors),
            contact: line("contact", &self.contact, &mut errors),
            updated_at: now,
        };
        if errors.is_empty() {
            Ok(profile)
        } else {
            Err(errors)
        }
    }
}

fn address(field: &'static str, typed: &str, errors: &mut FormErrors) -> Option<EmailAddress> {
    if typed.trim().is_empty() {
        return None;
    }
    let address = EmailAddress::parse(typed).ok();
    if address.is_none() {
        errors.add(field, "delivery-error-address");
    }
    address
}

fn line(field: &'static str, typed: &str, errors: &mut FormErrors) -> String {
    let line = domain::delivery::one_line(typed);
    if line.chars().count() > LONGEST {
        errors.add(field, "delivery-error-long");
    }
    line
}
