//! The kinds of mail (配信の種類), and what is demanded before a mail goes out.

use actix_web::{HttpRequest, web};
use chrono::TimeDelta;
use domain::ids::{TenantId, TopicId};
use domain::privacy::{Funnel, PrivacySettings, Topic, TopicDraft, TopicFault};
use domain::store::StoreError;
use domain::tenancy::{Actor, AuditAction, AuditEntry, AuditTarget};
use serde::{Deserialize, Serialize};

use super::{DEMANDS_CHANGED, TOPIC_ADDED, TOPIC_CHANGED, TOPIC_REMOVED};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/settings/topics";
/// How far back the drop-off of confirmations is counted.
const FUNNEL_DAYS: i64 = 30;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopicForm {
    name: String,
    #[serde(default)]
    description: String,
    /// A ticked box is sent, an empty one is not.
    #[serde(default)]
    default_on: Option<String>,
    #[serde(default)]
    position: Option<i32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemandForm {
    #[serde(default)]
    consent_required: Option<String>,
    #[serde(default)]
    double_opt_in: Option<String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    description: String,
    default_on: bool,
    position: i32,
}

#[derive(Serialize)]
struct Demands {
    consent_required: bool,
    double_opt_in: bool,
}

#[derive(Serialize)]
struct DropOff {
    requested: u64,
    visited: u64,
    confirmed: u64,
}

struct Shown {
    topics: Vec<Topic>,
    demands: PrivacySettings,
    funnel: Funnel,
}

impl TopicForm {
    fn draft(&self) -> TopicDraft {
        TopicDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            default_on: self.default_on.is_some(),
            position: self.position.unwrap_or_default(),
        }
    }
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let shown = blocking(move || Shown::read(&state.ports, tenant)).await?;
    let form = TopicForm {
        default_on: Some("on".to_owned()),
        ..TopicForm::default()
    };
    page(&request, &shown, &form, &FormErrors::default()).render()
}

pub(super) async fn add(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<TopicForm>,
) -> PageResult {
    store(request, me, state, form, None).await
}

pub(super) async fn change(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    topic: web::Path<TopicId>,
    Form(form): Form<TopicForm>,
) -> PageResult {
    store(request, me, state, form, Some(topic.into_inner())).await
}

async fn store(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    form: TopicForm,
    known: Option<TopicId>,
) -> PageResult {
    let (tenant, actor, draft) = (me.tenant_id(), me.actor(), form.draft());
    let refused = blocking(move || {
        let ports = &state.ports;
        let stored = match draft.into_topic(known.unwrap_or_default()) {
            Ok(topic) => keep(ports, tenant, actor, &topic, known.is_some()),
            Err(fault) => Ok(Some(complaint(fault))),
        };
        let shown = |(field, key)| {
            let shown = Shown::read(ports, tenant)?;
            Ok::<_, Failure>((shown, FormErrors::one(field, key)))
        };
        stored?.map(shown).transpose()
    })
    .await?;
    match refused {
        None => Ok(redirect(PATH, Some(Flash::success("privacy-topic-saved")))),
        Some((shown, errors)) => page(&request, &shown, &form, &errors).render(),
    }
}

/// What is wrong with a form: the field and the key of the text.
type Complaint = (&'static str, &'static str);

fn complaint(fault: TopicFault) -> Complaint {
    match fault {
        TopicFault::NameMissing => ("name", "privacy-topic-name-missing"),
        TopicFault::NameTooLong => ("name", "privacy-topic-name-long"),
        TopicFault::DescriptionTooLong => ("description", "privacy-topic-description-long"),
    }
}

fn keep(
    ports: &Ports,
    tenant: TenantId,
    actor: Actor,
    topic: &Topic,
    is_known: bool,
) -> Result<Option<Complaint>, Failure> {
    let now = ports.now();
    let stored = if is_known {
        ports.topics.change_topic(tenant, topic, now)
    } else {
        ports.topics.add_topic(tenant, topic, now).map(|()| true)
    };
    match stored {
        Ok(true) => {}
        Ok(false) => return Err(Failure::NotFound),
        Err(StoreError::Duplicate(_)) => return Ok(Some(("name", "privacy-topic-known"))),
        Err(other) => return Err(other.into()),
    }
    let action = if is_known { TOPIC_CHANGED } else { TOPIC_ADDED };
    note(ports, tenant, actor, action, topic.id, &topic.name)?;
    Ok(None)
}

pub(super) async fn remove(me: SignedIn, state: State, topic: web::Path<TopicId>) -> PageResult {
    let (tenant, actor, topic) = (me.tenant_id(), me.actor(), topic.into_inner());
    let flash = blocking(
        move || match state.ports.topics.remove_topic(tenant, topic) {
            Ok(true) => {
                note(&state.ports, tenant, actor, TOPIC_REMOVED, topic, "")?;
                Ok(Flash::success("privacy-topic-removed"))
            }
            Ok(false) => Err(Failure::NotFound),
            Err(StoreError::InUse(_)) => Ok(Flash::danger("privacy-topic-in-use")),
            Err(other) => Err(other.into()),
        },
    )
    .await?;
    Ok(redirect(PATH, Some(flash)))
}

fn note(
    ports: &Ports,
    tenant: TenantId,
    actor: Actor,
    action: AuditAction,
    topic: TopicId,
    name: &str,
) -> Result<(), Failure> {
    let target = AuditTarget::one("topic", topic);
    let entry = AuditEntry::new(actor, action, target, ports.now()).with_detail(name);
    Ok(ports.audit.append(tenant, &entry)?)
}

pub(super) async fn demand(me: SignedIn, state: State, Form(form): Form<DemandForm>) -> PageResult {
    let (tenant, actor) = (me.tenant_id(), me.actor());
    let settings = PrivacySettings {
        consent_required: form.consent_required.is_some(),
        double_opt_in: form.double_opt_in.is_some(),
    };
    blocking(move || {
        let now = state.now();
        state.ports.consents.demand(tenant, settings, now)?;
        let target = AuditTarget::all("consent_settings");
        let entry = AuditEntry::new(actor, DEMANDS_CHANGED, target, now)
            .with_detail(format!("{settings:?}"));
        state.ports.audit.append(tenant, &entry)
    })
    .await?;
    Ok(redirect(
        PATH,
        Some(Flash::success("privacy-demands-saved")),
    ))
}

impl Shown {
    fn read(ports: &Ports, tenant: TenantId) -> Result<Self, Failure> {
        let since = ports.now() - TimeDelta::days(FUNNEL_DAYS);
        Ok(Self {
            topics: ports.topics.topics(tenant)?,
            demands: ports.consents.privacy_settings(tenant)?,
            funnel: ports.confirmations.funnel(tenant, since)?,
        })
    }
}

fn page(request: &HttpRequest, shown: &Shown, form: &TopicForm, errors: &FormErrors) -> Page {
    let row = |topic: &Topic| Row {
        id: topic.id.to_string(),
        name: topic.name.clone(),
        description: topic.description.clone().unwrap_or_default(),
        default_on: topic.default_on,
        position: topic.position,
    };
    let rows: Vec<Row> = shown.topics.iter().map(row).collect();
    let position = form.position.map_or_else(String::new, |at| at.to_string());
    let demands = Demands {
        consent_required: shown.demands.consent_required,
        double_opt_in: shown.demands.double_opt_in,
    };
    let funnel = DropOff {
        requested: shown.funnel.requested,
        visited: shown.funnel.visited,
        confirmed: shown.funnel.confirmed,
    };
    Page::of(request, "privacy/topics.html")
        .title("privacy-topics-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .with("demands", &demands)
        .with("funnel", &funnel)
        .with("form", form)
        .with("position", &position)
        .errors(errors)
}
