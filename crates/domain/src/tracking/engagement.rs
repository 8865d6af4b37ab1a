//! One engagement (行動): what happened, to which mail or page, by whom, when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Client, EventName, MachineVerdict, PageUrl, Properties, Subject, VisitorId};
use crate::ids::{BroadcastId, CampaignId, EngagementId, EventId, LeadId, SendId, TenantId};

/// The kinds of engagement. (A11)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EngagementType {
    /// 開封: the pixel of a mail was fetched; a reference value only.
    Open,
    /// クリック: a link of a mail was followed.
    Click,
    /// 閲覧: a page of a registered site was shown.
    PageView,
    /// A mail arrived at the receiving server.
    Delivered,
    /// 不達: a mail came back, or the provider would not send it.
    Bounce,
    /// 迷惑メール報告: the reader marked the mail as spam.
    SpamReport,
    /// 配信停止: the reader refused further mail.
    Unsubscribe,
    /// A click as the mail provider counts it: kept for reference, scores nothing. (A24)
    ProviderClick,
    /// Something that only the customer's own programs know of, such as `assessment_completed`.
    Custom,
}

impl EngagementType {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::Click,
        Self::PageView,
        Self::Delivered,
        Self::Bounce,
        Self::SpamReport,
        Self::Unsubscribe,
        Self::ProviderClick,
        Self::Custom,
    ];

    /// The person is merely measured by it, and says nothing: not recorded of anybody who stopped
    /// the tracking (C14).
    #[must_use]
    pub const fn is_measured(self) -> bool {
        match self {
            Self::Open | Self::Click | Self::PageView | Self::ProviderClick => true,
            Self::Delivered
            | Self::Bounce
            | Self::SpamReport
            | Self::Unsubscribe
            | Self::Custom => false,
        }
    }

    /// The name in storage, addresses and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Click => "click",
            Self::PageView => "page_view",
            Self::Delivered => "delivered",
            Self::Bounce => "bounce",
            Self::SpamReport => "spamreport",
            Self::Unsubscribe => "unsubscribe",
            Self::ProviderClick => "provider_click",
            Self::Custom => "custom",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a mail was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSource {
    /// One mail to many (一斉配信).
    Broadcast(BroadcastId),
    /// A step of a sequence (シナリオ).
    Campaign(CampaignId),
}

impl MailSource {
    /// The id of the broadcast or campaign: names the source in roll-ups.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Broadcast(id) => id.uuid(),
            Self::Campaign(id) => id.uuid(),
        }
    }
}

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRef {
    /// Its id in the send log.
    pub send: SendId,
    /// Who got it.
    pub lead: LeadId,
    /// When it was queued, to the second; leads to its partition of the send log.
    pub queued_at: DateTime<Utc>,
    /// What it was sent for, where it was more than a test.
    pub source: Option<MailSource>,
    /// The 説明会 or seminar it was about.
    pub event: Option<EventId>,
}

/// What a mail provider reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// It arrived.
    Delivered,
    /// It came back or was dropped.
    Bounce,
    /// It was marked as spam.
    SpamReport,
    /// The reader refused further mail.
    Unsubscribe,
    /// The provider's own count of a click.
    Click,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A mail was opened.
    Open {
        /// Which mail.
        mail: MailRef,
    },
    /// A link was followed.
    Click {
        /// Which mail.
        mail: MailRef,
        /// Which link, from 0.
        link_index: u16,
        /// Where it leads.
        target: PageUrl,
        /// The visitor id for the lead if it has none yet: fresh random bits.
        candidate: VisitorId,
    },
    /// A page was shown.
    PageView {
        /// The browser.
        visitor: VisitorId,
        /// The id the same browser had before it arrived through a mail; its history joins (D15).
        earlier: Option<VisitorId>,
        /// The page.
        page: PageUrl,
        /// The page's title.
        title: Option<String>,
        /// Where the browser came from.
        referrer: Option<String>,
    },
    /// The provider reported something.
    Report {
        /// What.
        kind: ReportKind,
        /// Of which mail.
        mail: MailRef,
        /// The provider's words.
        detail: Option<String>,
    },
    /// A program of the customer reports what a lead did elsewhere.
    Custom {
        /// Who did it.
        subject: Subject,
        /// What.
        event: EventName,
        /// More about it.
        properties: Properties,
    },
}

/// One engagement as it enters the log.
///
/// Its stored form is what a [`Spool`](super::Spool) keeps, so a field that is added later needs a
/// default: a spool survives an upgrade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    /// Derived from the cause where the cause has a name, so that a repeat is the same engagement.
    pub id: EngagementId,
    /// Whose.
    pub tenant: TenantId,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When we heard of it.
    pub received_at: DateTime<Utc>,
    /// What happened.
    pub action: Action,
    /// From where.
    pub client: Client,
    /// Whether a machine did it, as far as the request itself tells.
    pub verdict: MachineVerdict,
}

impl Engagement {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> EngagementType {
        match &self.action {
            Action::Open { .. } => EngagementType::Open,
            Action::Click { .. } => EngagementType::Click,
            Action::PageView { .. } => EngagementType::PageView,
            Action::Report { kind, .. } => match kind {
                ReportKind::Delivered => EngagementType::Delivered,
                ReportKind::Bounce => EngagementType::Bounce,
                ReportKind::SpamReport => EngagementType::SpamReport,
                ReportKind::Unsubscribe => EngagementType::Unsubscribe,
                ReportKind::Click => EngagementType::ProviderClick,
            },
            Action::Custom { .. } => EngagementType::Custom,
        }
    }

    /// The mail it belongs to; none for page views and custom events.
    #[must_use]
    pub const fn mail(&self) -> Option<&MailRef> {
        match &self.action {
            Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
                Some(mail)
            }
            Action::PageView { .. } | Action::Custom { .. } => None,
        }
    }

    /// The page it leads to or shows; none for the others.
    #[must_use]
    pub const fn page(&self) -> Option<&PageUrl> {
        match &self.action {
            Action::Click { target, .. } => Some(target),
            Action::PageView { page, .. } => Some(page),
            Action::Open { .. } | Action::Report { .. } | Action::Custom { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_back_by_its_name() {
        // A11
        for kind in EngagementType::ALL {
            assert_eq!(EngagementType::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(EngagementType::parse("no such kind"), None);
    }
}
