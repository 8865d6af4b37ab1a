//! A broadcast as it comes from a form.

use chrono::{DateTime, Utc};

use super::{Broadcast, BroadcastStatus};
use crate::campaigns::{AbTest, AbTestFault};
use crate::ids::{BroadcastId, TemplateId, UserId};
use crate::leads::LeadFilter;

/// The highest limit that is one: more mails an hour go out without it.
pub const HOURLY_LIMIT_MAX: u32 = 1_000_000;

/// A broadcast as it comes from a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastDraft {
    /// What staff shall call it.
    pub name: String,
    /// The template it is made from.
    pub template: TemplateId,
    /// To whom.
    pub audience: LeadFilter,
    /// Opens and clicks are tracked.
    pub tracking: bool,
    /// How many of its mails go out in an hour at most.
    pub hourly_limit: Option<u32>,
    /// Two variants to test, if any.
    pub ab_test: Option<AbTest>,
}

/// What is wrong with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastDraftFault {
    /// It has no name.
    NameMissing,
    /// Its name has more than 120 characters.
    NameTooLong,
    /// Its limit is zero or more than [`HOURLY_LIMIT_MAX`].
    HourlyLimit,
    /// Its test cannot be made.
    AbTest(AbTestFault),
}

impl BroadcastDraft {
    /// A draft to everyone, tracked, as fast as it goes, without a test.
    pub fn new(name: impl Into<String>, template: TemplateId) -> Self {
        Self {
            name: name.into(),
            template,
            audience: LeadFilter::default(),
            tracking: true,
            hourly_limit: None,
            ab_test: None,
        }
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> Option<BroadcastDraftFault> {
        let of_name = match self.name.trim().chars().count() {
            0 => Some(BroadcastDraftFault::NameMissing),
            1..=120 => None,
            _ => Some(BroadcastDraftFault::NameTooLong),
        };
        let is_limit = |limit: u32| (1..=HOURLY_LIMIT_MAX).contains(&limit);
        let of_limit =
            (!self.hourly_limit.is_none_or(is_limit)).then_some(BroadcastDraftFault::HourlyLimit);
        let test = self.ab_test.as_ref();
        let of_test = test.and_then(|test| test.fault(self.template, self.tracking));
        of_name
            .or(of_limit)
            .or(of_test.map(BroadcastDraftFault::AbTest))
    }

    /// The new broadcast of this draft.
    #[must_use]
    pub fn into_broadcast(
        self,
        id: BroadcastId,
        created_by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Broadcast {
        Broadcast {
            id,
            name: self.name.trim().to_owned(),
            template: self.template,
            audience: self.audience,
            tracking: self.tracking,
            hourly_limit: self.hourly_limit,
            ab_test: self.ab_test,
            ab_outcome: None,
            ab_decides_at: None,
            status: BroadcastStatus::Draft,
            scheduled_at: None,
            prepared_up_to: None,
            recipients: 0,
            created_by,
            created_at: now,
            started_at: None,
            paused_at: None,
            paused_by: None,
            is_watched: true,
            finished_at: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaigns::ab_test::tests::test_of_subjects;

    #[test]
    fn a_draft_says_what_is_wrong_with_it() {
        let draft = BroadcastDraft::new("春の案内", TemplateId::new());
        assert_eq!(draft.fault(), None);
        let fault = |change: fn(&mut BroadcastDraft)| {
            let mut draft = draft.clone();
            change(&mut draft);
            draft.fault()
        };
        use BroadcastDraftFault as Fault;
        assert_eq!(
            fault(|it| it.name = "　".to_owned()),
            Some(Fault::NameMissing)
        );
        assert_eq!(
            fault(|it| it.name = "春".repeat(121)),
            Some(Fault::NameTooLong)
        );
        assert_eq!(fault(|it| it.hourly_limit = Some(1)), None);
        assert_eq!(
            fault(|it| it.hourly_limit = Some(0)),
            Some(Fault::HourlyLimit)
        );
        assert_eq!(
            fault(|it| it.hourly_limit = Some(1_000_001)),
            Some(Fault::HourlyLimit)
        );
        let untracked = fault(|it| {
            it.tracking = false;
            it.ab_test = Some(test_of_subjects());
        });
        assert_eq!(untracked, Some(Fault::AbTest(AbTestFault::NotTracked)));
    }
}
