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

mod content;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use domain::keys::{KEY_BYTES, KeyError, KeyRing, MasterKey};
use domain::tracking::token::LINK_LIFETIME;
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use uuid::Uuid;

use content::{Content, KeyEntry};

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
    let signing = content.next_id();
    content.keys.insert(0, KeyEntry::fresh(&signing));
    replace(path, &content)?;
    Ok(Rotation {
        signing,
        replaced,
        retired_at,
    })
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
mod tests;
