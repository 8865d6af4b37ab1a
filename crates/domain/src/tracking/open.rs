//! The pixel of a mail is fetched.

use chrono::{DateTime, Utc};

use super::token::{OpenToken, TokenError};
use super::{Action, Client, Engagement, MachineVerdict};
use crate::ids::EngagementId;
use crate::keys::KeyRing;

/// Reads the token of a pixel into the engagement to record.
///
/// # Errors
/// See [`TokenError`]; nothing is recorded then.
pub fn open(
    token: &str,
    keys: &KeyRing,
    client: Client,
    verdict: MachineVerdict,
    now: DateTime<Utc>,
) -> Result<Engagement, TokenError> {
    let token = OpenToken::verify(token, keys, now)?;
    Ok(Engagement {
        id: EngagementId::new(),
        tenant: token.tenant,
        occurred_at: now,
        received_at: now,
        action: Action::Open { mail: token.mail },
        client,
        verdict,
    })
}
