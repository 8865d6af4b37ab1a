//! One tenant's part of a batch.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{EngagementId, LeadId, TenantId, WebSessionId};
use domain::scoring::{LeadChange, NewEngagement, ScoringPolicy};
use domain::tracking::{Appended, Decide, Engagement, MachineVerdict};

use super::join::Joined;
use super::leads::LockedLeads;
use super::people::People;
use super::rollups::Rollups;
use super::{erased, events, join, leads, scores, sends, sessions, sites, verdicts, visitors};
use crate::automation::{add_reactions, take_back};
use crate::pool::TenantWorkError;
use crate::scoring::{Settings, settings_of};

/// An engagement on its way into the log.
pub(super) struct Item<'a> {
    pub(super) engagement: &'a Engagement,
    pub(super) important: bool,
    pub(super) lead: Option<LeadId>,
    pub(super) session: Option<WebSessionId>,
    /// Whether its session begins with it.
    pub(super) begins_session: bool,
    pub(super) is_new: bool,
    /// When the provider took its mail.
    pub(super) handed_over_at: Option<DateTime<Utc>>,
    pub(super) verdict: MachineVerdict,
}

pub(super) type Changes = BTreeMap<LeadId, LeadChange>;

/// Writes the engagements, all of one tenant, and says what became of each.
pub(super) fn append(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: &[&Engagement],
    decide: &Decide<'_>,
) -> Result<Vec<Appended>, TenantWorkError> {
    let settings = settings_of(connection, tenant)?;
    let mut people = People::lock(connection, tenant, engagements)?;
    let kept = erased::without(connection, tenant, &mut people, engagements)?;
    let written = write(connection, tenant, &settings, people, &kept, decide)?;
    if written.len() == engagements.len() {
        return Ok(written);
    }
    let mut written = kept.into_iter().zip(written).peekable();
    let answer = |engagement: &&Engagement| {
        let of_it = |(kept, _): &(&Engagement, _)| std::ptr::eq(*kept, *engagement);
        let kept = written.next_if(of_it).map(|(_, appended)| appended);
        kept.unwrap_or(Appended {
            is_new: false,
            verdict: engagement.verdict,
            lead: None,
            tracking_id: None,
        })
    };
    Ok(engagements.iter().map(answer).collect())
}

fn write(
    connection: &mut PgConnection,
    tenant: TenantId,
    Settings { policy, sites }: &Settings,
    mut people: People,
    engagements: &[&Engagement],
    decide: &Decide<'_>,
) -> Result<Vec<Appended>, TenantWorkError> {
    let Some(received_at) = engagements.iter().map(|new| new.received_at).max() else {
        return Ok(Vec::new());
    };
    let arrived = join::recognise(connection, tenant, engagements, &mut people)?;
    let joined = join::take_over(connection, tenant, &arrived)?;
    let mut items = items(policy, engagements, &people);
    sessions::assign(connection, tenant, &mut items, &mut people.visitors)?;
    events::insert(connection, tenant, &mut items)?;
    sends::note_handed_over(connection, tenant, &mut items)?;
    let People {
        visitors,
        leads: locked,
        ..
    } = people;
    let changes = decided(connection, tenant, policy, &items, &joined, &locked, decide)?;
    for item in &mut items {
        let change = item.lead.and_then(|lead| changes.get(&lead));
        let verdict = change.and_then(|change| change.verdicts.get(&item.engagement.id));
        item.verdict = verdict.copied().unwrap_or(item.verdict);
    }

    verdicts::correct(connection, tenant, &items, &changes)?;
    verdicts::recall(connection, tenant, &mut items)?;
    visitors::write(connection, tenant, &visitors, &changes, &items)?;
    sessions::write(connection, tenant, &items)?;
    leads::write(connection, tenant, &changes)?;
    scores::write(connection, tenant, &changes, received_at)?;
    set_in_motion(connection, tenant, &changes)?;
    sites::receive(connection, tenant, sites, &items)?;

    let mut rollups = Rollups::new(policy);
    rollups.count_joined(&joined);
    rollups.count(&items);
    rollups.count_bands(&locked, &changes);
    rollups.take_back(&changes);
    sends::write(connection, tenant, &items, &changes, &mut rollups)?;
    rollups.write(connection, tenant)?;
    Ok(answers(&items, &locked, &changes))
}

/// Writes what the engagements set in motion, and takes back what clicks of machines did.
fn set_in_motion(
    connection: &mut PgConnection,
    tenant: TenantId,
    changes: &Changes,
) -> Result<(), TenantWorkError> {
    let reclassified: Vec<EngagementId> = changes
        .values()
        .flat_map(|change| change.reclassified.iter().map(|old| old.click.id))
        .collect();
    take_back(connection, tenant, &reclassified)?;
    let new = changes.values().flat_map(|change| &change.reactions);
    add_reactions(connection, tenant, new)
}

fn items<'a>(
    policy: &ScoringPolicy,
    engagements: &[&'a Engagement],
    people: &People,
) -> Vec<Item<'a>> {
    engagements
        .iter()
        .map(|engagement| Item {
            engagement,
            important: engagement
                .page()
                .is_some_and(|page| policy.important_pages.contain(page)),
            lead: people.lead(engagement),
            session: None,
            begins_session: false,
            is_new: false,
            handed_over_at: None,
            verdict: engagement.verdict,
        })
        .collect()
}

/// Asks the domain about each lead with something new, joined history included.
fn decided(
    connection: &mut PgConnection,
    tenant: TenantId,
    policy: &ScoringPolicy,
    items: &[Item<'_>],
    joined: &Joined,
    locked: &LockedLeads,
    decide: &Decide<'_>,
) -> Result<Changes, TenantWorkError> {
    let mut of_lead: BTreeMap<LeadId, Vec<NewEngagement<'_>>> = BTreeMap::new();
    for view in &joined.page_views {
        of_lead.entry(view.lead).or_default().push(NewEngagement {
            engagement: &view.engagement,
            important: view.important,
            handed_over_at: None,
        });
    }
    for item in items.iter().filter(|item| item.is_new) {
        if let Some(lead) = item.lead {
            of_lead.entry(lead).or_default().push(NewEngagement {
                engagement: item.engagement,
                important: item.important,
                handed_over_at: item.handed_over_at,
            });
        }
    }
    for new in of_lead.values_mut() {
        new.sort_by_key(|new| (new.engagement.occurred_at, new.engagement.id));
    }
    let states = scores::states(connection, tenant, locked, &of_lead)?;
    Ok(states
        .into_iter()
        .filter_map(|state| {
            let new = of_lead.get(&state.id)?;
            Some((state.id, decide(policy, &state, new)))
        })
        .collect())
}

fn answers(items: &[Item<'_>], locked: &LockedLeads, changes: &Changes) -> Vec<Appended> {
    items
        .iter()
        .map(|item| {
            let issued = |lead: LeadId| changes.get(&lead).and_then(|change| change.tracking_id);
            let known = |lead: LeadId| locked.get(&lead).and_then(|lead| lead.tracking_id);
            Appended {
                is_new: item.is_new,
                verdict: item.verdict,
                lead: item.lead,
                tracking_id: item.lead.and_then(|lead| known(lead).or(issued(lead))),
            }
        })
        .collect()
}
