//! A mail to oneself, to see whether the settings work.

use domain::content::TemplateSource;
use domain::delivery::ComposeError;
use domain::tenancy::{AuditEntry, AuditTarget, Locale};

use crate::blocking::blocking_long;
use crate::content::composing::Untracked;
use crate::delivery::PROVIDER_TESTED;
use crate::delivery::hand_over::{HandedOver, hand_over};
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

pub(in crate::delivery) async fn submit(me: SignedIn, state: State) -> PageResult {
    let flash = blocking_long(move || send(&state, &me)).await?;
    Ok(redirect("/ui/settings/mail", Some(flash)))
}

fn send(state: &AppState, me: &SignedIn) -> Result<Flash, Failure> {
    let tenant = me.tenant();
    let sender = state.ports.delivery_settings.sender_profile(tenant.id)?;
    let untracked = Untracked {
        state,
        tenant,
        locale: me.locale(),
    };
    let lead = untracked.sample_lead();
    let mail = match untracked.test(&source(me.locale()), &lead, &sender, me.user()) {
        Ok(mail) => mail,
        Err(ComposeError::SenderIncomplete(_)) => {
            return Ok(Flash::danger("content-test-sender"));
        }
        Err(error @ ComposeError::Template(_)) => return Err(Failure::unexpected(error)),
    };
    let target = AuditTarget::all("mail_provider");
    let audit = AuditEntry::new(me.actor(), PROVIDER_TESTED, target, me.now());
    state.ports.audit.append(tenant.id, &audit)?;
    Ok(match hand_over(state, &mail)? {
        HandedOver::Taken => Flash::success("delivery-test-sent").with("email", &me.user().email),
        HandedOver::NotTaken(reason) => {
            Flash::danger("delivery-test-failed").with("reason", reason)
        }
    })
}

fn source(locale: Locale) -> TemplateSource {
    let text = |key| texts::text(locale, key, &texts::arguments([]));
    TemplateSource {
        subject: text("delivery-test-subject"),
        html: format!("<p>{}</p>", text("delivery-test-body")),
        text: None,
    }
}
