//! Mails in a folder instead of on their way: one JSON file for each, one folder for each tenant.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, fs};

use chrono::{DateTime, Utc};
use domain::delivery::{
    Mailbox, Mailer, OutboxMail, OutboxReader, OutgoingMail, ProviderKind, SendOutcome, Wait,
};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};
use serde::{Deserialize, Serialize};

/// Writes mails into a folder that only this user can read, and reads them for the interface.
#[derive(Clone)]
pub struct Outbox {
    folder: PathBuf,
    clock: Arc<Clock>,
}

type Clock = dyn Fn() -> DateTime<Utc> + Send + Sync;

#[derive(Serialize, Deserialize)]
struct StoredMail {
    at: DateTime<Utc>,
    from: String,
    to: String,
    subject: String,
    headers: Vec<(String, String)>,
    html: String,
    text: String,
}

impl Outbox {
    /// An outbox in this folder, which is made with the first mail.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            clock: Arc::new(Utc::now),
        }
    }

    /// The same outbox for an installation that counts the time by another clock than the
    /// machine's.
    #[must_use]
    pub fn with_clock(self, clock: Arc<Clock>) -> Self {
        Self { clock, ..self }
    }

    fn of(&self, tenant: TenantId) -> PathBuf {
        self.folder.join(tenant.to_string())
    }

    fn put(&self, mail: &OutgoingMail) -> io::Result<String> {
        let folder = self.of(mail.tenant);
        make_private_folder(&folder)?;
        let at = (self.clock)();
        let id = format!("{:015}-{}", at.timestamp_millis(), mail.send);
        let stored = StoredMail {
            at,
            from: shown(&mail.from),
            to: shown(&mail.to),
            subject: mail.subject.clone(),
            headers: mail
                .extra_headers()
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            html: mail.html.clone(),
            text: mail.text.clone(),
        };
        let json = serde_json::to_vec_pretty(&stored).map_err(io::Error::other)?;
        let unfinished = folder.join(format!(".{id}.json"));
        write_private_file(&unfinished, &json)?;
        fs::rename(&unfinished, folder.join(format!("{id}.json")))?;
        Ok(id)
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Outbox").field(&self.folder).finish()
    }
}

impl Mailer for Outbox {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        match self.put(mail) {
            Ok(provider_message_id) => SendOutcome::Accepted {
                provider_message_id,
            },
            Err(error) => SendOutcome::Deferred {
                reason: format!("the outbox cannot be written: {error}"),
                wait: Wait::Backoff,
            },
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}

impl OutboxReader for Outbox {
    fn newest(&self, tenant: TenantId, limit: usize) -> StoreResult<Vec<OutboxMail>> {
        let entries = match fs::read_dir(self.of(tenant)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(StoreError::unexpected(error)),
        };
        let mut ids: Vec<String> = entries
            .filter_map(|entry| id_of(&entry.ok()?.path()))
            .collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.iter()
            .take(limit)
            .filter_map(|id| self.read(tenant, id).transpose())
            .collect()
    }

    fn read(&self, tenant: TenantId, id: &str) -> StoreResult<Option<OutboxMail>> {
        if !is_id(id) {
            return Ok(None);
        }
        let json = match fs::read(self.of(tenant).join(format!("{id}.json"))) {
            Ok(json) => json,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::unexpected(error)),
        };
        let stored: StoredMail = serde_json::from_slice(&json).map_err(StoreError::unexpected)?;
        Ok(Some(OutboxMail {
            id: id.to_owned(),
            at: stored.at,
            from: stored.from,
            to: stored.to,
            subject: stored.subject,
            headers: stored.headers,
            html: stored.html,
            text: stored.text,
        }))
    }
}

fn shown(mailbox: &Mailbox) -> String {
    match &mailbox.name {
        Some(name) => format!("{name} <{}>", mailbox.address),
        None => mailbox.address.to_string(),
    }
}

/// Ids come in from addresses of pages: nothing in them may lead out of the folder.
fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

fn id_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let id = name.strip_suffix(".json")?;
    is_id(id).then(|| id.to_owned())
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn write_private_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
