//! What the time since the mail was handed over to the provider says (H6, H7, H8).
//!
//! Neither the time alone (H7) nor a computing centre alone (H8) is a sign. A person who waits for
//! a mail follows its link within seconds: somebody who just asked for it, a test mail, a
//! demonstration. And of 836 bursts of scanners that were measured, 0.5 % began within 10 seconds and
//! two thirds between 20 and 60: the time would catch few machines and many of those people. Both
//! together are neither.
//!
//! "Clicked before it was delivered" is no rule: reports of delivery come up to 30 seconds late and
//! in any order, so that their absence says nothing.

use chrono::{DateTime, Duration, Utc};

use super::{MachineReason, MachineVerdict, NetworkClass};
use crate::tracking::{Action, Engagement};

/// Later than this, those who come from a vendor of mail security are people in its browser. (H6)
const SCANNED_WITHIN: Duration = Duration::seconds(600);
/// A click from a computing centre this soon is a machine's. (H7)
const QUICK_CLICK: Duration = Duration::seconds(30);
/// Gmail's proxy fetches a picture this soon to look at it, later because somebody reads.
const QUICK_PROXY: Duration = Duration::seconds(10);
const GMAIL_PROXY: &str = "GoogleImageProxy";

/// The verdict on a click or an open by the time since its mail was handed over; everything else
/// counts as a person's.
///
/// Without that time nothing is suspected. What came before it, by the clocks of the two sides, came
/// soon.
#[must_use]
pub fn verdict_after_hand_over(
    engagement: &Engagement,
    handed_over_at: Option<DateTime<Utc>>,
) -> MachineVerdict {
    let Some(since) = handed_over_at.map(|at| engagement.occurred_at - at) else {
        return MachineVerdict::None;
    };
    let from = engagement.client.class;
    let is_scanner = from == NetworkClass::SecurityVendor && since <= SCANNED_WITHIN;
    let reason = match &engagement.action {
        Action::Click { .. } if is_scanner => MachineReason::SecurityVendor,
        Action::Click { .. } if from == NetworkClass::Cloud && since <= QUICK_CLICK => {
            MachineReason::QuickCloud
        }
        Action::Open { .. } if is_scanner => MachineReason::SecurityVendor,
        Action::Open { .. } if since <= QUICK_PROXY && is_gmail_proxy(engagement) => {
            MachineReason::ImagePrefetch
        }
        Action::Click { .. }
        | Action::Open { .. }
        | Action::PageView { .. }
        | Action::Report { .. }
        | Action::Custom { .. } => return MachineVerdict::None,
    };
    MachineVerdict::Suspected(reason)
}

fn is_gmail_proxy(engagement: &Engagement) -> bool {
    let agent = engagement.client.user_agent.as_deref();
    agent.is_some_and(|agent| agent.contains(GMAIL_PROXY))
}
