//! What the other clicks of the same mail say of a click (H3, H4).

mod sweep;
mod windows;

pub use windows::{BURST_VIEW, BurstWindow, burst_windows};

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
///
/// Each mail's clicks are gone through in order of time, so that many of them take little longer than
/// it takes to sort them.
#[must_use]
pub fn by_company(clicks: &[BurstClick]) -> BTreeMap<EngagementId, MachineReason> {
    let mut mails: BTreeMap<SendId, Vec<&BurstClick>> = BTreeMap::new();
    for click in clicks {
        mails.entry(click.send).or_default().push(click);
    }
    let mut found = BTreeMap::new();
    for mut clicks in mails.into_values() {
        clicks.sort_by_key(|click| click.at);
        let burst = in_bursts(&clicks).into_iter();
        found.extend(burst.map(|id| (id, MachineReason::Burst)));
        let trapped = sweep::near_link(&clicks, HONEYPOT_LINK, HONEYPOT_COMPANY);
        found.extend(trapped.map(|id| (id, MachineReason::Honeypot)));
    }
    found
}

/// The clicks of one mail, in order of time, that are part of a burst.
fn in_bursts(clicks: &[&BurstClick]) -> Vec<EngagementId> {
    let mut sources: BTreeMap<&str, Vec<&BurstClick>> = BTreeMap::new();
    for click in clicks {
        sources.entry(&click.source).or_default().push(click);
    }
    let one_source = sources
        .values()
        .flat_map(|clicks| sweep::among_links(clicks, 2, SAME_SOURCE));
    let any_source = sweep::among_links(clicks, 3, ANY_SOURCE);
    one_source.chain(any_source).collect()
}

#[cfg(test)]
mod tests;
