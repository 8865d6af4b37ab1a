//! What a step does when its turn has come.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, Situation};
use crate::automation::StaffReaction;
use crate::campaigns::{
    Branch, Deed, EnrollCause, Step, StepAction, StepEffect, StepTest, field_change,
};
use crate::delivery::{NewSend, SendCause};
use crate::ids::{EnrollmentId, StepId, TemplateId, derived_uuid};
use crate::store::StoreResult;

/// What a step does.
pub(super) enum Act {
    /// What it needs is gone.
    Gone,
    /// Its waiting is over.
    Waited,
    /// It goes this way.
    Went(Branch),
    /// It changes something.
    Did(StepEffect),
    /// It ends the enrollment.
    Ended(Option<StepEffect>),
}

pub(super) fn act(
    at: &Situation<'_>,
    step: &Step,
    due_at: DateTime<Utc>,
    asked: &mut Asked<'_>,
) -> StoreResult<Act> {
    Ok(match &step.action {
        StepAction::Send { template, .. } => send(at, step, *template, due_at),
        StepAction::WaitUntil { .. } => Act::Waited,
        StepAction::Condition { test, .. } => Act::Went(if holds(test, at, asked)? {
            Branch::Yes
        } else {
            Branch::No
        }),
        StepAction::Split { share_a, .. } => {
            Act::Went(share_of(at.enrollment.id, step.id, *share_a))
        }
        StepAction::SetAttribute { field, value } => match field_change(field, value) {
            Some(_) => Act::Did(StepEffect::SetAttribute {
                field: field.clone(),
                value: value.clone(),
            }),
            None => Act::Gone,
        },
        StepAction::AddTag { tag } => Act::Did(StepEffect::AddTag(tag.clone())),
        StepAction::RemoveTag { tag } => Act::Did(StepEffect::RemoveTag(tag.clone())),
        StepAction::AddScore { points } => Act::Did(StepEffect::AddScore {
            step: step.id,
            points: *points,
        }),
        StepAction::CreateTask {
            title,
            assignee,
            due_in_hours,
        } => Act::Did(StepEffect::React(StaffReaction::CreateTask {
            title: title.clone(),
            assignee: *assignee,
            due_at: at.now + TimeDelta::hours(i64::from(*due_in_hours)),
            campaign: Some(at.enrollment.campaign),
        })),
        StepAction::Notify { user, message } => {
            Act::Did(StepEffect::React(StaffReaction::Notify {
                user: *user,
                message: message.clone(),
            }))
        }
        StepAction::Webhook { url } => Act::Did(StepEffect::React(StaffReaction::Webhook {
            url: url.clone(),
            campaign: at.enrollment.campaign,
            step: step.id,
            at: at.now,
        })),
        StepAction::GoTo { campaign } => Act::Ended(Some(StepEffect::Enroll(EnrollCause {
            campaign: *campaign,
            lead: at.enrollment.lead,
            occasion: at.enrollment.id.uuid().as_bytes().to_vec(),
        }))),
        StepAction::End => Act::Ended(None),
    })
}

fn send(at: &Situation<'_>, step: &Step, template: TemplateId, due_at: DateTime<Utc>) -> Act {
    let mut contents = at.version.contents.iter();
    let Some((_, content)) = contents.find(|(of, _)| *of == step.id) else {
        return Act::Gone;
    };
    let enrollment = at.enrollment;
    Act::Did(StepEffect::Send(NewSend {
        cause: SendCause::Step {
            campaign: enrollment.campaign,
            enrollment: enrollment.id,
            step: step.id,
            due_at,
            lead: enrollment.lead,
        },
        content: content.id,
        template: Some(template),
        variant: None,
        due_at: Some(at.now),
        expires_at: (step.not_later_than).map(|limit| at.wanted_at(step, due_at) + limit.span()),
    }))
}

fn holds(test: &StepTest, at: &Situation<'_>, asked: &mut Asked<'_>) -> StoreResult<bool> {
    match test {
        StepTest::BandAtLeast { band } => Ok(at.lead.band >= *band),
        StepTest::Opened { step } => asked(&Deed::Opened(*step)),
        StepTest::Clicked { step, url_contains } => asked(&Deed::Clicked {
            step: *step,
            url_contains: url_contains.clone(),
        }),
        StepTest::Visited { path } => asked(&Deed::Visited(path.clone())),
        StepTest::Lead { conditions } => {
            Ok(conditions.iter().all(|condition| condition.holds(at.lead)))
        }
        StepTest::InSegment { segment } => asked(&Deed::InSegment(*segment)),
    }
}

/// Which way somebody goes at a split: by chance, but always the same way (B7).
fn share_of(enrollment: EnrollmentId, step: StepId, share_a: u8) -> Branch {
    let (who, place) = (enrollment.uuid(), step.uuid());
    let digest = derived_uuid("split", &[who.as_bytes(), place.as_bytes()]);
    if digest.as_u128() % 100 < u128::from(share_a) {
        Branch::A
    } else {
        Branch::B
    }
}
