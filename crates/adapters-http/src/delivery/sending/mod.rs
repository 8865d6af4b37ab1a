//! The rules by which mail goes out (配信ルール), and the switch that stops everything.

mod form;
pub(super) mod halt;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::delivery::{SenderProfile, SendingPolicy};
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};
use serde::Serialize;

use self::form::{SendingForm, WEEKDAYS};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(super) const PATH: &str = "/ui/settings/sending";

const CHANGED: AuditAction = AuditAction::new("sending_policy.changed");

/// What the rules come to at this moment.
#[derive(Serialize)]
struct Standing {
    is_open: bool,
    /// None: it does not open in the next two weeks.
    opens_at: Option<DateTime<Utc>>,
    /// Mails of today at most, while the domain is new.
    ceiling: Option<u32>,
}

impl Standing {
    fn of(policy: &SendingPolicy, domain: Option<&str>, me: &SignedIn) -> Self {
        let (now, zone) = (me.now(), me.tenant().time_zone);
        let opens_at = match &policy.window {
            Some(window) => window.next_open(now, zone),
            None => Some(now),
        };
        let warm_up = policy.warm_up.as_ref();
        let warm_up = warm_up.filter(|it| domain.is_some_and(|domain| it.is_of(domain)));
        Self {
            is_open: opens_at == Some(now),
            opens_at,
            ceiling: warm_up.map(|warm_up| warm_up.ceiling(me.as_of().today)),
        }
    }
}

/// What is stored.
struct Rules {
    policy: SendingPolicy,
    profile: SenderProfile,
}

impl Rules {
    fn read(state: &AppState, me: &SignedIn) -> Result<Self, Failure> {
        let settings = &state.ports.delivery_settings;
        Ok(Self {
            policy: settings.sending_policy(me.tenant_id())?,
            profile: settings.sender_profile(me.tenant_id())?,
        })
    }

    fn domain(&self) -> Option<&str> {
        let address = self.profile.from_address.as_ref();
        address.map(|address| address.domain())
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let person = me.clone();
    let rules = blocking(move || Rules::read(&state, &person)).await?;
    let form = SendingForm::of(&rules.policy, rules.domain(), me.as_of().today);
    page(&request, &me, &rules, &form, &FormErrors::default()).render()
}

pub(super) async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<SendingForm>,
) -> PageResult {
    let (person, typed) = (me.clone(), form.clone());
    let refused = blocking(move || save(&state, &person, &typed)).await?;
    match refused {
        None => Ok(redirect(
            PATH,
            Some(Flash::success("delivery-sending-saved")),
        )),
        Some((rules, errors)) => page(&request, &me, &rules, &form, &errors).render(),
    }
}

/// `Some` with what is wrong.
fn save(
    state: &AppState,
    me: &SignedIn,
    form: &SendingForm,
) -> Result<Option<(Rules, FormErrors)>, Failure> {
    let rules = Rules::read(state, me)?;
    let policy = match form.policy(rules.domain()) {
        Ok(policy) => policy,
        Err(errors) => return Ok(Some((rules, errors))),
    };
    let (tenant, now) = (me.tenant_id(), me.now());
    let settings = &state.ports.delivery_settings;
    settings.save_sending_policy(tenant, &policy, now)?;
    let target = AuditTarget::all("sending_policy");
    let entry = AuditEntry::new(me.actor(), CHANGED, target, now);
    state.ports.audit.append(tenant, &entry)?;
    Ok(None)
}

fn page(
    request: &HttpRequest,
    me: &SignedIn,
    rules: &Rules,
    form: &SendingForm,
    errors: &FormErrors,
) -> Page {
    Page::of(request, "delivery/sending.html")
        .title("delivery-sending")
        .nav(Nav::Settings)
        .with("form", form)
        .with("weekdays", &WEEKDAYS)
        .with("domain", &rules.domain())
        .with("standing", &Standing::of(&rules.policy, rules.domain(), me))
        .errors(errors)
}
