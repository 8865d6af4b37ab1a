//! Passwords become Argon2id hashes: 19 MiB, 2 passes, 1 lane (OWASP's second choice, RFC 9106).

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use domain::tenancy::{Password, PasswordHashError, PasswordHasher};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Failure;

/// Hashes that are worked out at once. More would make all of them, and everything else, slower.
const AT_ONCE: usize = 2;

/// A hash of no password, with the parameters of all others: what is verified where there is no
/// account, so that the time is the same (V-24).
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$\
                      c2FsdCBmb3Igbm8gb25lIQ$8d6gnXPdhSTnSULuG1E3LfpWBMdKOKUkbIiBIRBVB0k";

/// Hashes and verifies passwords, a few at a time.
#[derive(Debug)]
pub struct Argon2idHasher {
    slots: Arc<Semaphore>,
}

impl Argon2idHasher {
    /// A hasher with all its slots free.
    #[must_use]
    pub fn new() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Waits for a turn without holding a thread. Take one before the `blocking` that hashes and
    /// keep it until the end of that.
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let slots = Arc::clone(&self.slots);
        slots.acquire_owned().await.map_err(Failure::unexpected)
    }
}

impl Default for Argon2idHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl PasswordHasher for Argon2idHasher {
    fn hash(&self, password: &Password) -> Result<String, PasswordHashError> {
        Argon2::default()
            .hash_password(password.expose().as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| PasswordHashError(error.into()))
    }

    fn verify(&self, password: &Password, hash: Option<&str>) -> bool {
        let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
        let nobody = PasswordHash::new(NOBODY).ok();
        let is_known = known.is_some();
        let Some(hash) = known.or(nobody) else {
            return false;
        };
        let matches = Argon2::default()
            .verify_password(password.expose().as_bytes(), &hash)
            .is_ok();
        matches && is_known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let hasher = Argon2idHasher::new();
        let hash = hasher.hash(&Password::typed("温度計の水銀")).unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(hasher.verify(&Password::typed("温度計の水銀"), Some(&hash)));
        assert!(!hasher.verify(&Password::typed("温度計の水"), Some(&hash)));
    }

    // V-19
    #[test]
    fn a_hash_of_another_kind_matches_nothing() {
        let hasher = Argon2idHasher::new();
        for hash in ["0e462097431906509019562988736854", "", "0", "$1$abc$def"] {
            for text in ["240610708", "0", "", "0e1"] {
                assert!(
                    !hasher.verify(&Password::typed(text), Some(hash)),
                    "{hash} {text}"
                );
            }
        }
    }

    // V-24
    #[test]
    fn no_account_costs_as_much_work_as_a_wrong_password() {
        let hasher = Argon2idHasher::new();
        let password = Password::typed("any password");
        let somebody = hasher.hash(&password).unwrap();
        assert_eq!(work(NOBODY), work(&somebody));
        assert!(!hasher.verify(&password, None));
    }

    /// All that decides how long a verification takes: kind, version, costs, salt and output.
    fn work(hash: &str) -> (String, Option<u32>, String, usize, usize) {
        let hash = PasswordHash::new(hash).unwrap();
        (
            hash.algorithm.to_string(),
            hash.version,
            hash.params.to_string(),
            hash.salt.unwrap().as_ref().len(),
            hash.hash.unwrap().as_bytes().len(),
        )
    }
}
