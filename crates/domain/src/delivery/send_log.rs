//! The log of sends: the queue of what is to be sent, and the record of what became of it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ClaimTerms, ProviderKind, Send, SendKey, SendState, SkipReason};
use crate::ids::{BroadcastId, ContentId, LeadId, SendId, TemplateId, TenantId};
use crate::leads::AsOf;
use crate::store::StoreResult;
use crate::tracking::{MailRef, MailSource};

/// A send that a worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedSend {
    /// Its id and time.
    pub key: SendKey,
    /// To whom.
    pub lead: LeadId,
    /// The broadcast or campaign that caused it.
    pub source: MailSource,
    /// What it says.
    pub content: ContentId,
    /// The template that the content is made from.
    pub template: Option<TemplateId>,
    /// Tries that failed before.
    pub attempts: u16,
    /// The person lets opens and clicks be measured (C14).
    pub may_track: bool,
}

impl ClaimedSend {
    /// The mail as tokens and engagements name it.
    #[must_use]
    pub fn mail(&self) -> MailRef {
        MailRef {
            send: self.key.id,
            lead: self.lead,
            queued_at: self.key.queued_at,
            source: Some(self.source),
            event: None,
        }
    }
}

/// What is written down of one send before the provider is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchNote {
    /// Which send.
    pub send: SendKey,
    /// Who will be called.
    pub provider: ProviderKind,
    /// The subject as this person will see it.
    pub subject: String,
    /// SHA-256 of what this person will read.
    pub content_hash: [u8; 32],
    /// Opens or clicks of it are measured.
    pub tracked: bool,
}

/// Whether the provider may be called now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchGate {
    /// It may; this is committed.
    Go,
    /// Something stopped the mail since the claim; the send is skipped.
    Skipped(SkipReason),
    /// The send is no longer this worker's: its lease ended, or it went back to the queue, because
    /// it has to wait or to be composed anew (the person stopped the tracking since, C14).
    Lost,
}

/// What becomes of a send after a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendRecord {
    /// The provider has it.
    Accepted {
        /// How the provider names it (A14).
        provider_message_id: String,
    },
    /// It will not be sent.
    Failed {
        /// Why, for people.
        reason: String,
    },
    /// It is tried again.
    RetryAt {
        /// When.
        at: DateTime<Utc>,
        /// Why, for people.
        reason: String,
        /// Tries that failed so far, this one included if it counts.
        attempts: u16,
    },
    /// Its worker has claimed it and does not begin it: it waits. Nothing changes if it is no longer
    /// claimed, because another worker has begun it meanwhile.
    GivenBack {
        /// When it may be claimed again.
        at: DateTime<Utc>,
        /// Why, for people.
        reason: String,
    },
    /// Nobody knows whether the provider has it.
    Unknown {
        /// What happened.
        reason: String,
    },
    /// It is not sent, for a reason of ours.
    Skipped(SkipReason),
}

/// What became of sends whose worker vanished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Were certainly not sent, and wait for their turn again.
    pub requeued: u64,
    /// May have been sent; they wait for a report or a person.
    pub unknown: u64,
}

/// The queue of what is to be sent.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SendLog: std::marker::Send + Sync {
    /// Whether there is anything to claim; cheap, and asked every second.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn is_any_due(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<bool>;

    /// Takes up to `terms.limit` sends that are due: queued or waiting for another try, their time
    /// reached, their broadcast sending or testing, their campaign active. Mails of campaigns come
    /// before those of broadcasts. Two workers never take the same one. What is taken stays taken
    /// until `now + lease`.
    ///
    /// The same statement skips those whose address is suppressed, has had too many soft bounces,
    /// whose lead is gone, or whose time is over. Who had as many mails in a week as
    /// `terms.frequency_cap` gets none of a broadcast; that of a campaign is postponed once, until
    /// there is room again, and then skipped.
    ///
    /// No more leaves than the hourly limits of the tenant and of the broadcast and the ceiling of
    /// the day let through, however many workers ask at once: mails that went out in that time
    /// count, those that workers hold, and those that became unknown in it (B71).
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn claim_due(&self, tenant: TenantId, terms: &ClaimTerms) -> StoreResult<Vec<ClaimedSend>>;

    /// Asks to call the provider for claimed sends, all in one transaction; the answers are in the
    /// order of the notes. Those with `Go` are committed as dispatching until `now + lease`; what
    /// stops a mail is looked at again in the same statement. Mails of a broadcast or campaign that
    /// was paused since, or of a tenant that stopped everything, go back to the queue.
    ///
    /// # Errors
    /// Only those of the storage itself; the provider must not be called then.
    fn begin_dispatch(
        &self,
        tenant: TenantId,
        notes: &[DispatchNote],
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<DispatchGate>>;

    /// Records what became of sends that this worker holds, and counts accepted ones into their
    /// day, all in one transaction; the answers are in the order of the records. `false` if the
    /// worker no longer holds the send; nothing changes then, except that a provider's acceptance
    /// settles a send that became unknown meanwhile.
    ///
    /// What would be tried again, but whose broadcast was cancelled or whose campaign has ended, is
    /// skipped.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn record(
        &self,
        tenant: TenantId,
        records: &[(SendKey, SendRecord)],
        as_of: AsOf,
    ) -> StoreResult<Vec<bool>>;

    /// Settles the sends whose lease has ended: claimed ones are queued again, or skipped if their
    /// broadcast was cancelled or their campaign has ended; dispatching ones become unknown.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn recover_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<Recovered>;

    /// A person decides that an unknown send shall be sent again, and its broadcast goes on if it
    /// was completed; `false` if the send is not unknown, or its broadcast was cancelled, or its
    /// campaign has ended.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn resend_unknown(
        &self,
        tenant: TenantId,
        send: SendId,
        now: DateTime<Utc>,
    ) -> StoreResult<bool>;
}

/// What was sent, for people to read.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SendHistory: std::marker::Send + Sync {
    /// The send with this id.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn find(&self, tenant: TenantId, send: SendId) -> StoreResult<Option<Send>>;

    /// The newest sends to a lead.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn of_lead(&self, tenant: TenantId, lead: LeadId, limit: u32) -> StoreResult<Vec<Send>>;

    /// Sends of a broadcast in the order of their ids, after `after`, in one state or in any.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn of_broadcast(
        &self,
        tenant: TenantId,
        broadcast: BroadcastId,
        state: Option<SendState>,
        after: Option<SendId>,
        limit: u32,
    ) -> StoreResult<Vec<Send>>;
}
