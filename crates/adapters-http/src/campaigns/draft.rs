//! Preparing a broadcast: name, template, audience.

use actix_web::{HttpRequest, web};
use domain::campaigns::{AbDifference, Broadcast, BroadcastDraft, BroadcastStatus};
use domain::ids::{BroadcastId, TenantId, TopicId};
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};
use domain::tracking::MailSource;

use super::draft_form::{DraftForm, Next};
use super::draft_page::{Offers, offers, page};
use super::draft_query::DraftQuery;
use super::{CHANGED, CREATED};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::leads::query::LeadQuery;
use crate::pages::{Flash, FormErrors, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

pub(super) async fn new(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let query = DraftQuery::read(request.query_string())?;
    let form = DraftForm::blank(query.template);
    let audience = query.audience.unwrap_or_default();
    let (offers, audience) =
        blocking(move || offers(&state.ports, &me, &audience, None).map(|it| (it, audience)))
            .await?;
    page(
        &request,
        None,
        &form,
        &audience,
        &offers,
        &FormErrors::default(),
    )
}

pub(super) async fn edit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let query = DraftQuery::read(request.query_string())?;
    let (form, audience, offers) = blocking(move || {
        let draft = draft(&state, me.tenant_id(), id)?;
        let stored = || LeadQuery::from(&draft.audience);
        let audience = query.audience.unwrap_or_else(stored);
        let offers = offers(&state.ports, &me, &audience, draft.audience.listed_for)?;
        let source = MailSource::Broadcast(id);
        let topic = state.ports.topics.topic_of(me.tenant_id(), source)?;
        Ok::<_, Failure>((DraftForm::of(&draft, topic), audience, offers))
    })
    .await?;
    page(
        &request,
        Some(id),
        &form,
        &audience,
        &offers,
        &FormErrors::default(),
    )
}

pub(super) async fn create(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<DraftForm>,
) -> PageResult {
    let keep = |state: &AppState, me: &SignedIn, draft: BroadcastDraft| {
        let (tenant, now) = (me.tenant_id(), me.now());
        let broadcast = draft.into_broadcast(BroadcastId::new(), Some(me.user().id), now);
        state.ports.broadcasts.create(tenant, &broadcast)?;
        audit(state, me, CREATED, broadcast.id, &broadcast.name)?;
        Ok(broadcast.id)
    };
    submit(request, me, state, None, form, keep).await
}

pub(super) async fn change(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Form(form): Form<DraftForm>,
) -> PageResult {
    let id = broadcast.into_inner();
    let keep = move |state: &AppState, me: &SignedIn, mut draft: BroadcastDraft| {
        // The list is not in the form: it has a page of its own.
        draft.audience.listed_for = listed_for(state, me.tenant_id(), Some(id))?;
        let broadcasts = &state.ports.broadcasts;
        if !broadcasts.update_draft(me.tenant_id(), id, &draft)? {
            return Err(Failure::NotFound);
        }
        audit(state, me, CHANGED, id, &draft.name)?;
        Ok(id)
    };
    submit(request, me, state, Some(id), form, keep).await
}

/// Keeps the draft and goes on to the page that asks; or back to the form.
async fn submit(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: Option<BroadcastId>,
    form: DraftForm,
    keep: impl FnOnce(&AppState, &SignedIn, BroadcastDraft) -> Result<BroadcastId, Failure>
    + Send
    + 'static,
) -> PageResult {
    let audience = form.audience()?;
    let (parsed, topic) = (form.parsed(audience.filter()?), form.topic);
    let (kept, audience) = blocking(move || {
        let parsed = parsed.and_then(|draft| match missing(&state, &me, topic, &draft) {
            Ok(None) => Ok(keep(&state, &me, draft)),
            Ok(Some(errors)) => Err(errors),
            Err(failure) => Ok(Err(failure)),
        });
        let errors = match parsed {
            Ok(Ok(id)) => {
                let (topics, source) = (&state.ports.topics, MailSource::Broadcast(id));
                topics.assign_topic(me.tenant_id(), source, topic)?;
                return Ok((Ok(id), audience));
            }
            Ok(Err(failure)) => template_gone(failure)?,
            Err(errors) => errors,
        };
        let list = listed_for(&state, me.tenant_id(), id)?;
        let offers = offers(&state.ports, &me, &audience, list)?;
        Ok::<_, Failure>((Err((errors, offers)), audience))
    })
    .await?;
    answer(&request, id, &form, &audience, kept)
}

/// What the form names that is not there: its topic, or the template of variant B.
fn missing(
    state: &AppState,
    me: &SignedIn,
    topic: Option<TopicId>,
    draft: &BroadcastDraft,
) -> Result<Option<FormErrors>, Failure> {
    let (tenant, ports) = (me.tenant_id(), &state.ports);
    let topics = ports.topics.topics(tenant)?;
    let is_there = |wanted| topics.iter().any(|topic| topic.id == wanted);
    if topic.is_some_and(|wanted| !is_there(wanted)) {
        return Ok(Some(FormErrors::one("topic", "campaigns-error-topic")));
    }
    if let Some(AbDifference::Template(other)) = draft.ab_test.as_ref().map(|test| &test.b)
        && ports.templates.find(tenant, *other)?.is_none()
    {
        let errors = FormErrors::one("ab_template", "campaigns-error-template");
        return Ok(Some(errors));
    }
    Ok(None)
}

/// The list that a draft goes to, if any.
fn listed_for(
    state: &AppState,
    tenant: TenantId,
    id: Option<BroadcastId>,
) -> Result<Option<BroadcastId>, Failure> {
    let Some(id) = id else {
        return Ok(None);
    };
    let found = state.ports.broadcasts.find(tenant, id)?;
    Ok(found.and_then(|broadcast| broadcast.audience.listed_for))
}

/// A template that is not there, or not any more, is an error of its field.
fn template_gone(failure: Failure) -> Result<FormErrors, Failure> {
    if matches!(failure, Failure::Conflict(_)) {
        Ok(FormErrors::one("template", "campaigns-error-template"))
    } else {
        Err(failure)
    }
}

fn answer(
    request: &HttpRequest,
    id: Option<BroadcastId>,
    form: &DraftForm,
    audience: &LeadQuery,
    kept: Result<BroadcastId, (FormErrors, Offers)>,
) -> PageResult {
    match kept {
        Ok(id) => {
            let (page, flash) = match form.next {
                Next::Confirm => ("confirm", Some(Flash::success("campaigns-draft-saved"))),
                Next::Recipients => ("recipients", None),
            };
            Ok(redirect(&format!("/ui/broadcasts/{id}/{page}"), flash))
        }
        Err((errors, offers)) => page(request, id, form, audience, &offers, &errors),
    }
}

/// A broadcast that has not been started.
pub(super) fn draft(
    state: &AppState,
    tenant: TenantId,
    id: BroadcastId,
) -> Result<Broadcast, Failure> {
    let found = state.ports.broadcasts.find(tenant, id)?;
    found
        .filter(|broadcast| broadcast.status == BroadcastStatus::Draft)
        .ok_or(Failure::NotFound)
}

/// Writes down who did what to a broadcast.
pub(super) fn audit(
    state: &AppState,
    me: &SignedIn,
    action: AuditAction,
    id: BroadcastId,
    name: &str,
) -> Result<(), Failure> {
    let target = AuditTarget::one("broadcast", id);
    let entry = AuditEntry::new(me.actor(), action, target, me.now()).with_detail(name);
    Ok(state.ports.audit.append(me.tenant_id(), &entry)?)
}
