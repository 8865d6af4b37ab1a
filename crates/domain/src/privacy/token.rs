//! The signed token of a mail that asks for confirmation.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::ids::{ConfirmationId, TenantId};
use crate::keys::{KeyRing, Purpose};
use crate::tracking::token::{Payload, TokenError, verified};

/// Bytes of the payload: two ids.
const PAYLOAD_BYTES: usize = 32;

/// What the link of a mail that asks for confirmation carries. Its time is that of the question,
/// which the storage knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfirmationToken {
    /// Whose question.
    pub tenant: TenantId,
    /// Which.
    pub confirmation: ConfirmationId,
}

impl ConfirmationToken {
    /// The text of the token.
    #[must_use]
    pub fn sign(&self, keys: &KeyRing) -> String {
        let ids = [self.tenant.uuid(), self.confirmation.uuid()];
        let payload = ids.iter().flat_map(|id| *id.as_bytes()).collect();
        Payload(payload).sign(Purpose::Confirmation, keys)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn verify(text: &str, keys: &KeyRing, now: DateTime<Utc>) -> Result<Self, TokenError> {
        let payload = verified(text, Purpose::Confirmation, keys, now)?;
        let payload: [u8; PAYLOAD_BYTES] = payload
            .try_into()
            .map_err(|_payload: Vec<u8>| TokenError::Invalid)?;
        let (tenant, confirmation) = payload.split_at(PAYLOAD_BYTES / 2);
        let id = |bytes| Uuid::from_slice(bytes).or(Err(TokenError::Invalid));
        Ok(Self {
            tenant: TenantId::from_uuid(id(tenant)?),
            confirmation: ConfirmationId::from_uuid(id(confirmation)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, SendId};
    use crate::keys::MasterKey;
    use crate::tracking::MailRef;
    use crate::tracking::token::UnsubscribeToken;

    fn keys() -> KeyRing {
        let key = MasterKey::new("k1", [7; 32], None).unwrap();
        KeyRing::new([8; 32], vec![key]).unwrap()
    }

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn a_token_reads_back_and_a_changed_one_does_not() {
        let token = ConfirmationToken {
            tenant: TenantId::new(),
            confirmation: ConfirmationId::new(),
        };
        let text = token.sign(&keys());
        assert_eq!(ConfirmationToken::verify(&text, &keys(), NOW), Ok(token));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let read = ConfirmationToken::verify(&changed, &keys(), NOW);
            assert_eq!(read, Err(TokenError::Invalid), "{at}");
        }
    }

    // V-27
    #[test]
    fn a_token_that_refuses_mail_confirms_nothing_and_the_other_way_round() {
        let refusal = UnsubscribeToken {
            tenant: TenantId::new(),
            mail: MailRef {
                send: SendId::new(),
                lead: LeadId::new(),
                queued_at: NOW,
                source: None,
                event: None,
            },
        };
        let confirmation = ConfirmationToken {
            tenant: refusal.tenant,
            confirmation: ConfirmationId::new(),
        };
        let read = ConfirmationToken::verify(&refusal.sign(&keys()), &keys(), NOW);
        assert_eq!(read, Err(TokenError::Invalid));
        let read = UnsubscribeToken::verify(&confirmation.sign(&keys()), &keys());
        assert_eq!(read, Err(TokenError::Invalid));
    }
}
