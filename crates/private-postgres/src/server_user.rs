//! The account the server programs run under.
//!
//! PostgreSQL refuses to run as root, and rightly so: as root the programs are run under another
//! account, which then owns the cluster and the socket.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::Error;

/// Variables that would bend the server programs away from what we tell them.
const FOREIGN_SETTINGS: [&str; 8] = [
    "PGDATA",
    "PGPORT",
    "PGHOST",
    "PGUSER",
    "PGDATABASE",
    "PGOPTIONS",
    "PGTZ",
    "PGCLIENTENCODING",
];

/// Under whom the server programs run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ServerUser {
    /// We are an ordinary user, and so is the server.
    Ourselves,
    /// We are root, and the server is not.
    Account(Account),
}

/// An account of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl ServerUser {
    /// The owner of `cluster` if that exists, else `postgres`, else `nobody`; ourselves unless we
    /// are root.
    pub(crate) fn choose(cluster: &Path) -> Result<Self, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        if let Some(owner) = ordinary_owner(cluster)? {
            return Ok(Self::Account(owner));
        }
        let passwd = Path::new("/etc/passwd");
        let accounts = fs::read_to_string(passwd).map_err(Error::io("read", passwd))?;
        account("postgres", &accounts)
            .or_else(|| account("nobody", &accounts))
            .map(Self::Account)
            .ok_or(Error::NoAccount)
    }

    /// `program`, to be run under this account, away from our terminal's signals: Ctrl-C must
    /// reach the server through us, or it would go before we are done with it.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .process_group(0);
        for name in FOREIGN_SETTINGS {
            command.env_remove(name);
        }
        if let Self::Account(account) = self {
            // The standard library drops root's supplementary groups together with the uid.
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    /// Gives `path` to this account.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Ourselves => Ok(()),
            Self::Account(account) => chown(path, Some(account.uid), Some(account.gid))
                .map_err(Error::io("change the owner of", path)),
        }
    }

    /// Whether this account can enter `folder`. Tried rather than computed from mode bits, since
    /// access lists and security modules have a say as well.
    pub(crate) fn can_enter(&self, folder: &Path) -> bool {
        match self {
            Self::Ourselves => true,
            Self::Account(_) => self
                .command(Path::new("/bin/sh"))
                .args(["-c", "cd -- \"$1\"", "sh"])
                .arg(folder)
                .stderr(Stdio::null())
                .stdout(Stdio::null())
                .status()
                .is_ok_and(|status| status.success()),
        }
    }

    pub(crate) fn uid(&self) -> u32 {
        match self {
            Self::Ourselves => rustix::process::geteuid().as_raw(),
            Self::Account(account) => account.uid,
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Ourselves => self.uid().to_string(),
            Self::Account(account) => account.name.clone(),
        }
    }
}

fn ordinary_owner(cluster: &Path) -> Result<Option<Account>, Error> {
    match fs::metadata(cluster) {
        Ok(found) if found.uid() != 0 => Ok(Some(Account {
            name: format!("uid {}", found.uid()),
            uid: found.uid(),
            gid: found.gid(),
        })),
        Ok(_) => Ok(None),
        Err(absent) if absent.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::io("look at", cluster)(source)),
    }
}

/// The account `name` in the text of a passwd(5) file.
fn account(name: &str, passwd: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        let name = name.to_owned();
        Some(Account { name, uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0::/root:/bin/sh\n\
                      postgres2:x:7:7::/:/bin/sh\n\
                      postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n";
        let found = account("postgres", passwd).unwrap();
        assert_eq!((found.uid, found.gid), (101, 104));
        assert_eq!(account("nobody", passwd), None);
    }
}
