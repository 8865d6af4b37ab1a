use std::sync::atomic::{AtomicUsize, Ordering};

use domain::tenancy::{Password, PasswordHashError, PasswordHasher};

/// Keeps passwords readable, for tests that have no second to spare, and counts its work, so that
/// a test can see that an unknown account costs as much as a known one.
#[derive(Debug, Default)]
pub struct ReadableHasher {
    verified: AtomicUsize,
}

impl ReadableHasher {
    /// How often it was asked to verify a password.
    #[must_use]
    pub fn verified(&self) -> usize {
        self.verified.load(Ordering::SeqCst)
    }
}

impl PasswordHasher for ReadableHasher {
    fn hash(&self, password: &Password) -> Result<String, PasswordHashError> {
        Ok(format!("readable:{}", password.expose()))
    }

    fn verify(&self, password: &Password, hash: Option<&str>) -> bool {
        self.verified.fetch_add(1, Ordering::SeqCst);
        let known = hash.and_then(|hash| hash.strip_prefix("readable:"));
        known == Some(password.expose())
    }
}
