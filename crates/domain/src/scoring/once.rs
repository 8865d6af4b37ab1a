//! What scores once only (D8): a link of a mail, a mail's open, a page within half an hour, a
//! custom event.

use uuid::Uuid;

use crate::ids::{SendId, derived_uuid};
use crate::tracking::{Action, Engagement};

/// Half an hour, in seconds: the time in which a page scores once.
const PAGE_VIEW_WINDOW: i64 = 30 * 60;

/// A digest of what may score once for a lead.
///
/// Page views count by fixed half hours of the clock, not by the time since the last one: so the
/// key depends on the page view alone, and what people do gives the same score in whatever order it
/// comes.
///
/// One case is left. A person's click that came after the first one on the same link scored nothing;
/// when that first one turns out to be a machine's, because another click of its burst comes late out
/// of the spool, the key is free again, but only for clicks still to come. In order, the person's
/// click would have scored. The score is then too low by one click, never too high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OnceKey(Uuid);

impl OnceKey {
    /// The key of an engagement; none for reports, which never score.
    #[must_use]
    pub fn of(engagement: &Engagement) -> Option<Self> {
        let digest = |parts: &[&[u8]]| Some(Self(derived_uuid("OnceKey", parts)));
        match &engagement.action {
            Action::Open { mail } => digest(&[b"open", mail.send.uuid().as_bytes()]),
            Action::Click {
                mail, link_index, ..
            } => Some(Self::of_click(mail.send, *link_index)),
            Action::PageView { page, .. } => {
                let window = engagement
                    .occurred_at
                    .timestamp()
                    .div_euclid(PAGE_VIEW_WINDOW);
                digest(&[b"page_view", page.page().as_bytes(), &window.to_be_bytes()])
            }
            Action::Custom { event, .. } => digest(&[b"custom", event.as_str().as_bytes()]),
            Action::Report { .. } => None,
        }
    }

    /// The key of every click on this link of this mail.
    #[must_use]
    pub fn of_click(send: SendId, link_index: u16) -> Self {
        let (send, link_index) = (send.uuid(), link_index.to_be_bytes());
        let parts: [&[u8]; 3] = [b"click", send.as_bytes(), &link_index];
        Self(derived_uuid("OnceKey", &parts))
    }

    /// The key with a value that was stored by us.
    #[must_use]
    pub const fn from_uuid(value: Uuid) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}
