//! How mail arrives: the rates that mailbox providers judge senders by, and what each receiving
//! domain does with it. (B72)

use chrono::{DateTime, Utc};

use super::{Period, Rate};
use crate::ids::TenantId;
use crate::store::StoreResult;

/// What became of the mails of a period, by the day of each happening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Mails that a provider accepted.
    pub sends: u64,
    /// Mails that arrived, as far as that is reported.
    pub delivered: u64,
    /// Mails that came back.
    pub bounces: u64,
    /// Mails that their readers reported as spam.
    pub complaints: u64,
    /// Refusals of further mail.
    pub unsubscribes: u64,
}

/// How a rate stands to the limits of the mailbox providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As providers want it.
    Good,
    /// Beyond what providers advise: time to look at the list.
    Watch,
    /// Beyond what providers bear: stop and clean the list.
    Stop,
}

impl Standing {
    /// The name in texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Watch => "watch",
            Self::Stop => "stop",
        }
    }

    /// `part` of `whole` against two limits, in hundredths of a percent: from the first on it is
    /// watched, from the second on it is stopped.
    const fn of(part: u64, whole: u64, watch: u64, stop: u64) -> Self {
        let (part, whole) = (part as u128 * 10_000, whole as u128);
        if part == 0 || part < whole * watch as u128 {
            Self::Good
        } else if part < whole * stop as u128 {
            Self::Watch
        } else {
            Self::Stop
        }
    }
}

impl DeliveryCounts {
    /// Complaints that Gmail and Yahoo advise to stay below, in hundredths of a percent.
    pub const COMPLAINTS_WATCH: u64 = 10;
    /// Complaints from which Gmail, Yahoo and Outlook refuse a sender.
    pub const COMPLAINTS_STOP: u64 = 30;
    /// Bounces that ask for a look at the list.
    pub const BOUNCES_WATCH: u64 = 200;
    /// Bounces at which providers take a list for bought. More than 5 %.
    pub const BOUNCES_STOP: u64 = 501;

    /// 不達率
    #[must_use]
    pub const fn bounce_rate(&self) -> Rate {
        Rate::of(self.bounces, self.sends)
    }

    /// 迷惑メール報告率: of the mails that arrived.
    #[must_use]
    pub const fn complaint_rate(&self) -> Rate {
        Rate::of(self.complaints, self.arrived())
    }

    /// How the bounces stand.
    #[must_use]
    pub const fn bounces_standing(&self) -> Standing {
        Standing::of(
            self.bounces,
            self.sends,
            Self::BOUNCES_WATCH,
            Self::BOUNCES_STOP,
        )
    }

    /// How the complaints stand.
    #[must_use]
    pub const fn complaints_standing(&self) -> Standing {
        Standing::of(
            self.complaints,
            self.arrived(),
            Self::COMPLAINTS_WATCH,
            Self::COMPLAINTS_STOP,
        )
    }

    /// What arrived; where nobody reports that, what was sent.
    #[must_use]
    pub const fn arrived(&self) -> u64 {
        if self.delivered > 0 {
            self.delivered
        } else {
            self.sends
        }
    }
}

/// What the mails to one receiving domain came to. Counts are of mails, each at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDelivery {
    /// The part of the addresses after the `@`.
    pub domain: String,
    /// Mails that a provider accepted.
    pub sends: u64,
    /// Mails that arrived, as far as that is reported.
    pub delivered: u64,
    /// Mails that came back.
    pub bounces: u64,
    /// Mails that their readers reported as spam.
    pub complaints: u64,
    /// Mails in which a person followed a link.
    pub clicked: u64,
    /// Mails whose links a machine followed.
    pub scanned: u64,
    /// Mails that a machine opened.
    pub machine_opened: u64,
}

impl DomainDelivery {
    /// クリック率, of people.
    #[must_use]
    pub const fn click_rate(&self) -> Rate {
        Rate::of(self.clicked, self.sends)
    }

    /// How much of the mail to this domain is read by a scanner: what its clicks are worth.
    #[must_use]
    pub const fn scanner_share(&self) -> Rate {
        Rate::of(self.scanned, self.sends)
    }
}

/// How mail arrives.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DeliverabilityReports: Send + Sync {
    /// What became of the mails of a period, from roll-ups only.
    ///
    /// # Errors
    /// The storage's.
    fn delivery(&self, tenant: TenantId, period: Period) -> StoreResult<DeliveryCounts>;

    /// The `limit` domains to which most mail went of what was queued since then and accepted, most
    /// first, then by name. Mail to leads that are gone is not counted. It reads every send of the
    /// time: do not ask it for each page.
    ///
    /// # Errors
    /// The storage's; [`StoreError::Unavailable`](crate::store::StoreError::Unavailable) where there
    /// is too much to count in the time of a request.
    fn by_domain(
        &self,
        tenant: TenantId,
        since: DateTime<Utc>,
        limit: u32,
    ) -> StoreResult<Vec<DomainDelivery>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sends: u64, bounces: u64, complaints: u64) -> DeliveryCounts {
        DeliveryCounts {
            sends,
            bounces,
            complaints,
            ..DeliveryCounts::default()
        }
    }

    // B72, tracking facts: Gmail below 0.10 %, never 0.30 %.
    #[test]
    fn complaints_are_watched_from_a_tenth_and_stopped_from_three_tenths_of_a_percent() {
        let standing = |complaints| counts(10_000, 0, complaints).complaints_standing();
        let standings = [0, 9, 10, 29, 30].map(standing);
        use Standing::{Good, Stop, Watch};
        assert_eq!(standings, [Good, Good, Watch, Watch, Stop]);
    }

    #[test]
    fn more_than_five_percent_of_bounces_stop() {
        let standing = |bounces| counts(10_000, bounces, 0).bounces_standing();
        let standings = [199, 200, 500, 501].map(standing);
        use Standing::{Good, Stop, Watch};
        assert_eq!(standings, [Good, Watch, Watch, Stop]);
    }

    #[test]
    fn nothing_sent_is_nothing_wrong() {
        let nothing = DeliveryCounts::default();
        assert_eq!(nothing.complaints_standing(), Standing::Good);
        assert_eq!(nothing.bounces_standing(), Standing::Good);
        assert_eq!(counts(0, 1, 1).bounces_standing(), Standing::Stop);
    }

    #[test]
    fn complaints_are_a_share_of_what_arrived() {
        let half = DeliveryCounts {
            delivered: 1_000,
            ..counts(2_000, 1_000, 2)
        };
        assert_eq!(half.complaint_rate().to_string(), "0.20%");
        assert_eq!(counts(2_000, 0, 2).complaint_rate().to_string(), "0.10%");
    }
}
