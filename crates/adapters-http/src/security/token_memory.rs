//! Tokens that were verified lately, for when the storage cannot verify them.

use std::time::Duration;

use domain::tenancy::ApiAccess;
use moka::sync::Cache;
use ring::digest::{SHA256, digest};

/// How long a token that was verified may be used without the storage. One that is revoked
/// meanwhile ends at the latest after this time.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
/// Tokens that are remembered.
const REMEMBERED: u64 = 10_000;

/// Tokens by their digest; the tokens themselves are kept nowhere.
#[derive(Debug)]
pub(crate) struct TokenMemory(Cache<[u8; 32], ApiAccess>);

impl TokenMemory {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(REMEMBERED_FOR)
                .build(),
        )
    }

    /// Keeps what the storage said of a token.
    pub(super) fn learn(&self, token: &str, access: Option<&ApiAccess>) {
        match access {
            Some(access) => self.0.insert(key(token), access.clone()),
            None => self.0.invalidate(&key(token)),
        }
    }

    /// What the storage said of a token when it was last asked.
    pub(super) fn recall(&self, token: &str) -> Option<ApiAccess> {
        self.0.get(&key(token))
    }

    /// Forgets everything: a token was revoked.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

fn key(token: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    key
}
