//! Machines: scanners and previews that fetch links before, or instead of, people.
//!
//! The rules have the numbers of the facts on tracking:
//!
//! | | what shows it | verdict | where |
//! |--|--|--|--|
//! | H1 | HEAD; the request says that it prefetches or previews | certain | [`verdict_of_request`] |
//! | H2 | no User-Agent, or that of a program or scanner | certain | [`verdict_of_request`] |
//! | H3 | the link that people cannot see was followed | certain; the clicks within 10 s suspected | [`by_company`] |
//! | H4 | several links of one mail within seconds | suspected | [`by_company`] |
//! | H5 | a network of mail filters | certain | [`verdict_of_request`] |
//! | H6 | a vendor of mail security, within 10 minutes of the hand-over | suspected | [`verdict_after_hand_over`] |
//! | H7, H8 | a click from a computing centre within 30 s of the hand-over | suspected | [`verdict_after_hand_over`] |
//! | H9 | links of the footer are clicked with all others | adds to H4 | [`by_company`] |
//! | opens | Apple's mail privacy; a prefetch of Gmail | suspected | [`verdict_of_open`] |
//!
//! Every engagement is recorded whatever the verdict; only those of people score. Three states are
//! enough: a person ([`MachineVerdict::None`]), it behaves like a machine, it says that it is one.
//!
//! H9 has no rule of its own: a tracked link of the footer is a link of the mail like any other, and
//! counts in H4. The unsubscribe link itself is not tracked, so following it is seen by nobody.
//!
//! Known limit: an open is judged by itself. A scanner that also fetches the picture is seen by its
//! request or its network, but an open is not taken back because of a burst of clicks around it. An
//! open is a reference value of one point, and the log gives the clicks around a click, not the opens.

mod company;
mod hand_over;
mod network;
mod request;

pub use company::{
    BURST_REACH, BURST_VIEW, BurstClick, BurstWindow, HONEYPOT_LINK, burst_windows, by_company,
};
pub use hand_over::verdict_after_hand_over;
pub use network::{NetworkClass, NetworkClasses, NetworkLineFault, NetworkList, NetworkListError};
pub use request::{RequestSigns, verdict_of_open, verdict_of_request};

use serde::{Deserialize, Serialize};

/// Why something is thought to be a machine. The names are stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The link that people cannot see was followed, in this mail and moments. (H3)
    Honeypot,
    /// It came from a network of mail filters. (H5)
    MailFilter,
    /// It came from a vendor of mail security soon after the mail was handed over. (H6)
    SecurityVendor,
    /// It came from a computing centre within seconds of the mail being handed over. (H7, H8)
    QuickCloud,
    /// Apple's mail privacy fetched the picture, read or not.
    AppleMailPrivacy,
    /// A mail service fetched the picture beforehand.
    ImagePrefetch,
}

impl MachineReason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Head,
        Self::Prefetch,
        Self::NoUserAgent,
        Self::UserAgent,
        Self::Burst,
        Self::Provider,
        Self::Honeypot,
        Self::MailFilter,
        Self::SecurityVendor,
        Self::QuickCloud,
        Self::AppleMailPrivacy,
        Self::ImagePrefetch,
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
            Self::Honeypot => "honeypot",
            Self::MailFilter => "mail_filter",
            Self::SecurityVendor => "security_vendor",
            Self::QuickCloud => "quick_cloud",
            Self::AppleMailPrivacy => "apple_mail_privacy",
            Self::ImagePrefetch => "image_prefetch",
        }
    }

    /// The reason with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Whether a machine did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

#[cfg(test)]
mod tests;
