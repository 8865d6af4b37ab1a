//! By what mail goes out: the outbox of the demo, a mail server, or SendGrid.

mod form;
pub(super) mod save;
mod secrets;
pub(super) mod test;

use actix_web::HttpRequest;
use domain::delivery::{MailProvider, ProviderKind, ProviderSettings};
use serde::Serialize;

use self::form::ProviderForm;
use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{FormErrors, Nav, Page};
use crate::security::SignedIn;
use crate::state::{AppState, State};

/// Which secrets are stored. Their values are shown to nobody.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Stored {
    smtp_password: bool,
    dkim_private_key: bool,
    sendgrid_api_key: bool,
    webhook_secret: bool,
}

impl Stored {
    fn of(provider: &MailProvider) -> Self {
        match provider {
            MailProvider::Outbox => Self::default(),
            MailProvider::Smtp(smtp) => Self {
                smtp_password: smtp.password.is_some(),
                dkim_private_key: smtp.dkim.is_some(),
                ..Self::default()
            },
            MailProvider::SendGrid(sendgrid) => Self {
                sendgrid_api_key: sendgrid.api_key.is_some(),
                webhook_secret: sendgrid.webhook_secret.is_some(),
                ..Self::default()
            },
        }
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (tenant, ports) = (me.tenant_id(), state.ports.clone());
    let settings = blocking(move || ports.delivery_settings.provider(tenant)).await?;
    let form = ProviderForm::of(&settings);
    page(
        &request,
        &me,
        &state,
        &settings,
        &form,
        &FormErrors::default(),
    )
    .render()
}

/// The page; `settings` are those that are stored.
fn page(
    request: &HttpRequest,
    me: &SignedIn,
    state: &AppState,
    settings: &ProviderSettings,
    form: &ProviderForm,
    errors: &FormErrors,
) -> Page {
    let base = state.address.url.as_str().trim_end_matches('/');
    let webhook = format!("{base}/webhooks/sendgrid/{}", me.tenant().webhook_key);
    Page::of(request, "delivery/provider.html")
        .title("delivery-provider")
        .nav(Nav::Settings)
        .with("form", form)
        .with("kinds", &selectable(state))
        .with("stored", &Stored::of(&settings.provider))
        .with("saved_kind", settings.provider.kind().as_str())
        .with("webhook", &webhook)
        .errors(errors)
}

/// The outbox can be chosen only where somebody can look into it.
fn selectable(state: &AppState) -> Vec<&'static str> {
    let has_outbox = state.ports.outbox.is_some();
    ProviderKind::ALL
        .into_iter()
        .filter(|kind| has_outbox || *kind != ProviderKind::Outbox)
        .map(ProviderKind::as_str)
        .collect()
}
