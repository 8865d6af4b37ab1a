//! What stands in the keys file.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::tenancy::random_256;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// The keys as they stand in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub(super) lookup: SecretString,
    pub(super) keys: Vec<KeyEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyEntry {
    pub(super) id: String,
    pub(super) secret: SecretString,
    #[serde(default)]
    pub(super) retired_at: Option<DateTime<Utc>>,
}

impl Content {
    pub(super) fn fresh() -> Self {
        Self {
            lookup: fresh_secret(),
            keys: vec![KeyEntry::fresh("k1")],
        }
    }

    /// `k` and the next free number.
    pub(super) fn next_id(&self) -> String {
        let number = |key: &KeyEntry| key.id.strip_prefix('k')?.parse::<u32>().ok();
        let last = self.keys.iter().filter_map(number).max().unwrap_or(0);
        format!("k{}", last.saturating_add(1))
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "# Keys of this Ondo installation. Keep it secret and back it up: without it, links in\n\
             # mails that are already sent die, and stored passwords of mail providers are lost.\n\
             # `ondo keys rotate` puts a new key in front.\n\nlookup = \"{}\"\n",
            self.lookup.expose_secret()
        );
        for key in &self.keys {
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\n[[keys]]\nid = \"{}\"\nsecret = \"{}\"\n",
                key.id,
                key.secret.expose_secret()
            );
            if let Some(at) = key.retired_at {
                let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
                let _ = writeln!(text, "retired_at = \"{at}\"");
            }
        }
        text
    }
}

impl KeyEntry {
    pub(super) fn fresh(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: fresh_secret(),
            retired_at: None,
        }
    }
}

fn fresh_secret() -> SecretString {
    SecretString::from(BASE64.encode(random_256()))
}
