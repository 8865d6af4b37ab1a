//! Ids are types: a lead cannot be passed where a broadcast is meant.
//!
//! All are UUIDs. New rows take time-ordered ones (version 7); an id that is derived from its cause,
//! so that a repeat of the cause finds the same row, is version 8 (RFC 9562 §5.8).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id, ordered by time.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id that a cause always leads to: a digest of its parts.
            #[must_use]
            pub fn derived(parts: &[&[u8]]) -> Self {
                Self(derived_uuid(stringify!($name), parts))
            }

            /// The id with this value.
            #[must_use]
            pub const fn from_uuid(value: Uuid) -> Self {
                Self(value)
            }

            /// The value of this id.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )*};
}

id! {
    /// One organisation that uses Ondo; every row belongs to one (D23).
    TenantId;
    /// A member of staff who signs in.
    UserId;
    /// A token for the JSON interface.
    ApiTokenId;
    /// One line of the audit log.
    AuditEntryId;
    /// A registered web site of a tenant.
    SiteId;
    /// One path fragment that marks important pages.
    ImportantPageId;
    /// A person who may become a customer or an applicant.
    LeadId;
    /// One import of a file of leads.
    ImportId;
    /// One engagement: an open, a click, a page view ….
    EngagementId;
    /// One visit: page views of one visitor without half an hour of silence.
    WebSessionId;
    /// A rule that gives points.
    ScoringRuleId;
    /// One line of the score history.
    ScoreEntryId;
    /// A mail template.
    TemplateId;
    /// A mail to many leads at once (一斉配信).
    BroadcastId;
    /// An automatic sequence of mails (シナリオ).
    CampaignId;
    /// One person's way through a campaign.
    EnrollmentId;
    /// A step of a campaign; it keeps its id from version to version.
    StepId;
    /// What the mails of a broadcast's variant or of a campaign's step say, frozen.
    ContentId;
    /// A 説明会, seminar or open campus.
    EventId;
    /// A kind of mail that people choose or refuse (配信の種類).
    TopicId;
    /// One record of a person's consent.
    ConsentId;
    /// One person who is asked to confirm the address.
    ConfirmationId;
    /// One thing that a change sets in motion.
    ReactionId;
    /// Something that somebody is to do.
    TaskId;
    /// One thing that a member of staff is told.
    NotificationId;
    /// One mail to one person.
    SendId;
}

/// A digest of `parts` as a version 8 UUID. Each part is preceded by its length, so that
/// moving a byte from one part to the next gives another id.
#[must_use]
pub fn derived_uuid(label: &str, parts: &[&[u8]]) -> Uuid {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    digest.update(label.as_bytes());
    for part in parts {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.finish().as_ref()[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_leads_to_the_same_id() {
        let cause: &[&[u8]] = &[b"broadcast", b"lead"];
        assert_eq!(SendId::derived(cause), SendId::derived(cause));
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        assert_ne!(
            SendId::derived(&[b"ab", b"c"]),
            SendId::derived(&[b"a", b"bc"])
        );
    }

    #[test]
    fn different_kinds_never_share_a_derived_id() {
        assert_ne!(
            SendId::derived(&[b"x"]).uuid(),
            EngagementId::derived(&[b"x"]).uuid()
        );
    }
}
