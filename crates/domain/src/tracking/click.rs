//! A link of a mail is followed.

use chrono::{DateTime, Utc};

use super::token::{ClickToken, TokenError};
use super::{Action, Client, Engagement, MachineVerdict, Origin, PageUrl, VisitorId};
use crate::ids::EngagementId;
use crate::keys::KeyRing;

/// A click that is allowed to go on: what is recorded and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Click {
    /// For the log.
    pub engagement: Engagement,
    /// Where the visitor goes, whatever becomes of the record.
    pub target: PageUrl,
}

/// Why a click leads nowhere.
pub type ClickRefused = TokenError;

/// Reads the token of a followed link.
///
/// CPU only: the target stands in the token, so a visitor is sent on even when nothing can be stored
/// (D9, D13). `candidate` becomes the lead's visitor id if it has none.
///
/// # Errors
/// See [`TokenError`]; nothing is recorded then, and the target is never used.
pub fn click(
    token: &str,
    keys: &KeyRing,
    client: Client,
    verdict: MachineVerdict,
    candidate: VisitorId,
    now: DateTime<Utc>,
) -> Result<Click, ClickRefused> {
    let token = ClickToken::verify(token, keys, now)?;
    let target = token.target;
    let engagement = Engagement {
        id: EngagementId::new(),
        tenant: token.tenant,
        occurred_at: now,
        received_at: now,
        action: Action::Click {
            mail: token.mail,
            link_index: token.link_index,
            target: target.clone(),
            candidate,
        },
        client,
        verdict,
    };
    Ok(Click { engagement, target })
}

/// Where a click lands: the target, with `tid` for a person who goes to a registered site (A27). A
/// machine never gets one, and no other site learns it.
#[must_use]
pub fn landing_url(
    target: PageUrl,
    tid: Option<VisitorId>,
    verdict: MachineVerdict,
    is_registered: impl FnOnce(&Origin) -> bool,
) -> PageUrl {
    match tid {
        Some(tid) if verdict.is_human() && is_registered(&target.origin()) => target.with_tid(tid),
        Some(_) | None => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracking::MachineReason;

    fn land(verdict: MachineVerdict, registered: bool) -> String {
        let target = PageUrl::parse("https://school.example/apply").unwrap();
        let tid = Some(VisitorId::from_random_bytes([1; 16]));
        landing_url(target, tid, verdict, |_| registered).to_string()
    }

    #[test]
    fn a_person_lands_on_a_registered_site_with_tid() {
        // A27
        assert!(land(MachineVerdict::None, true).contains("?tid="));
    }

    #[test]
    fn no_other_site_and_no_machine_learns_a_tid() {
        let target = "https://school.example/apply";
        assert_eq!(land(MachineVerdict::None, false), target);
        let machine = MachineVerdict::Suspected(MachineReason::Burst);
        assert_eq!(land(machine, true), target);
    }
}
