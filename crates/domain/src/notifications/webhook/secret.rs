//! The secret by which a receiver knows that a call is ours.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::Sealed;
use crate::keys::{KeyError, KeyRing};

/// How long a secret that was replaced signs beside the new one, so that receivers can change over.
pub const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// A secret, in the text that receivers are given: the whole text is the key.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// A secret of these 256 random bits.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("whsec_{}", BASE64_URL_SAFE_NO_PAD.encode(random)))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As it is stored. The nonce must be 96 fresh random bits.
    #[must_use]
    pub fn sealed(&self, keys: &KeyRing, nonce: [u8; 12]) -> Sealed {
        Sealed(keys.seal(nonce, self.0.as_bytes()))
    }

    /// The secret that was stored.
    ///
    /// # Errors
    /// [`KeyError::CannotOpen`] where it was sealed with keys that are not here.
    pub fn opened(sealed: &Sealed, keys: &KeyRing) -> Result<Self, KeyError> {
        let text = String::from_utf8(keys.open(&sealed.0)?);
        text.map(Self).map_err(|_no_text| KeyError::CannotOpen)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// The secrets of a tenant, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSecrets {
    /// The one that receivers are given.
    pub current: Sealed,
    /// The one before, and until when it signs too.
    pub previous: Option<(Sealed, DateTime<Utc>)>,
    /// Since when the current one is there.
    pub made_at: DateTime<Utc>,
}

impl StoredSecrets {
    /// Every secret that signs at this moment, the current one first. An earlier one that cannot be
    /// opened any more is left out.
    ///
    /// # Errors
    /// [`KeyError::CannotOpen`] for the current one.
    pub fn signing(
        &self,
        keys: &KeyRing,
        now: DateTime<Utc>,
    ) -> Result<Vec<WebhookSecret>, KeyError> {
        let current = WebhookSecret::opened(&self.current, keys)?;
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        let previous = previous.and_then(|(sealed, _)| WebhookSecret::opened(sealed, keys).ok());
        Ok([Some(current), previous].into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MasterKey;

    fn keys() -> KeyRing {
        KeyRing::new([1; 32], vec![MasterKey::new("k1", [2; 32], None).unwrap()]).unwrap()
    }

    #[test]
    fn a_replaced_secret_signs_for_a_day_beside_the_new_one() {
        let keys = keys();
        let [old, new] = [[3; 32], [4; 32]].map(WebhookSecret::new);
        let renewed_at = DateTime::UNIX_EPOCH;
        let stored = StoredSecrets {
            current: new.sealed(&keys, [5; 12]),
            previous: Some((old.sealed(&keys, [6; 12]), renewed_at + OVERLAP)),
            made_at: renewed_at,
        };
        let signing = |hours| stored.signing(&keys, renewed_at + TimeDelta::hours(hours));
        assert_eq!(signing(23).unwrap(), [new.clone(), old]);
        assert_eq!(signing(24).unwrap(), [new]);
    }

    #[test]
    fn a_secret_is_printed_nowhere() {
        let secret = WebhookSecret::new([7; 32]);
        assert!(secret.text().starts_with("whsec_") && secret.text().len() == 49);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
