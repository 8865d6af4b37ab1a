//! A mail to many leads at once.

mod draft;
mod status;
mod totals;

use chrono::{DateTime, Utc};

use super::{AbDifference, AbOutcome, AbTest, Variant};
use crate::delivery::Alarm;
use crate::ids::{BroadcastId, ContentId, LeadId, TemplateId, UserId};
use crate::leads::LeadFilter;

pub use draft::{BroadcastDraft, BroadcastDraftFault, HOURLY_LIMIT_MAX};
pub use status::BroadcastStatus;
pub use totals::{BroadcastTotals, SendingBegan, time_at_limit};

/// A mail to many leads at once (一斉配信).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Its id.
    pub id: BroadcastId,
    /// What staff call it.
    pub name: String,
    /// The template it is made from.
    pub template: TemplateId,
    /// To whom, as the filter finds them when the broadcast starts.
    pub audience: LeadFilter,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// How many of its mails go out in an hour at most.
    pub hourly_limit: Option<u32>,
    /// Two variants that are tested (B7).
    pub ab_test: Option<AbTest>,
    /// How the test ended, once it has.
    pub ab_outcome: Option<AbOutcome>,
    /// When the winner of the test is looked for.
    pub ab_decides_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: BroadcastStatus,
    /// When it starts, or started, by itself.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// The last lead that has its send; a restarted preparation goes on after it.
    pub prepared_up_to: Option<LeadId>,
    /// How many leads have their send.
    pub recipients: u32,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was started, in whole seconds, because links carry this time.
    pub started_at: Option<DateTime<Utc>>,
    /// Since when it has been paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// Why it was paused, if not by a person.
    pub paused_by: Option<Alarm>,
    /// Bounces and complaints may pause it; not any more once a person resumed it all the same.
    pub is_watched: bool,
    /// When the last send was settled, or it was cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Broadcast {
    /// The id under which starting it freezes its template.
    #[must_use]
    pub const fn content(&self) -> ContentId {
        ContentId::from_uuid(self.id.uuid())
    }

    /// What the mails of `variant` say: variant B has a content of its own where it says something
    /// else.
    #[must_use]
    pub fn content_of(&self, variant: Variant) -> ContentId {
        let difference = self.ab_test.as_ref().map(|test| &test.b);
        match (difference, variant) {
            (Some(AbDifference::Subject(_) | AbDifference::Template(_)), Variant::B) => {
                ContentId::derived(&[self.id.uuid().as_bytes(), b"b"])
            }
            (Some(AbDifference::Time { .. }) | None, Variant::B) | (_, Variant::A) => {
                self.content()
            }
        }
    }

    /// Where resuming it leads: a test goes on as a test, also where its winner is on its way.
    #[must_use]
    pub const fn resumed(&self) -> BroadcastStatus {
        if self.ab_test.is_some() {
            BroadcastStatus::Testing
        } else {
            BroadcastStatus::Sending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::ab_test::tests::test_of_subjects;

    fn testing(b: Option<AbDifference>) -> Broadcast {
        let draft = BroadcastDraft {
            ab_test: b.map(|b| AbTest {
                b,
                ..test_of_subjects()
            }),
            ..BroadcastDraft::new("春の案内", TemplateId::new())
        };
        draft.into_broadcast(BroadcastId::new(), None, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_variant_that_says_something_else_has_a_content_of_its_own() {
        let contents = |b| {
            let broadcast = testing(b);
            let [a, b] = Variant::ALL.map(|variant| broadcast.content_of(variant));
            assert_eq!(a, broadcast.content());
            (a == b, broadcast.resumed())
        };
        let time = chrono::NaiveTime::MIN;
        let at_times = AbDifference::Time { a: time, b: time };
        let of_subject = AbDifference::Subject("別の件名".to_owned());
        assert_eq!(contents(None), (true, BroadcastStatus::Sending));
        assert_eq!(contents(Some(at_times)), (true, BroadcastStatus::Testing));
        assert_eq!(
            contents(Some(of_subject)),
            (false, BroadcastStatus::Testing)
        );
        let of_template = AbDifference::Template(TemplateId::new());
        assert_eq!(
            contents(Some(of_template)),
            (false, BroadcastStatus::Testing)
        );
    }
}
