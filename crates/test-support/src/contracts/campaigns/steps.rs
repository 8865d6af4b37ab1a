//! Flows, and where people go in them.

use chrono::{DateTime, Utc};
use domain::campaigns::{
    Advance, CampaignVersion, Delay, DelayUnit, EnrollCause, Enrolled, Flow, Onward, ReEntry, Step,
    StepAction, Trigger,
};
use domain::content::FrozenContent;
use domain::ids::{BroadcastId, CampaignId, ContentId, EnrollmentId, LeadId, StepId, TemplateId};

use crate::builders::delivery::broadcast_content;
use crate::builders::tenancy::at;

/// So many days.
pub(crate) const fn days(value: u32) -> Delay {
    Delay {
        value,
        unit: DelayUnit::Days,
    }
}

/// A step after a delay.
pub(crate) fn step(delay: Delay, action: StepAction) -> Step {
    Step {
        id: StepId::new(),
        name: String::new(),
        delay,
        only_if: Vec::new(),
        not_later_than: None,
        action,
    }
}

/// A step that sends; a click in its mail hastens the next one.
pub(crate) fn mail_step(delay: Delay) -> Step {
    let action = StepAction::Send {
        template: TemplateId::new(),
        click_hastens: true,
    };
    step(delay, action)
}

/// A mail at once, and another three days later.
pub(crate) fn two_mails() -> Flow {
    Flow {
        steps: vec![mail_step(Delay::NONE), mail_step(days(3))],
    }
}

/// A version with a content for each mail, whose links are numbered on from `first_link`.
pub(crate) fn version(
    id: CampaignId,
    number: u32,
    flow: &Flow,
    first_link: u16,
) -> CampaignVersion {
    let mut next = first_link;
    let mut contents = Vec::new();
    for placed in flow.placed() {
        if let StepAction::Send { template, .. } = placed.step.action {
            let content = FrozenContent {
                id: ContentId::new(),
                template: Some(template),
                first_link: next,
                ..broadcast_content(BroadcastId::new())
            };
            next = content.next_link();
            contents.push((placed.step.id, content));
        }
    }
    CampaignVersion {
        campaign: id,
        version: number,
        trigger: Trigger::Manual,
        entry: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow: flow.clone(),
        exits: Vec::new(),
        contents,
    }
}

/// Why a lead comes in; the occasion is a word.
pub(crate) fn cause(campaign: CampaignId, lead: LeadId, occasion: &str) -> EnrollCause {
    EnrollCause {
        campaign,
        lead,
        occasion: occasion.as_bytes().to_vec(),
    }
}

/// Going on to this step at that second.
pub(crate) fn onward(step: &Step, seconds: i64) -> Onward {
    Onward::At {
        step: step.id,
        at: at(seconds),
    }
}

/// Nothing done, and on to there.
pub(crate) fn only(onward: Onward, since: DateTime<Utc>) -> Advance {
    Advance {
        executions: Vec::new(),
        effects: Vec::new(),
        since,
        onward,
    }
}

/// The way of somebody who has just come in.
pub(crate) fn now(enrolled: Enrolled) -> EnrollmentId {
    let Enrolled::Now(id) = enrolled else {
        panic!("not let in: {enrolled:?}");
    };
    id
}
