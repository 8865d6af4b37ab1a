//! A broadcast as programs see it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::campaigns::{AbOutcome, AbTest, Broadcast, BroadcastTotals};
use domain::delivery::SendState;
use domain::ids::{BroadcastId, TemplateId};
use domain::leads::LeadFilter;
use serde::Serialize;

/// A broadcast without its numbers.
#[derive(Serialize)]
pub(super) struct BroadcastShape {
    id: BroadcastId,
    name: String,
    template_id: TemplateId,
    audience: LeadFilter,
    tracking: bool,
    hourly_limit: Option<u32>,
    ab_test: Option<AbTest>,
    /// How the test ended: the winner with the figures that found it.
    ab_outcome: Option<AbOutcome>,
    /// When the winner is looked for.
    ab_decides_at: Option<DateTime<Utc>>,
    status: &'static str,
    created_at: DateTime<Utc>,
    scheduled_at: Option<DateTime<Utc>>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

/// A broadcast with its numbers.
#[derive(Serialize)]
pub(super) struct BroadcastWithCounts {
    #[serde(flatten)]
    broadcast: BroadcastShape,
    counts: Counts,
}

#[derive(Serialize)]
struct Counts {
    /// Sends by state: every state, also those without any.
    sends: BTreeMap<&'static str, u64>,
    /// Mails that the provider took.
    sent: u64,
    /// Mails that a person opened; a reference value (A25).
    unique_opens: u64,
    /// How often machines opened them.
    machine_opens: u64,
    /// Mails in which a person clicked.
    unique_clicks: u64,
    /// How often machines clicked in them.
    machine_clicks: u64,
    /// People who refused more mail because of it.
    unsubscribes: u64,
}

impl BroadcastShape {
    pub(super) fn of(broadcast: Broadcast) -> Self {
        Self {
            id: broadcast.id,
            name: broadcast.name,
            template_id: broadcast.template,
            audience: broadcast.audience,
            tracking: broadcast.tracking,
            hourly_limit: broadcast.hourly_limit,
            ab_test: broadcast.ab_test,
            ab_outcome: broadcast.ab_outcome,
            ab_decides_at: broadcast.ab_decides_at,
            status: broadcast.status.as_str(),
            created_at: broadcast.created_at,
            scheduled_at: broadcast.scheduled_at,
            started_at: broadcast.started_at,
            finished_at: broadcast.finished_at,
        }
    }
}

impl BroadcastWithCounts {
    pub(super) fn of(broadcast: Broadcast, totals: &BroadcastTotals) -> Self {
        let sends = SendState::ALL.map(|state| (state.as_str(), totals.in_state(state)));
        Self {
            broadcast: BroadcastShape::of(broadcast),
            counts: Counts {
                sends: sends.into(),
                sent: totals.sent(),
                unique_opens: totals.opened,
                machine_opens: totals.machine_opens,
                unique_clicks: totals.clicked,
                machine_clicks: totals.machine_clicks,
                unsubscribes: totals.unsubscribed,
            },
        }
    }
}
