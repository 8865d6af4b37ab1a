//! One look at a due enrollment: what is done now, and what comes next.

mod act;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::wait::due;
use super::{
    Advance, Branch, CampaignVersion, Deed, Enrollment, EnrollmentStatus, ExitCondition, Onward,
    Step, StepEffect, StepExecution, StepOutcome, StepSkipped,
};
use crate::leads::Lead;
use crate::store::StoreResult;

use act::{Act, act};

/// A step that is done within this time counts as done the moment it was due, so that the seconds
/// a worker takes do not add up from step to step. Delays are in minutes at the least.
const PUNCTUAL: TimeDelta = TimeDelta::minutes(1);

/// All that a look at an enrollment depends on, but what its lead did.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// What the campaign does in the version of the enrollment.
    pub version: &'a CampaignVersion,
    /// Where the lead stands in it.
    pub enrollment: &'a Enrollment,
    /// The lead.
    pub lead: &'a Lead,
    /// The tenant's clock.
    pub zone: Tz,
    /// The moment of the look.
    pub now: DateTime<Utc>,
}

impl Situation<'_> {
    /// When this step should have been done that is due at `due_at`: before the person held it back.
    fn wanted_at(&self, step: &Step, due_at: DateTime<Utc>) -> DateTime<Utc> {
        let is_next = self.enrollment.next_step == Some(step.id);
        let held_since = self.enrollment.held_since.filter(|_| is_next);
        held_since.unwrap_or(due_at)
    }
}

/// Whether the lead of an enrollment did something; asked only where the flow depends on it.
pub type Asked<'a> = dyn FnMut(&Deed) -> StoreResult<bool> + 'a;

/// Looks at an enrollment: lets the lead out where an exit condition holds, else does every step
/// that is due.
///
/// A step's delay counts from when the step before it was done, or from enrollment (D17). One that
/// is skipped leaves that moment as it was. A step that acts counts as done when it is done, so
/// after an outage or a pause the next one keeps its distance and nothing floods (complaint 11);
/// one that only waits or decides counts as done when it was due. Lateness counts from when a step
/// was due; that is [`Enrollment::next_at`].
///
/// The time for which the person held a step back counts for no delay, so that the way goes on as it
/// would have gone on then. It counts as lateness: a mail that would be stale is not sent.
///
/// After a step that changes the lead the look ends, and the next one begins at once with the lead
/// as it is then. Nothing is changed here: what is not applied is found again by the next look.
///
/// # Errors
/// Those of `asked`.
pub fn advance(situation: &Situation<'_>, asked: &mut Asked<'_>) -> StoreResult<Advance> {
    let mut walk = Walk {
        at: situation,
        executions: Vec::new(),
        effects: Vec::new(),
        since: situation.enrollment.since + situation.enrollment.held_for(),
    };
    let onward = if is_out(situation, asked)? {
        Onward::Ended(EnrollmentStatus::Exited)
    } else {
        walk.go(asked)?
    };
    Ok(Advance {
        executions: walk.executions,
        effects: walk.effects,
        since: walk.since,
        onward,
    })
}

/// Whether the lead leaves early.
fn is_out(situation: &Situation<'_>, asked: &mut Asked<'_>) -> StoreResult<bool> {
    let lead = situation.lead;
    for exit in &situation.version.exits {
        let holds = match exit {
            ExitCondition::BandReached(band) => lead.band >= *band,
            ExitCondition::Custom(event) => asked(&Deed::Custom(event.clone()))?,
            ExitCondition::Lead(condition) => condition.holds(lead),
        };
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a step leads.
#[derive(Clone, Copy)]
enum Way {
    /// To the step after it.
    On,
    /// Into one of its branches.
    Into(Branch),
    /// Out of the campaign.
    Out,
}

/// What has been done in this look so far.
struct Walk<'a> {
    at: &'a Situation<'a>,
    executions: Vec<StepExecution>,
    effects: Vec<StepEffect>,
    since: DateTime<Utc>,
}

impl Walk<'_> {
    fn go(&mut self, asked: &mut Asked<'_>) -> StoreResult<Onward> {
        let (flow, enrollment) = (&self.at.version.flow, self.at.enrollment);
        let mut next = enrollment.next_step.and_then(|id| flow.step(id));
        let mut due_at = enrollment.next_at.unwrap_or(self.at.now);
        // Every step leads on, never back; the bound only guards against a flow that was not
        // validated, in which two steps share an id.
        for _ in 0..=flow.placed().len() {
            let Some(step) = next else { break };
            if due_at > self.at.now || self.has_changed_the_lead() {
                let (step, at) = (step.id, due_at);
                return Ok(Onward::At { step, at });
            }
            next = match self.look_at(step, due_at, asked)? {
                Way::On => flow.after(step.id),
                Way::Into(branch) => flow.inside(step.id, branch),
                Way::Out => None,
            };
            if let Some(next) = next {
                due_at = due(next, self.at.zone, self.since, due_at);
            }
        }
        Ok(Onward::Ended(EnrollmentStatus::Completed))
    }

    fn has_changed_the_lead(&self) -> bool {
        self.effects.iter().any(StepEffect::changes_the_lead)
    }

    fn look_at(
        &mut self,
        step: &Step,
        due_at: DateTime<Utc>,
        asked: &mut Asked<'_>,
    ) -> StoreResult<Way> {
        // A new version may have moved a step behind the lead's place that the lead has had.
        if self.at.version.version > 1 && asked(&Deed::Passed(step.id))? {
            return Ok(Way::On);
        }
        if let Some(why) = self.reason_to_skip(step, due_at) {
            return Ok(self.skip(step, why));
        }
        let done = match act(self.at, step, due_at, asked)? {
            Act::Gone => return Ok(self.skip(step, StepSkipped::Gone)),
            Act::Waited => (StepOutcome::Done, due_at, Way::On),
            Act::Went(branch) => (StepOutcome::Went(branch), due_at, Way::Into(branch)),
            Act::Ended(effect) => {
                self.effects.extend(effect);
                (StepOutcome::Done, due_at, Way::Out)
            }
            Act::Did(effect) => {
                let outcome = match &effect {
                    StepEffect::Send(send) => StepOutcome::Sent(send.cause.key()),
                    StepEffect::SetAttribute { .. }
                    | StepEffect::AddTag(_)
                    | StepEffect::RemoveTag(_)
                    | StepEffect::AddScore { .. }
                    | StepEffect::Enroll(_)
                    | StepEffect::React(_) => StepOutcome::Done,
                };
                self.effects.push(effect);
                (outcome, self.done_at(due_at), Way::On)
            }
        };
        let (outcome, since, way) = done;
        self.since = since;
        self.note(step, outcome);
        Ok(way)
    }

    fn reason_to_skip(&self, step: &Step, due_at: DateTime<Utc>) -> Option<StepSkipped> {
        let late = self.at.now - self.at.wanted_at(step, due_at);
        if step.not_later_than.is_some_and(|limit| late > limit.span()) {
            return Some(StepSkipped::TooLate);
        }
        let holds = step
            .only_if
            .iter()
            .all(|condition| condition.holds(self.at.lead));
        (!holds).then_some(StepSkipped::Condition)
    }

    fn skip(&mut self, step: &Step, why: StepSkipped) -> Way {
        self.note(step, StepOutcome::Skipped(why));
        Way::On
    }

    fn note(&mut self, step: &Step, outcome: StepOutcome) {
        self.executions.push(StepExecution {
            step: step.id,
            at: self.at.now,
            outcome,
        });
    }

    fn done_at(&self, due_at: DateTime<Utc>) -> DateTime<Utc> {
        if self.at.now - due_at <= PUNCTUAL {
            due_at
        } else {
            self.at.now
        }
    }
}

#[cfg(test)]
mod tests;
