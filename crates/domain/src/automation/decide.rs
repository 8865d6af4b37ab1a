//! What a lead's new engagements set in motion.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AutomationPolicy, HOLD, Reaction, ReactionKind};
use crate::ids::{CampaignId, LeadId, ReactionId};
use crate::scoring::{Bounds, ScoreEntry};
use crate::tracking::{Action, Engagement, MailSource};

/// What happened longer ago than this before we heard of it lets nobody into a campaign: it is
/// history that a program hands in afterwards, and a thank-you mail for it would be absurd.
pub const HISTORY: TimeDelta = TimeDelta::days(7);

/// What became of a lead's new engagements.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    /// The lead.
    pub lead: LeadId,
    /// The new engagements that a person did.
    pub by_people: &'a [&'a Engagement],
    /// The lines that they wrote into the history.
    pub history: &'a [ScoreEntry],
    /// Where the bands begin.
    pub bounds: &'a Bounds,
}

/// What a lead's new engagements set in motion; nothing that a machine did.
///
/// Each engagement has its own reactions, named after it, so that it does not matter in what
/// batches the engagements came, and the reactions of a click that turns out to be a machine's
/// can be found and taken back.
#[must_use]
pub fn reactions(policy: &AutomationPolicy, news: &News<'_>) -> Vec<Reaction> {
    if policy.is_empty() {
        return Vec::new();
    }
    let of_each = |engagement: &&Engagement| {
        let mut found = reported(policy, news, engagement);
        found.extend(warmed(policy, news, engagement));
        found.extend(hastened(policy, news, engagement));
        found
    };
    news.by_people.iter().flat_map(of_each).collect()
}

/// Campaigns that wait for this custom event.
fn reported(policy: &AutomationPolicy, news: &News<'_>, engagement: &Engagement) -> Vec<Reaction> {
    let Action::Custom {
        event, properties, ..
    } = &engagement.action
    else {
        return Vec::new();
    };
    if engagement.received_at - engagement.occurred_at > HISTORY {
        return Vec::new();
    }
    let triggers = policy.triggers.iter();
    triggers
        .filter(|active| active.trigger.fires_on_custom(event, properties))
        .map(|active| enroll(news.lead, active.campaign, engagement))
        .collect()
}

/// Campaigns that wait for the score or the band that this engagement brought the lead to.
fn warmed(policy: &AutomationPolicy, news: &News<'_>, engagement: &Engagement) -> Vec<Reaction> {
    let standing = |score: i32| (score, news.bounds.band(score));
    let lines = (news.history.iter()).filter(|line| line.engagement == engagement.id);
    let mut found = Vec::new();
    for line in lines {
        let (before, after) = (standing(line.old_score), standing(line.new_score));
        let triggers = policy.triggers.iter();
        let fired = triggers.filter(|active| active.trigger.fires_on_score(before, after));
        found.extend(fired.map(|active| enroll(news.lead, active.campaign, engagement)));
    }
    found
}

/// The campaign whose mail it is a click in (B15).
fn hastened(
    policy: &AutomationPolicy,
    news: &News<'_>,
    engagement: &Engagement,
) -> Option<Reaction> {
    let Action::Click { mail, .. } = &engagement.action else {
        return None;
    };
    let Some(MailSource::Campaign(campaign)) = mail.source else {
        return None;
    };
    let kind = ReactionKind::Hasten {
        campaign,
        send: mail.send,
    };
    let is_waited_for = policy.hastened.contains(&campaign);
    is_waited_for.then(|| reaction(news.lead, campaign, kind, engagement))
}

fn enroll(lead: LeadId, campaign: CampaignId, engagement: &Engagement) -> Reaction {
    reaction(
        lead,
        campaign,
        ReactionKind::Enroll { campaign },
        engagement,
    )
}

fn reaction(
    lead: LeadId,
    campaign: CampaignId,
    kind: ReactionKind,
    engagement: &Engagement,
) -> Reaction {
    Reaction {
        id: ReactionId::derived(&[
            engagement.id.uuid().as_bytes(),
            kind.name().as_bytes(),
            campaign.uuid().as_bytes(),
        ]),
        lead,
        kind,
        due_at: due_at(engagement),
        engagement: Some(engagement.id),
    }
}

/// What a reader does in a mail can turn out to be a machine's for a while.
fn due_at(engagement: &Engagement) -> DateTime<Utc> {
    match engagement.action {
        Action::Open { .. } | Action::Click { .. } => engagement.received_at + HOLD,
        Action::PageView { .. } | Action::Custom { .. } | Action::Report { .. } => {
            engagement.received_at
        }
    }
}
