//! The file with the keys of the installation.
//!
//! ```toml
//! lookup = "…"                             # 32 bytes, base64url; never changes
//!
//! [[keys]]                                 # the first signs, all verify
//! id = "k2"
//! secret = "…"                             # 32 bytes, base64url
//!
//! [[keys]]
//! id = "k1"
//! secret = "…"
//! retired_at = "2027-02-01T00:00:00Z"      # from then on, its links have expired
//! ```

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::keys::{KEY_BYTES, KeyError, KeyRing, MasterKey};
use domain::tenancy::random_256;
use domain::tracking::token::LINK_LIFETIME;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

/// Why there are no keys.
#[derive(Debug, Error)]
pub enum KeysFileError {
    /// The file cannot be read or written.
    #[error("the keys file {} cannot be {doing}: {source}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The file has another form.
    #[error("the keys file {} cannot be used: {reason}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// What is wrong. Never shows a key.
        reason: String,
    },
}

/// The keys as they stand in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    lookup: SecretString,
    keys: Vec<KeyEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    id: String,
    secret: SecretString,
    #[serde(default)]
    retired_at: Option<DateTime<Utc>>,
}

/// The keys of the installation: those of the file, which is made with fresh ones when it is absent.
///
/// # Errors
/// See [`KeysFileError`].
pub fn load_or_create(path: &Path) -> Result<KeyRing, KeysFileError> {
    match ring(path) {
        Err(KeysFileError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            create(path, &Content::fresh())?;
            ring(path)
        }
        ring => ring,
    }
}

/// Whether only its owner can read the file.
///
/// # Errors
/// Where it cannot be looked at.
pub fn is_private(path: &Path) -> Result<bool, KeysFileError> {
    let found = fs::metadata(path).map_err(io("looked at", path))?;
    Ok(found.permissions().mode().trailing_zeros() >= 6)
}

/// What a rotation did.
#[derive(Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The key that signs from now on.
    pub signing: String,
    /// The key that did until now.
    pub replaced: String,
    /// Until when links signed by it work.
    pub retired_at: DateTime<Utc>,
}

/// Puts a fresh key in front. The one before verifies until every link that it may have signed has
/// expired. A running process signs with the new key from its next start on.
///
/// # Errors
/// See [`KeysFileError`]; the file is unchanged then.
pub fn rotate(path: &Path, now: DateTime<Utc>) -> Result<Rotation, KeysFileError> {
    let mut content = read(path)?;
    let retired_at = now + LINK_LIFETIME;
    let Some(replaced) = content.keys.first_mut() else {
        return Err(form(path, KeyError::Empty));
    };
    replaced.retired_at = Some(retired_at);
    let replaced = replaced.id.clone();
    let signing = next_id(&content.keys);
    content.keys.insert(0, KeyEntry::fresh(&signing));
    replace(path, &content)?;
    Ok(Rotation {
        signing,
        replaced,
        retired_at,
    })
}

/// `k` and the next free number.
fn next_id(keys: &[KeyEntry]) -> String {
    let number = |key: &KeyEntry| key.id.strip_prefix('k')?.parse::<u32>().ok();
    let last = keys.iter().filter_map(number).max().unwrap_or(0);
    format!("k{}", last.saturating_add(1))
}

fn ring(path: &Path) -> Result<KeyRing, KeysFileError> {
    let content = read(path)?;
    let lookup = bytes_of(path, "lookup", &content.lookup)?;
    let key = |entry: &KeyEntry| {
        let secret = bytes_of(path, &entry.id, &entry.secret)?;
        MasterKey::new(&entry.id, secret, entry.retired_at).map_err(|error| form(path, error))
    };
    let keys = content.keys.iter().map(key).collect::<Result<_, _>>()?;
    KeyRing::new(lookup, keys).map_err(|error| form(path, error))
}

fn read(path: &Path) -> Result<Content, KeysFileError> {
    let text = fs::read_to_string(path).map_err(io("read", path))?;
    config::Config::builder()
        .add_source(config::File::from_str(&text, config::FileFormat::Toml))
        .build()
        .and_then(config::Config::try_deserialize)
        .map_err(|error| form(path, error))
}

fn bytes_of(
    path: &Path,
    name: &str,
    text: &SecretString,
) -> Result<[u8; KEY_BYTES], KeysFileError> {
    let bytes = BASE64.decode(text.expose_secret()).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            form(
                path,
                format!("{name:?} is not {KEY_BYTES} bytes in base64url"),
            )
        })
}

/// Makes the file whole or not at all; fine where another process has just made it.
fn create(path: &Path, content: &Content) -> Result<(), KeysFileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io("written", path))?;
    }
    let draft = write_draft(path, content)?;
    let made = fs::hard_link(&draft, path);
    drop(fs::remove_file(&draft));
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map_err(io("written", path)),
    }
}

fn replace(path: &Path, content: &Content) -> Result<(), KeysFileError> {
    let draft = write_draft(path, content)?;
    fs::rename(draft, path).map_err(io("written", path))
}

/// A file beside `path` that only this user can read.
fn write_draft(path: &Path, content: &Content) -> Result<PathBuf, KeysFileError> {
    let draft = path.with_extension(format!("{}.new", Uuid::new_v4().simple()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| {
            file.write_all(content.text().as_bytes())?;
            file.sync_all()
        });
    written.map(|()| draft).map_err(io("written", path))
}

impl Content {
    fn fresh() -> Self {
        Self {
            lookup: fresh_secret(),
            keys: vec![KeyEntry::fresh("k1")],
        }
    }

    fn text(&self) -> String {
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
    fn fresh(id: &str) -> Self {
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

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> KeysFileError {
    let path = path.to_owned();
    move |source| KeysFileError::Io {
        doing,
        path,
        source,
    }
}

fn form(path: &Path, reason: impl ToString) -> KeysFileError {
    KeysFileError::Form {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use domain::keys::{Purpose, TagCheck};

    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn keys_are_made_once_and_read_from_then_on() {
        let folder = folder();
        let path = folder.path().join("deeper/keys.toml");
        let first = load_or_create(&path).unwrap();
        let second = load_or_create(&path).unwrap();
        let tag = first.tag(Purpose::Click, b"x");
        assert_eq!(second.tag(Purpose::Click, b"x"), tag);
        assert_eq!(second.lookup_hash(b"x"), first.lookup_hash(b"x"));
    }

    #[test]
    fn only_the_owner_can_read_the_keys() {
        let folder = folder();
        let path = folder.path().join("keys.toml");
        load_or_create(&path).unwrap();
        rotate(&path, Utc::now()).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(is_private(&path).unwrap());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(!is_private(&path).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn links_of_a_replaced_key_work_until_they_would_have_expired() {
        // A21
        let folder = folder();
        let path = folder.path().join("keys.toml");
        let tag = load_or_create(&path).unwrap().tag(Purpose::Click, b"x");
        let now = Utc::now();
        let rotation = rotate(&path, now).unwrap();
        assert_eq!(
            (rotation.replaced.as_str(), rotation.signing.as_str()),
            ("k1", "k2")
        );
        let ring = load_or_create(&path).unwrap();
        assert_eq!(ring.signing_id(), "k2");
        let check = |at| ring.check(Purpose::Click, "k1", b"x", &tag, at);
        assert_eq!(check(now + LINK_LIFETIME * 9 / 10), TagCheck::Valid);
        assert_eq!(check(rotation.retired_at), TagCheck::Retired);
    }

    #[test]
    fn a_second_rotation_keeps_the_first_keys_end() {
        let folder = folder();
        let path = folder.path().join("keys.toml");
        load_or_create(&path).unwrap();
        let now = Utc::now();
        let first = rotate(&path, now).unwrap();
        rotate(&path, now + LINK_LIFETIME).unwrap();
        let content = read(&path).unwrap();
        let ids: Vec<&str> = content.keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["k3", "k2", "k1"]);
        let end = content.keys[2].retired_at.unwrap();
        assert_eq!(end.timestamp(), first.retired_at.timestamp());
    }

    #[test]
    fn a_broken_file_is_never_replaced_and_its_keys_never_shown() {
        let folder = folder();
        let path = folder.path().join("keys.toml");
        let text = "lookup = \"geheim\"\nkeys = [{ id = \"k1\", secret = \"geheim\" }]";
        fs::write(&path, text).unwrap();
        let error = load_or_create(&path).unwrap_err().to_string();
        assert!(
            error.contains("lookup") && !error.contains("geheim"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
