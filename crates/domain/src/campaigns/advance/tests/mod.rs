mod any_flow;
mod branches;
mod leaving;
mod sequence;

use std::collections::BTreeSet;

use chrono_tz::Asia::Tokyo;
use uuid::Uuid;

use super::*;
use crate::campaigns::{Delay, DelayUnit, Flow, ReEntry, StepAction, StepTest, Trigger, beginning};
use crate::content::{FrozenContent, TemplateSource};
use crate::delivery::{NewSend, SendCause};
use crate::ids::{CampaignId, ContentId, EnrollmentId, LeadId, StepId, TemplateId};
use crate::leads::{EmailAddress, LeadDraft};

/// 2026-11-01 10:00 in Tokyo, a Sunday.
fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-01T01:00:00Z")
        .unwrap()
        .to_utc()
}

fn days(days: i64) -> TimeDelta {
    TimeDelta::days(days)
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

fn id(number: u128) -> StepId {
    StepId::from_uuid(Uuid::from_u128(number))
}

fn after(value: u32, unit: DelayUnit) -> Delay {
    Delay { value, unit }
}

fn step(number: u128, delay_in_days: u32, action: StepAction) -> Step {
    Step {
        id: id(number),
        name: String::new(),
        delay: after(delay_in_days, DelayUnit::Days),
        only_if: Vec::new(),
        not_later_than: None,
        action,
    }
}

fn mail(number: u128, delay_in_days: u32) -> Step {
    let action = StepAction::Send {
        template: TemplateId::from_uuid(Uuid::from_u128(number)),
        click_hastens: false,
    };
    step(number, delay_in_days, action)
}

fn condition(number: u128, delay: u32, test: StepTest, yes: Vec<Step>, no: Vec<Step>) -> Step {
    step(number, delay, StepAction::Condition { test, yes, no })
}

fn at_nine(weekdays: &[super::super::WeekdayName]) -> StepAction {
    StepAction::WaitUntil {
        weekdays: weekdays.iter().copied().collect(),
        at: chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
    }
}

/// One lead's way, kept as a storage would.
struct OnTheWay {
    version: CampaignVersion,
    enrollment: Enrollment,
    lead: Lead,
    deeds: Vec<Deed>,
    executions: Vec<StepExecution>,
    effects: Vec<(DateTime<Utc>, StepEffect)>,
}

impl OnTheWay {
    fn new(steps: Vec<Step>) -> Self {
        let version = version(Flow { steps });
        let (first, due) = beginning(&version.flow, Tokyo, start()).unzip();
        let lead = LeadId::from_uuid(Uuid::from_u128(1));
        let email = EmailAddress::parse("sato@example.jp").unwrap();
        Self {
            enrollment: Enrollment {
                id: EnrollmentId::from_uuid(Uuid::from_u128(7)),
                campaign: version.campaign,
                version: version.version,
                lead,
                status: EnrollmentStatus::Active,
                next_step: first,
                next_at: due,
                held_since: None,
                since: start(),
                enrolled_at: start(),
                ended_at: None,
            },
            version,
            lead: LeadDraft::new(email).into_lead(lead, start()),
            deeds: Vec::new(),
            executions: Vec::new(),
            effects: Vec::new(),
        }
    }

    fn look(&self, now: DateTime<Utc>) -> Advance {
        let situation = Situation {
            version: &self.version,
            enrollment: &self.enrollment,
            lead: &self.lead,
            zone: Tokyo,
            now,
        };
        let passed = |step: StepId| self.executions.iter().any(|done| done.step == step);
        let mut asked = |deed: &Deed| {
            let has_passed = matches!(deed, Deed::Passed(step) if passed(*step));
            Ok(has_passed || self.deeds.contains(deed))
        };
        advance(&situation, &mut asked).unwrap()
    }

    fn apply(&mut self, advance: Advance, now: DateTime<Utc>) {
        let enrollment = &mut self.enrollment;
        enrollment.since = advance.since;
        enrollment.held_since = None;
        (enrollment.next_step, enrollment.next_at) = match advance.onward {
            Onward::At { step, at } => (Some(step), Some(at)),
            Onward::Ended(status) => {
                enrollment.status = status;
                enrollment.ended_at = Some(now);
                (None, None)
            }
        };
        self.executions.extend(advance.executions);
        let effects = advance.effects.into_iter();
        self.effects.extend(effects.map(|effect| (now, effect)));
    }

    /// A worker that is always on time looks until then.
    fn until(&mut self, end: DateTime<Utc>) {
        while let Some(due) = self.enrollment.next_at.filter(|due| *due <= end) {
            self.apply(self.look(due), due);
        }
    }

    /// The step that comes next is held back until then.
    fn held_until(&mut self, until: DateTime<Utc>) {
        self.enrollment.held_since = self.enrollment.next_at;
        self.enrollment.next_at = Some(until);
    }

    /// A worker that comes back after an outage looks at everything that is due now.
    fn at_last(&mut self, now: DateTime<Utc>) {
        while self.enrollment.next_at.is_some_and(|due| due <= now) {
            self.apply(self.look(now), now);
        }
    }

    /// The mails, each by its step and its time since enrollment.
    fn mails(&self) -> Vec<(StepId, TimeDelta)> {
        let sent = |(at, effect): &(DateTime<Utc>, StepEffect)| {
            let StepEffect::Send(NewSend { cause, .. }) = effect else {
                return None;
            };
            let SendCause::Step { step, .. } = cause else {
                return None;
            };
            Some((*step, *at - start()))
        };
        self.effects.iter().filter_map(sent).collect()
    }

    fn outcomes(&self) -> Vec<(StepId, StepOutcome)> {
        let outcome = |done: &StepExecution| (done.step, done.outcome.clone());
        self.executions.iter().map(outcome).collect()
    }
}

fn version(flow: Flow) -> CampaignVersion {
    let contents = flow
        .placed()
        .iter()
        .map(|placed| (placed.step.id, content()))
        .collect();
    CampaignVersion {
        campaign: CampaignId::from_uuid(Uuid::from_u128(5)),
        version: 1,
        trigger: Trigger::Manual,
        entry: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow,
        exits: Vec::new(),
        contents,
    }
}

fn content() -> FrozenContent {
    FrozenContent {
        id: ContentId::new(),
        template: None,
        source: TemplateSource::default(),
        tracking: true,
        first_link: 0,
        links: Vec::new(),
    }
}

fn skipped(why: StepSkipped) -> StepOutcome {
    StepOutcome::Skipped(why)
}

fn steps_of(outcomes: &[(StepId, StepOutcome)]) -> BTreeSet<StepId> {
    outcomes.iter().map(|(step, _)| *step).collect()
}
