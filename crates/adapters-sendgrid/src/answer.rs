//! What an answer of `/v3/mail/send` means.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::delivery::{SendOutcome, Wait, one_line};
use serde::Deserialize;

/// How long to wait after a 429 that does not say how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);
/// More of an answer than this tells nobody anything.
const REASON_CHARS: usize = 300;

/// The parts of an answer that mean something.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// `X-Message-Id`
    pub(crate) message_id: Option<&'a str>,
    /// `X-RateLimit-Reset`, seconds since 1970
    pub(crate) reset: Option<&'a str>,
    /// `Retry-After`, seconds
    pub(crate) retry_after: Option<&'a str>,
    pub(crate) body: &'a str,
}

impl Answer<'_> {
    pub(crate) fn outcome(&self, send: &str, now: DateTime<Utc>) -> SendOutcome {
        let reason = self.reason();
        match self.status {
            200..=299 => SendOutcome::Accepted {
                provider_message_id: self.message_id.unwrap_or(send).to_owned(),
            },
            401 | 403 => SendOutcome::ProviderRefused { reason },
            429 => SendOutcome::Deferred {
                reason,
                wait: Wait::Stated(self.stated_wait(now)),
            },
            // The gateway gave up waiting; what stands behind it may have finished.
            504 => SendOutcome::Unknown { reason },
            408 | 500..=599 | 300..=399 => SendOutcome::Deferred {
                reason,
                wait: Wait::Backoff,
            },
            _ => SendOutcome::Rejected { reason },
        }
    }

    fn stated_wait(&self, now: DateTime<Utc>) -> Duration {
        let seconds = |text: Option<&str>| text.and_then(|text| text.trim().parse::<u64>().ok());
        let until_reset = seconds(self.reset).map(|reset| {
            let now = u64::try_from(now.timestamp()).unwrap_or_default();
            Duration::from_secs(reset.saturating_sub(now).max(1))
        });
        seconds(self.retry_after)
            .map(Duration::from_secs)
            .or(until_reset)
            .unwrap_or(DEFAULT_WAIT)
    }

    fn reason(&self) -> String {
        #[derive(Deserialize)]
        struct Body {
            errors: Vec<Fault>,
        }
        #[derive(Deserialize)]
        struct Fault {
            message: String,
        }
        let said = serde_json::from_str::<Body>(self.body).map_or_else(
            |_| self.body.to_owned(),
            |body| {
                let messages: Vec<_> = body.errors.into_iter().map(|fault| fault.message).collect();
                messages.join(" / ")
            },
        );
        let said: String = one_line(&said).chars().take(REASON_CHARS).collect();
        format!("SendGrid {}: {said}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer<'static> {
        Answer {
            status,
            message_id: None,
            reset: None,
            retry_after: None,
            body: r#"{"errors":[{"message":"The from address does not match\r\na verified Sender Identity."}]}"#,
        }
    }

    fn outcome(answer: &Answer<'_>) -> SendOutcome {
        answer.outcome(
            "send",
            DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_000),
        )
    }

    #[test]
    fn a_refusal_says_what_sendgrid_said_on_one_line() {
        let SendOutcome::Rejected { reason } = outcome(&answer(400)) else {
            panic!("a bad request never becomes a good one");
        };
        assert_eq!(
            reason,
            "SendGrid 400: The from address does not match a verified Sender Identity."
        );
    }

    #[test]
    fn credentials_that_are_refused_fail_no_mail() {
        for status in [401, 403] {
            assert!(matches!(
                outcome(&answer(status)),
                SendOutcome::ProviderRefused { .. }
            ));
        }
    }

    #[test]
    fn a_rate_limit_is_waited_for_as_long_as_it_says() {
        let limited = |reset, retry_after| {
            let answer = Answer {
                reset,
                retry_after,
                ..answer(429)
            };
            let SendOutcome::Deferred {
                wait: Wait::Stated(wait),
                ..
            } = outcome(&answer)
            else {
                panic!("a wait that was stated");
            };
            wait.as_secs()
        };
        assert_eq!(limited(Some("1030"), None), 30);
        assert_eq!(limited(Some("1030"), Some("5")), 5);
        assert_eq!(limited(Some("900"), None), 1);
        assert_eq!(limited(None, None), 60);
        assert_eq!(limited(Some("soon"), None), 60);
    }

    #[test]
    fn a_fault_of_theirs_is_tried_again_unless_it_may_have_succeeded() {
        for status in [500, 502, 503] {
            assert!(matches!(
                outcome(&answer(status)),
                SendOutcome::Deferred {
                    wait: Wait::Backoff,
                    ..
                }
            ));
        }
        assert!(matches!(outcome(&answer(504)), SendOutcome::Unknown { .. }));
    }
}
