//! A new draft: blank, from a recipe, or like another campaign.

use actix_web::web;
use chrono::{DateTime, Utc};
use domain::campaigns::{Campaign, CampaignDefinition, CampaignStatus, Step, StepAction};
use domain::ids::{CampaignId, StepId, UserId};
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};
use serde::Deserialize;
use serde_html_form::de::empty_as_none;

use super::CREATED;
use super::recipes::{Recipe, blank};
use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};
use crate::texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewForm {
    /// None: blank.
    #[serde(default, deserialize_with = "empty_as_none")]
    recipe: Option<String>,
}

pub(super) async fn create(me: SignedIn, state: State, Form(form): Form<NewForm>) -> PageResult {
    let recipe = form.recipe.as_deref().map(|name| {
        let unknown = || Complaint::about("recipe", "is no recipe");
        Recipe::parse(name).ok_or_else(|| Failure::Invalid(unknown()))
    });
    let recipe = recipe.transpose()?;
    let id = blocking(move || {
        let definition = match recipe {
            Some(recipe) => made(&state, &me, recipe)?,
            None => blank(text(&me, "campaigns-auto-new-name")),
        };
        keep(&state, &me, definition)
    })
    .await?;
    Ok(redirect(
        &format!("/ui/campaigns/{id}/edit"),
        Some(Flash::success("campaigns-auto-created")),
    ))
}

pub(super) async fn copy(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let campaign = campaign.into_inner();
    let id = blocking(move || {
        let found = state.ports.campaigns.find(me.tenant_id(), campaign)?;
        let mut definition = found.ok_or(Failure::NotFound)?.definition;
        let name = texts::arguments([("name", definition.name.into())]);
        definition.name = texts::text(me.locale(), "campaigns-auto-copy-name", &name);
        definition.name = definition.name.chars().take(255).collect();
        renew(&mut definition);
        keep(&state, &me, definition)
    })
    .await?;
    Ok(redirect(
        &format!("/ui/campaigns/{id}/edit"),
        Some(Flash::success("campaigns-auto-copied")),
    ))
}

fn made(state: &AppState, me: &SignedIn, recipe: Recipe) -> Result<CampaignDefinition, Failure> {
    let templates = state.ports.templates.list(me.tenant_id())?.into_iter();
    let templates: Vec<_> = templates.map(|it| (it.id, it.name)).collect();
    recipe
        .definition(me.locale(), &templates)
        .map_err(Failure::unexpected)
}

fn keep(
    state: &AppState,
    me: &SignedIn,
    definition: CampaignDefinition,
) -> Result<CampaignId, Failure> {
    let (id, now) = (CampaignId::new(), me.now());
    let campaign = draft(id, definition, Some(me.user().id), now);
    state.ports.campaigns.create(me.tenant_id(), &campaign)?;
    audit(state, me, CREATED, &campaign)?;
    Ok(id)
}

/// A campaign that nobody has been in.
pub(super) fn draft(
    id: CampaignId,
    definition: CampaignDefinition,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Campaign {
    Campaign {
        id,
        definition,
        live: None,
        status: CampaignStatus::Draft,
        version: 0,
        enrolled_count: 0,
        completed_count: 0,
        created_by: by,
        created_at: now,
        updated_at: now,
        activated_at: None,
        paused_at: None,
    }
}

/// Gives every step an id of its own; tests that ask for a mail of the flow go along.
fn renew(definition: &mut CampaignDefinition) {
    let placed = definition.flow.placed().into_iter();
    let ids: Vec<(StepId, StepId)> = placed.map(|it| (it.step.id, StepId::new())).collect();
    let new = |old: StepId| ids.iter().find(|(id, _)| *id == old).map_or(old, |it| it.1);
    renew_steps(&mut definition.flow.steps, &new);
}

fn renew_steps(steps: &mut [Step], new: &dyn Fn(StepId) -> StepId) {
    use domain::campaigns::StepTest as Test;
    for step in steps {
        step.id = new(step.id);
        if let StepAction::Condition {
            test: Test::Opened { step } | Test::Clicked { step, .. },
            ..
        } = &mut step.action
        {
            *step = step.map(new);
        }
        for inner in step.action.branches_mut() {
            renew_steps(inner, new);
        }
    }
}

fn text(me: &SignedIn, key: &str) -> String {
    texts::text(me.locale(), key, &texts::arguments([]))
}

/// Writes down who did what to a campaign.
pub(super) fn audit(
    state: &AppState,
    me: &SignedIn,
    action: AuditAction,
    campaign: &Campaign,
) -> Result<(), Failure> {
    let target = AuditTarget::one("campaign", campaign.id);
    let name = &campaign.definition.name;
    let entry = AuditEntry::new(me.actor(), action, target, me.now()).with_detail(name);
    Ok(state.ports.audit.append(me.tenant_id(), &entry)?)
}
