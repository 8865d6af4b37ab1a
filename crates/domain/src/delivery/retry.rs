//! What follows from a try.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::{SendOutcome, SendRecord, Wait};
use crate::ids::{SendId, derived_uuid};

/// Tries that may fail before a mail fails.
pub const MAX_ATTEMPTS: u16 = 8;

/// Minutes until the next try after the first, second … failure: about 21 hours together.
const BACKOFF_MINUTES: [i64; 7] = [1, 5, 15, 45, 120, 360, 720];

/// How long nothing is tried after a provider refused our credentials.
const REFUSED_PAUSE: TimeDelta = TimeDelta::minutes(5);

/// The longest wait that a provider may ask for.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(24);

/// What follows from the outcome of a try of a send that has failed `attempts` times before.
#[must_use]
pub fn after_outcome(
    send: SendId,
    attempts: u16,
    outcome: SendOutcome,
    now: DateTime<Utc>,
) -> SendRecord {
    match outcome {
        SendOutcome::Accepted {
            provider_message_id,
        } => SendRecord::Accepted {
            provider_message_id,
        },
        SendOutcome::Rejected { reason } => SendRecord::Failed { reason },
        SendOutcome::Unknown { reason } => SendRecord::Unknown { reason },
        SendOutcome::Deferred {
            reason,
            wait: Wait::Backoff,
        } => backed_off(send, attempts + 1, reason, now),
        SendOutcome::Deferred {
            reason,
            wait: Wait::Stated(wait),
        } => SendRecord::RetryAt {
            at: now + bounded(wait),
            reason,
            attempts,
        },
        SendOutcome::ProviderRefused { reason } => SendRecord::RetryAt {
            at: now + REFUSED_PAUSE,
            reason,
            attempts,
        },
    }
}

fn backed_off(send: SendId, failed: u16, reason: String, now: DateTime<Utc>) -> SendRecord {
    let minutes = BACKOFF_MINUTES.get(usize::from(failed) - 1);
    match minutes {
        Some(minutes) => SendRecord::RetryAt {
            at: now + jittered(TimeDelta::minutes(*minutes), send, failed),
            reason,
            attempts: failed,
        },
        None => SendRecord::Failed { reason },
    }
}

/// Up to a fifth more, different for each send and try, so that what failed together does not
/// come back together.
fn jittered(wait: TimeDelta, send: SendId, attempt: u16) -> TimeDelta {
    let digest = derived_uuid("jitter", &[send.uuid().as_bytes(), &attempt.to_be_bytes()]);
    let share = i64::from(digest.as_bytes()[0]);
    wait + TimeDelta::milliseconds(wait.num_milliseconds() / 5 * share / 256)
}

fn bounded(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn deferred(wait: Wait) -> SendOutcome {
        SendOutcome::Deferred {
            reason: "busy".into(),
            wait,
        }
    }

    #[test]
    fn a_mail_fails_after_eight_tries_within_a_day() {
        let (mut now, mut attempts) = (NOW, 0);
        let mut last = None;
        while last.is_none() {
            let record = after_outcome(SendId::new(), attempts, deferred(Wait::Backoff), now);
            if let SendRecord::RetryAt {
                at, attempts: used, ..
            } = record
            {
                (now, attempts) = (at, used);
            } else {
                last = Some(record);
            }
        }
        assert!(matches!(last, Some(SendRecord::Failed { .. })), "{last:?}");
        assert_eq!(attempts + 1, MAX_ATTEMPTS);
        let taken = now - NOW;
        assert!(
            taken > TimeDelta::hours(20) && taken < TimeDelta::hours(26),
            "{taken}"
        );
    }

    #[test]
    fn a_stated_wait_uses_up_no_attempt() {
        let outcome = deferred(Wait::Stated(Duration::from_secs(30)));
        let SendRecord::RetryAt { at, attempts, .. } =
            after_outcome(SendId::new(), 7, outcome, NOW)
        else {
            panic!("the provider said when to try again");
        };
        assert_eq!((at - NOW, attempts), (TimeDelta::seconds(30), 7));
    }

    #[test]
    fn refused_credentials_fail_no_mail() {
        let outcome = SendOutcome::ProviderRefused {
            reason: "401".into(),
        };
        let record = after_outcome(SendId::new(), 7, outcome, NOW);
        assert!(
            matches!(record, SendRecord::RetryAt { attempts: 7, .. }),
            "{record:?}"
        );
    }

    #[test]
    fn what_failed_together_does_not_come_back_together() {
        let times: std::collections::BTreeSet<_> = (0..20)
            .map(|_| jittered(TimeDelta::minutes(1), SendId::new(), 1))
            .collect();
        assert!(times.len() > 5);
        assert!(times.iter().all(|wait| *wait <= TimeDelta::seconds(72)));
    }

    #[test]
    fn a_lost_answer_is_never_tried_again_by_itself() {
        let outcome = SendOutcome::Unknown {
            reason: "connection reset".into(),
        };
        let record = after_outcome(SendId::new(), 0, outcome, NOW);
        assert!(matches!(record, SendRecord::Unknown { .. }));
    }
}
