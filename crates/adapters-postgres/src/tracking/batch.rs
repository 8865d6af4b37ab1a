//! One tenant's part of a batch.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use domain::ids::{LeadId, TenantId, WebSessionId};
use domain::scoring::{LeadChange, NewEngagement, ScoringPolicy};
use domain::tracking::{Action, Appended, Decide, Engagement, MachineVerdict};

use super::join::Joined;
use super::leads::LockedLeads;
use super::rollups::Rollups;
use super::visitors::Visitors;
use super::{events, join, leads, scores, sends, sessions, sites, verdicts, visitors};
use crate::pool::TenantWorkError;
use crate::scoring::policy_of;

/// An engagement on its way into the log.
pub(super) struct Item<'a> {
    pub(super) engagement: &'a Engagement,
    pub(super) important: bool,
    pub(super) lead: Option<LeadId>,
    pub(super) session: Option<WebSessionId>,
    /// Whether its session begins with it.
    pub(super) begins_session: bool,
    pub(super) is_new: bool,
    pub(super) verdict: MachineVerdict,
}

pub(super) type Changes = BTreeMap<LeadId, LeadChange>;

pub(super) fn append(
    connection: &mut PgConnection,
    tenant: TenantId,
    engagements: Vec<&Engagement>,
    decide: &Decide<'_>,
) -> Result<Vec<Appended>, TenantWorkError> {
    let Some(received_at) = engagements.iter().map(|new| new.received_at).max() else {
        return Ok(Vec::new());
    };
    let policy = policy_of(connection, tenant)?;
    let mut visitors = visitors::lock(connection, tenant, &engagements)?;
    let locked = leads::lock(connection, tenant, &touched_leads(&engagements, &visitors))?;
    let arrived = join::recognise(connection, tenant, &engagements, &mut visitors, &locked)?;
    let joined = join::take_over(connection, tenant, &arrived)?;
    let mut items = items(&policy, engagements, &visitors, &locked);
    sessions::assign(connection, tenant, &mut items, &mut visitors)?;
    events::insert(connection, tenant, &mut items)?;
    let changes = decided(
        connection, tenant, &policy, &items, &joined, &locked, decide,
    )?;
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
    sites::receive(connection, tenant, &items)?;

    let mut rollups = Rollups::new(&policy);
    rollups.count_joined(&joined);
    rollups.count(&items);
    rollups.count_bands(&locked, &changes);
    rollups.take_back(&changes);
    sends::write(connection, tenant, &items, &changes, &mut rollups)?;
    rollups.write(connection, tenant)?;
    Ok(answers(&items, &locked, &changes))
}

fn touched_leads(engagements: &[&Engagement], visitors: &Visitors) -> BTreeSet<LeadId> {
    engagements
        .iter()
        .filter_map(|engagement| match &engagement.action {
            Action::PageView { visitor, .. } => visitors.lead(*visitor),
            Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
                Some(mail.lead)
            }
        })
        .collect()
}

fn items<'a>(
    policy: &ScoringPolicy,
    engagements: Vec<&'a Engagement>,
    visitors: &Visitors,
    locked: &LockedLeads,
) -> Vec<Item<'a>> {
    let lead_of = |engagement: &Engagement| {
        let lead = match &engagement.action {
            Action::PageView { visitor, .. } => visitors.lead(*visitor),
            Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
                Some(mail.lead)
            }
        };
        lead.filter(|lead| locked.contains_key(lead))
    };
    engagements
        .into_iter()
        .map(|engagement| Item {
            engagement,
            important: engagement
                .page()
                .is_some_and(|page| policy.important_pages.contain(page)),
            lead: lead_of(engagement),
            session: None,
            begins_session: false,
            is_new: false,
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
        });
    }
    for item in items.iter().filter(|item| item.is_new) {
        if let Some(lead) = item.lead {
            of_lead.entry(lead).or_default().push(NewEngagement {
                engagement: item.engagement,
                important: item.important,
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
