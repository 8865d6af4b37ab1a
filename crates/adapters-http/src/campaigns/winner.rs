//! A person chooses the winner of a test before the figures do.

use actix_web::web;
use domain::campaigns::{Variant, choose_winner};
use domain::ids::BroadcastId;
use serde::Deserialize;

use super::WINNER_CHOSEN;
use super::control::changed_or_moved_on;
use super::draft::audit;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::security::SignedIn;
use crate::state::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    variant: Variant,
}

pub(super) async fn choose(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Form(choice): Form<Choice>,
) -> PageResult {
    let id = broadcast.into_inner();
    let chosen = blocking(move || {
        let (tenant, now) = (me.tenant_id(), state.now());
        let found = state.ports.broadcasts.find(tenant, id)?;
        let broadcast = found.ok_or(Failure::NotFound)?;
        let tests = &*state.ports.ab_tests;
        let chosen = choose_winner(tests, tenant, &broadcast, choice.variant, now)?;
        if chosen {
            let detail = format!("{}: {}", broadcast.name, choice.variant.as_str());
            audit(&state, &me, WINNER_CHOSEN, id, &detail)?;
        }
        Ok::<_, Failure>(chosen)
    })
    .await?;
    Ok(changed_or_moved_on(id, chosen, "campaigns-winner-chosen"))
}
