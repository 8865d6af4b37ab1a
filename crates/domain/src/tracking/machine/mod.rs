//! Machines: scanners and previews that fetch links before, or instead of, people.
//!
//! The rules are H1, H2 and H4 of the facts on tracking: what the request says of itself, who it
//! says it is, and several links of one mail within seconds. Every engagement is recorded whatever
//! the verdict; only those of people score.

use chrono::{DateTime, Duration, Utc};

use super::{Action, Engagement};
use crate::ids::{EngagementId, SendId};

/// Why something is thought to be a machine. The names are stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MachineReason {
    /// A HEAD request: nobody reads an answer without a body. (H1)
    Head,
    /// The request says that it only prefetches or previews. (H1)
    Prefetch,
    /// No User-Agent at all. (H2)
    NoUserAgent,
    /// The User-Agent of a program or a mail scanner. (H2)
    UserAgent,
    /// Several links of one mail within seconds. (H4)
    Burst,
    /// The mail provider reports that its machine did it (`sg_machine_open`).
    Provider,
}

impl MachineReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Head,
        Self::Prefetch,
        Self::NoUserAgent,
        Self::UserAgent,
        Self::Burst,
        Self::Provider,
    ];

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Prefetch => "prefetch",
            Self::NoUserAgent => "no_user_agent",
            Self::UserAgent => "user_agent",
            Self::Burst => "burst",
            Self::Provider => "provider",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Whether a machine did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MachineVerdict {
    /// Nothing says so: a person, as far as anyone can tell.
    #[default]
    None,
    /// It behaves like one.
    Suspected(MachineReason),
    /// It says so itself.
    Certain(MachineReason),
}

impl MachineVerdict {
    /// Whether it counts as a person's.
    #[must_use]
    pub const fn is_human(self) -> bool {
        matches!(self, Self::None)
    }

    /// The name in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Suspected(_) => "suspected",
            Self::Certain(_) => "certain",
        }
    }

    /// Why, where there is a reason.
    #[must_use]
    pub const fn reason(self) -> Option<MachineReason> {
        match self {
            Self::None => None,
            Self::Suspected(reason) | Self::Certain(reason) => Some(reason),
        }
    }

    /// The verdict that was stored under these names; unknown ones count as a person.
    #[must_use]
    pub fn from_stored(name: &str, reason: Option<&str>) -> Self {
        match (name, reason.and_then(MachineReason::parse)) {
            ("suspected", Some(reason)) => Self::Suspected(reason),
            ("certain", Some(reason)) => Self::Certain(reason),
            _ => Self::None,
        }
    }
}

/// What a request says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestSigns<'a> {
    /// Whether the method is HEAD or OPTIONS.
    pub is_head: bool,
    /// The values of Sec-Purpose, Purpose, X-Purpose and X-Moz, joined.
    pub purpose: Option<&'a str>,
    /// The User-Agent header.
    pub user_agent: Option<&'a str>,
}

const PREFETCH_WORDS: [&str; 3] = ["prefetch", "prerender", "preview"];

/// Programs and mail scanners, by a part of their User-Agent in lower case.
const MACHINE_AGENTS: [&str; 30] = [
    "bot",
    "spider",
    "crawl",
    "curl/",
    "wget/",
    "python-requests",
    "go-http-client",
    "okhttp",
    "java/",
    "headless",
    "phantomjs",
    "bingpreview",
    "skypeuripreview",
    "whatsapp",
    "telegram",
    "validator",
    "uptime",
    "safelinks",
    "urldefense",
    "barracuda",
    "mimecast",
    "proofpoint",
    "forcepoint",
    "symantec",
    "trendmicro",
    "sophos",
    "zscaler",
    "libwww-perl",
    "python-urllib",
    "aiohttp",
];

/// The verdict on one request by itself (H1, H2).
#[must_use]
pub fn verdict_of_request(signs: RequestSigns<'_>) -> MachineVerdict {
    if signs.is_head {
        return MachineVerdict::Certain(MachineReason::Head);
    }
    let says = |text: &str, words: &[&str]| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    if signs
        .purpose
        .is_some_and(|text| says(text, &PREFETCH_WORDS))
    {
        return MachineVerdict::Certain(MachineReason::Prefetch);
    }
    match signs.user_agent.map(str::trim) {
        None | Some("") => MachineVerdict::Certain(MachineReason::NoUserAgent),
        Some(agent) if says(agent, &MACHINE_AGENTS) => {
            MachineVerdict::Certain(MachineReason::UserAgent)
        }
        Some(_) => MachineVerdict::None,
    }
}

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
            Action::Open { .. } | Action::PageView { .. } | Action::Report { .. } => None,
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

/// Two different links from one source within this time are a burst.
const SAME_SOURCE: Duration = Duration::seconds(5);
/// Three different links from anywhere within this time before or after are a burst: gateways
/// rotate their addresses.
const ANY_SOURCE: Duration = Duration::seconds(10);
/// How far around a new click the others have to be in view.
///
/// It can complete a burst around another one, and that burst reaches as far again: so each click
/// gets the verdict that the whole log would give it, in whatever order they come.
pub const BURST_REACH: Duration = Duration::seconds(20);

/// Which of `clicks` belong to a burst (H4). Clicks of several mails may be given; each mail is looked
/// at by itself. The same link twice is a person's double click.
#[must_use]
pub fn bursts(clicks: &[BurstClick]) -> Vec<EngagementId> {
    let in_burst = |click: &BurstClick| {
        let near = |within: Duration| {
            clicks.iter().filter(move |other| {
                other.send == click.send && (other.at - click.at).abs() <= within
            })
        };
        let same_source = near(SAME_SOURCE)
            .any(|other| other.source == click.source && other.link_index != click.link_index);
        let mut links: Vec<u16> = near(ANY_SOURCE).map(|other| other.link_index).collect();
        links.sort_unstable();
        links.dedup();
        same_source || links.len() >= 3
    };
    clicks
        .iter()
        .filter(|click| in_burst(click))
        .map(|click| click.id)
        .collect()
}

#[cfg(test)]
mod tests;
