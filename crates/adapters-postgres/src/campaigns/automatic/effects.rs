//! What a step changes besides the enrollment, in the same transaction.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::automation::{Reaction, ReactionKind};
use domain::campaigns::{Enrollment, StepEffect, field_change};
use domain::delivery::NewSend;
use domain::ids::{ReactionId, TenantId};
use domain::leads::{Lead, tidy_tag};

use super::points;
use crate::automation::add_reactions;
use crate::delivery::queue::queue_sends;
use crate::leads::edit;
use crate::pool::TenantWorkError;

/// Whose step it is, and when.
pub(super) struct Moment<'a> {
    pub(super) tenant: TenantId,
    pub(super) enrollment: &'a Enrollment,
    pub(super) campaign_name: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// The lead is locked by the caller, if one of the effects writes it.
pub(super) fn carry_out(
    connection: &mut PgConnection,
    moment: &Moment<'_>,
    effects: &[StepEffect],
) -> Result<(), TenantWorkError> {
    let sends: Vec<NewSend> = effects.iter().filter_map(send).collect();
    queue_sends(connection, moment.tenant, &sends, moment.now)?;
    write_lead(connection, moment, effects)?;
    let mut reactions: Vec<Reaction> = (effects.iter().enumerate())
        .filter_map(|(place, effect)| reaction(moment, place, effect))
        .collect();
    for effect in effects {
        if let StepEffect::AddScore { step, points } = effect {
            reactions.extend(points::add(connection, moment, *step, *points)?);
        }
    }
    add_reactions(connection, moment.tenant, &reactions)
}

fn send(effect: &StepEffect) -> Option<NewSend> {
    match effect {
        StepEffect::Send(send) => Some(*send),
        StepEffect::SetAttribute { .. }
        | StepEffect::AddTag(_)
        | StepEffect::RemoveTag(_)
        | StepEffect::AddScore { .. }
        | StepEffect::Enroll(_)
        | StepEffect::React(_) => None,
    }
}

/// Every edit of fields and tags, in their order, in one write.
fn write_lead(
    connection: &mut PgConnection,
    moment: &Moment<'_>,
    effects: &[StepEffect],
) -> Result<(), TenantWorkError> {
    let writes = |effect: &StepEffect| {
        matches!(
            effect,
            StepEffect::SetAttribute { .. } | StepEffect::AddTag(_) | StepEffect::RemoveTag(_)
        )
    };
    if !effects.iter().any(writes) {
        return Ok(());
    }
    let change = |lead: &mut Lead| {
        for effect in effects {
            change_lead(lead, effect, moment.now);
        }
    };
    edit(connection, moment.tenant, moment.enrollment.lead, change).map(drop)
}

fn change_lead(lead: &mut Lead, effect: &StepEffect, now: DateTime<Utc>) {
    match effect {
        StepEffect::SetAttribute { field, value } => {
            if let Some(changes) = field_change(field, value) {
                lead.apply(changes, now);
            }
        }
        StepEffect::AddTag(tag) => {
            lead.tags.extend(tidy_tag(tag));
            lead.updated_at = now;
        }
        StepEffect::RemoveTag(tag) => {
            lead.tags.remove(tag);
            lead.updated_at = now;
        }
        StepEffect::Send(_)
        | StepEffect::AddScore { .. }
        | StepEffect::Enroll(_)
        | StepEffect::React(_) => {}
    }
}

/// What a worker of its own carries out. Entering another campaign is one of these, because its
/// entry conditions are to be looked at, with the lead as it is after this step.
fn reaction(moment: &Moment<'_>, place: usize, effect: &StepEffect) -> Option<Reaction> {
    let enrollment = moment.enrollment;
    let (id, kind) = match effect {
        StepEffect::Enroll(cause) => {
            let id = ReactionId::derived(&[b"enroll", cause.id().uuid().as_bytes()]);
            let campaign = cause.campaign;
            (id, ReactionKind::Enroll { campaign })
        }
        StepEffect::React(reaction) => {
            let step = enrollment.next_step?.uuid();
            let way = enrollment.id.uuid();
            let place = place.to_be_bytes();
            let id = ReactionId::derived(&[way.as_bytes(), step.as_bytes(), &place]);
            (id, ReactionKind::Staff(reaction.clone()))
        }
        StepEffect::Send(_)
        | StepEffect::SetAttribute { .. }
        | StepEffect::AddTag(_)
        | StepEffect::RemoveTag(_)
        | StepEffect::AddScore { .. } => return None,
    };
    Some(Reaction {
        id,
        lead: enrollment.lead,
        kind,
        due_at: moment.now,
        engagement: None,
    })
}
