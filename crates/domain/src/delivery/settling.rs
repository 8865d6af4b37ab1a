//! What a report makes of a send.

use chrono::{DateTime, Utc};

use super::{ReportEffect, SendState, SuppressionReason};

/// The part of a send that reports change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it stands.
    pub state: SendState,
    /// Why it stands there.
    pub reason: Option<String>,
    /// When the provider took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it came back.
    pub bounced_at: Option<DateTime<Utc>>,
}

impl Standing {
    /// Takes up what was reported at `at`. Reports come in any order and more than once: what is
    /// known stays known, and worse news outweighs better. `true` if nobody knew before that the
    /// provider had taken the mail.
    pub fn settle(&mut self, effect: &ReportEffect, at: DateTime<Utc>) -> bool {
        let newly_accepted = self.accepted_at.is_none();
        self.accepted_at.get_or_insert(at);
        match effect {
            ReportEffect::Taken | ReportEffect::Unsubscribed => {
                self.advance(SendState::Accepted, None);
            }
            ReportEffect::Delivered => {
                self.delivered_at.get_or_insert(at);
                self.advance(SendState::Delivered, None);
            }
            ReportEffect::SoftBounced { gave_up: false, .. } => {
                self.advance(SendState::Accepted, None);
            }
            ReportEffect::Bounced { reason }
            | ReportEffect::SoftBounced {
                reason,
                gave_up: true,
            } => {
                self.bounced_at.get_or_insert(at);
                self.advance(SendState::Bounced, Some(reason));
            }
            ReportEffect::Dropped { reason, .. } => self.advance(SendState::Failed, Some(reason)),
            ReportEffect::Complained => self.advance(SendState::Complained, None),
        }
        newly_accepted
    }

    fn advance(&mut self, next: SendState, reason: Option<&String>) {
        if weight(next) > weight(self.state) {
            self.state = next;
            self.reason = reason.cloned();
        }
    }
}

/// Worse news weighs more.
const fn weight(state: SendState) -> u8 {
    match state {
        SendState::Queued
        | SendState::Claimed
        | SendState::Dispatching
        | SendState::RetryWait
        | SendState::Skipped
        | SendState::Unknown => 0,
        SendState::Accepted => 1,
        SendState::Failed => 2,
        SendState::Delivered => 3,
        SendState::Bounced => 4,
        SendState::Complained => 5,
    }
}

impl ReportEffect {
    /// Whether, and in whose words, it stops mail to the address at once (A44).
    #[must_use]
    pub fn suppression(&self) -> Option<(SuppressionReason, Option<&str>)> {
        match self {
            Self::Bounced { reason } => Some((SuppressionReason::Bounced, Some(reason))),
            Self::Dropped { reason, stops } => stops.map(|stops| (stops, Some(reason.as_str()))),
            Self::Complained => Some((SuppressionReason::Complained, None)),
            Self::Unsubscribed => Some((SuppressionReason::Unsubscribed, None)),
            Self::Taken | Self::Delivered | Self::SoftBounced { .. } => None,
        }
    }

    /// Whether it counts towards the soft bounces that stop an address for a while.
    #[must_use]
    pub const fn is_soft_bounce(&self) -> bool {
        matches!(self, Self::SoftBounced { .. })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn effects() -> Vec<ReportEffect> {
        let reason = || "reason".to_owned();
        vec![
            ReportEffect::Taken,
            ReportEffect::Delivered,
            ReportEffect::Bounced { reason: reason() },
            ReportEffect::SoftBounced {
                reason: reason(),
                gave_up: false,
            },
            ReportEffect::SoftBounced {
                reason: reason(),
                gave_up: true,
            },
            ReportEffect::Dropped {
                reason: reason(),
                stops: None,
            },
            ReportEffect::Complained,
            ReportEffect::Unsubscribed,
        ]
    }

    fn unknown() -> Standing {
        Standing {
            state: SendState::Unknown,
            reason: None,
            accepted_at: None,
            delivered_at: None,
            bounced_at: None,
        }
    }

    fn settled(order: &[usize]) -> (Standing, usize) {
        let (mut standing, effects) = (unknown(), effects());
        let mut counted = 0;
        for index in order {
            counted += usize::from(standing.settle(&effects[*index], DateTime::UNIX_EPOCH));
        }
        (standing, counted)
    }

    proptest! {
        #[test]
        fn the_order_of_reports_does_not_matter(
            order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
            taken in 1..8_usize,
        ) {
            let mut sorted = order[..taken].to_vec();
            sorted.sort_unstable();
            prop_assert_eq!(settled(&order[..taken]), settled(&sorted));
        }

        #[test]
        fn a_repeat_is_nothing_new(order in prop::collection::vec(0..8_usize, 1..8)) {
            let twice = [order.clone(), order.clone()].concat();
            prop_assert_eq!(settled(&twice), settled(&order));
        }
    }

    #[test]
    fn a_report_settles_an_unknown_send() {
        let mut standing = unknown();
        assert!(standing.settle(&ReportEffect::Delivered, DateTime::UNIX_EPOCH));
        assert_eq!(standing.state, SendState::Delivered);
    }
}
