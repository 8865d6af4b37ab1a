//! What scores once only (D8): a link of a mail, a mail's open, a page within half an hour, a
//! custom event.

use uuid::Uuid;

use crate::ids::derived_uuid;
use crate::tracking::{Action, Engagement};

/// Half an hour, in seconds: the time in which a page scores once.
const PAGE_VIEW_WINDOW: i64 = 30 * 60;

/// A digest of what may score once for a lead.
///
/// Page views count by fixed half hours of the clock, not by the time since the last one: so the
/// key depends on the page view alone, and events give the same score in whatever order they come.
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
            } => digest(&[
                b"click",
                mail.send.uuid().as_bytes(),
                &link_index.to_be_bytes(),
            ]),
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
