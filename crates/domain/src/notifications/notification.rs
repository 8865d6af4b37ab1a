//! One thing that one member of staff is told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{LeadId, NotificationId, ReactionId, UserId};

/// Longest message. Characters.
pub const MESSAGE_MAX: usize = 500;

/// One thing that one member of staff is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// Whom it is for.
    pub user: UserId,
    /// What.
    pub notice: Notice,
    /// Whom it is about.
    pub lead: Option<LeadId>,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

impl Notification {
    /// What a reaction tells this person; the same one never tells anybody twice.
    #[must_use]
    pub fn of_reaction(
        reaction: ReactionId,
        user: UserId,
        notice: Notice,
        lead: Option<LeadId>,
        now: DateTime<Utc>,
    ) -> Self {
        let (cause, kind) = (reaction.uuid(), notice.name());
        let whose = user.uuid();
        let parts: [&[u8]; 3] = [cause.as_bytes(), kind.as_bytes(), whose.as_bytes()];
        Self {
            id: NotificationId::derived(&parts),
            user,
            notice,
            lead,
            created_at: now,
            read_at: None,
        }
    }
}

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Notice {
    /// In the words of a campaign's step; text, never markup.
    Message {
        /// The words, on one line.
        text: String,
    },
    /// Another program could not be called, and is not called again for this step.
    WebhookFailed {
        /// Where.
        url: String,
        /// Why, as far as Ondo knows.
        reason: String,
    },
}

impl Notice {
    /// The name in the keys of the interface's texts.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::WebhookFailed { .. } => "webhook-failed",
        }
    }
}
