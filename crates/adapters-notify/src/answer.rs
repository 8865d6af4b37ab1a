//! What an answer, or none, means.

use std::io::Read;

use domain::delivery::one_line;
use domain::notifications::CallOutcome;
use reqwest::blocking::Response;

use crate::reach::refusal;

/// More of an answer than this is not read: it is only shown to people. Bytes.
const READ: usize = 1_024;
/// More of a reason than this tells nobody anything. Characters.
const REASON: usize = 200;

/// Any status but 200 to 299 is another try; a redirect is not followed.
pub(crate) fn answered(mut response: Response) -> CallOutcome {
    let status = response.status();
    if status.is_success() {
        return CallOutcome::Taken;
    }
    let mut said = [0; READ];
    // One read: whoever trickles an answer out holds no worker.
    let length = response.read(&mut said).unwrap_or_default();
    let said = String::from_utf8_lossy(&said[..length]);
    not_now(&format!("{} {said}", status.as_u16()))
}

pub(crate) fn unanswered(error: reqwest::Error) -> CallOutcome {
    if let Some(refused) = refusal(&error) {
        return CallOutcome::Never {
            reason: refused.to_string(),
        };
    }
    let error = error.without_url();
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        reason = format!("{reason}: {inner}");
        cause = inner.source();
    }
    not_now(&reason)
}

fn not_now(reason: &str) -> CallOutcome {
    CallOutcome::NotNow {
        reason: one_line(reason).chars().take(REASON).collect(),
    }
}
