//! What the demo remembers between starts: `demo.json`, and how it was filled.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, SubsecRound as _, Utc};
use domain::tenancy::random_256;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const STATE: &str = "demo-state.json";
const CARD: &str = "demo.json";

/// How the demo of a data folder was filled. Written before the first row, so that a fill that was
/// cut short is completed with the same people, times and secrets.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct State {
    /// The last minute of the month that is told of.
    pub(super) filled_at: DateTime<Utc>,
    /// How many leads there are.
    pub(super) leads: usize,
    /// What everybody signs in with.
    pub(super) password: String,
    /// The random part of the API token, base64url.
    pub(super) token_secret: String,
    /// Where the sample site was when it was last served.
    pub(super) site_url: String,
    /// How often it was begun.
    pub(super) tries: u32,
    /// The last thing that a fill writes.
    pub(super) complete: bool,
}

/// What a newcomer, or a program, needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Card {
    /// The interface.
    pub url: String,
    /// The sample site.
    pub site_url: String,
    /// The page with the mails that the product sent.
    pub mailbox_url: String,
    /// The administrator's address.
    pub email: String,
    /// The password of everybody.
    pub password: String,
    /// A bearer token with every scope.
    pub api_token: String,
    /// The organisation.
    pub tenant_id: String,
}

impl State {
    /// A demo that is not filled yet.
    pub(super) fn fresh(leads: usize, site_url: &str, now: DateTime<Utc>) -> Self {
        let [password, token_secret] = [random_256(), random_256()].map(|it| BASE64.encode(it));
        Self {
            filled_at: now.trunc_subsecs(0),
            leads,
            password: readable(&password),
            token_secret,
            site_url: site_url.to_owned(),
            tries: 0,
            complete: false,
        }
    }

    /// The state of the demo in `data_dir`, if there is one.
    pub(super) fn read(data_dir: &Path) -> anyhow::Result<Option<Self>> {
        read(&data_dir.join(STATE))
    }

    pub(super) fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        write(&data_dir.join(STATE), self)
    }

    /// The random part of the API token.
    pub(super) fn token(&self) -> anyhow::Result<[u8; 32]> {
        let bytes = BASE64.decode(&self.token_secret).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .with_context(|| format!("{STATE} is damaged; start again with --fresh"))
    }
}

impl Card {
    pub(super) fn write(&self, data_dir: &Path) -> anyhow::Result<PathBuf> {
        let path = data_dir.join(CARD);
        write(&path, self)?;
        Ok(path)
    }
}

/// Twenty characters that nobody mistakes for one another: about 100 random bits.
fn readable(random: &str) -> String {
    random
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() && !"0OoIl1".contains(*char))
        .take(20)
        .collect()
}

/// What a file of the data folder holds; none if there is no such file.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .with_context(|| format!("{} is damaged; start again with --fresh", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Whole or not at all, readable by this user only.
pub(super) fn write(path: &Path, content: &impl Serialize) -> anyhow::Result<()> {
    let draft = path.with_extension("json.new");
    let text = serde_json::to_string_pretty(content)? + "\n";
    drop(fs::remove_file(&draft));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&draft, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_written_reads_back_and_only_its_owner_may() {
        let folder = tempfile::tempdir().unwrap();
        assert!(State::read(folder.path()).unwrap().is_none());
        let state = State::fresh(10, "http://localhost:8081", Utc::now());
        state.write(folder.path()).unwrap();
        let again = State::read(folder.path()).unwrap().unwrap();
        assert_eq!(again.password, state.password);
        assert_eq!(again.token().unwrap(), state.token().unwrap());
        let mode = fs::metadata(folder.path().join(STATE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn every_demo_has_a_password_of_its_own() {
        let password = || State::fresh(1, "x", Utc::now()).password;
        assert_ne!(password(), password());
        assert_eq!(password().len(), 20);
    }
}
