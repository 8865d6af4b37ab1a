//! What the other clicks of the same mail say of a click (H3, H4).

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::MachineReason;
use crate::ids::{EngagementId, SendId};
use crate::tracking::{Action, Engagement};

/// A click as burst recognition sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurstClick {
    /// The engagement.
    pub id: EngagementId,
    /// The mail whose link it was.
    pub send: SendId,
    /// Which link.
    pub link_index: u16,
    /// When.
    pub at: DateTime<Utc>,
    /// Network and user agent, the same for one client.
    pub source: String,
}

impl BurstClick {
    /// A click as burst recognition sees it; none for anything else.
    #[must_use]
    pub fn of(engagement: &Engagement) -> Option<Self> {
        match &engagement.action {
            Action::Click {
                mail, link_index, ..
            } => Some(Self {
                id: engagement.id,
                send: mail.send,
                link_index: *link_index,
                at: engagement.occurred_at,
                source: Self::source_of(
                    engagement.client.network.as_deref(),
                    engagement.client.user_agent.as_deref(),
                ),
            }),
            Action::Open { .. }
            | Action::PageView { .. }
            | Action::Report { .. }
            | Action::Custom { .. } => None,
        }
    }

    /// What tells one client from another.
    #[must_use]
    pub fn source_of(network: Option<&str>, user_agent: Option<&str>) -> String {
        format!(
            "{}\n{}",
            network.unwrap_or_default(),
            user_agent.unwrap_or_default()
        )
    }
}

/// The number of the link that people cannot see (H3): the highest that the log can store. No link
/// of an author ever gets it.
pub const HONEYPOT_LINK: u16 = 32_767;

/// Clicks of a mail this near to one on its honeypot are of the same machine.
const HONEYPOT_COMPANY: Duration = Duration::seconds(10);
/// Two different links from one source within this time are a burst.
const SAME_SOURCE: Duration = Duration::seconds(5);
/// Three different links from anywhere within this time before or after are a burst: gateways
/// rotate their addresses.
const ANY_SOURCE: Duration = Duration::seconds(10);
/// How far around a new click the others have to be in view.
///
/// It can complete a burst around another one, and that burst reaches as far again: so each click
/// gets the verdict that the whole log would give it, in whatever order they come. A honeypot
/// reaches half as far.
pub const BURST_REACH: Duration = Duration::seconds(20);

/// Which of `clicks` are a machine's by the company they keep, and why: the honeypot of the mail
/// (H3), which is the stronger reason, or a burst (H4).
///
/// Clicks of several mails may be given; each mail is looked at by itself. The same link twice is a
/// person's double click.
#[must_use]
pub fn by_company(clicks: &[BurstClick]) -> BTreeMap<EngagementId, MachineReason> {
    let reason = |click: &BurstClick| {
        if is_near_honeypot(click, clicks) {
            Some((click.id, MachineReason::Honeypot))
        } else {
            is_in_burst(click, clicks).then_some((click.id, MachineReason::Burst))
        }
    };
    clicks.iter().filter_map(reason).collect()
}

fn is_near_honeypot(click: &BurstClick, clicks: &[BurstClick]) -> bool {
    near(click, clicks, HONEYPOT_COMPANY).any(|other| other.link_index == HONEYPOT_LINK)
}

fn is_in_burst(click: &BurstClick, clicks: &[BurstClick]) -> bool {
    let same_source = near(click, clicks, SAME_SOURCE)
        .any(|other| other.source == click.source && other.link_index != click.link_index);
    let mut links: Vec<u16> = near(click, clicks, ANY_SOURCE)
        .map(|other| other.link_index)
        .collect();
    links.sort_unstable();
    links.dedup();
    same_source || links.len() >= 3
}

/// The clicks of the same mail within this time before or after, itself among them.
fn near<'a>(
    click: &'a BurstClick,
    clicks: &'a [BurstClick],
    within: Duration,
) -> impl Iterator<Item = &'a BurstClick> {
    clicks
        .iter()
        .filter(move |other| other.send == click.send && (other.at - click.at).abs() <= within)
}
