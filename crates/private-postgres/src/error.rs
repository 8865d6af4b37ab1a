//! What can go wrong on the way to a running server, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no private PostgreSQL server. The texts are meant for the operator.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No installation of PostgreSQL 15 or later was found.
    #[error(
        "no PostgreSQL server programs (initdb, postgres; version 15 or later) were found in \
         {looked_in}. Install them (Debian and Ubuntu: `apt install postgresql`; macOS: `brew \
         install postgresql@17`), or name their folder in ONDO_PG_BIN, or use a server of your \
         own with DATABASE_URL"
    )]
    ProgramsMissing {
        /// The folders that were searched, separated by commas.
        looked_in: String,
    },
    /// The cluster was made by a major version that is not installed.
    #[error(
        "the database files in {} were made by PostgreSQL {needed}, but only {found} is \
         installed. Install PostgreSQL {needed} again (Debian: `apt install \
         postgresql-{needed}`), or move the data to the newer version with pg_upgrade",
        cluster.display()
    )]
    VersionMissing {
        /// The cluster's folder.
        cluster: PathBuf,
        /// The major version that made it.
        needed: u32,
        /// The major versions that were found, separated by commas.
        found: String,
    },
    /// Running as root on a machine without an account to run the server under.
    #[error(
        "PostgreSQL refuses to run as root, and /etc/passwd has neither a `postgres` nor a \
         `nobody` account. Run Ondo as an ordinary user, or use DATABASE_URL"
    )]
    NoAccount,
    /// The database files exist where the server's account cannot reach them.
    #[error(
        "the database files in {} cannot be reached by the account `{account}` that runs the \
         server. Give it the right to enter the folders above (`chmod o+x`), or run Ondo as the \
         owner of those folders",
        cluster.display()
    )]
    Unreachable {
        /// The cluster's folder.
        cluster: PathBuf,
        /// The account's name.
        account: String,
    },
    /// A folder for the socket that somebody else could have laid out.
    #[error(
        "the socket folder {} is not a private folder of the server's account ({found}). Somebody \
         else may have made it: look at it, remove it, and start again",
        folder.display()
    )]
    UnsafeSocketFolder {
        /// The folder.
        folder: PathBuf,
        /// What was found in its place.
        found: String,
    },
    /// The cluster could not be made. Nothing half-made is left that would block a next try.
    #[error("the database files in {} could not be made: {output}", folder.display())]
    Initialise {
        /// Where the cluster was to be.
        folder: PathBuf,
        /// What the program said.
        output: String,
    },
    /// The server ended instead of starting.
    #[error("PostgreSQL did not start. Its log {} ends with:\n{tail}", log.display())]
    Start {
        /// The server's log.
        log: PathBuf,
        /// The last lines of it since the attempt.
        tail: String,
    },
    /// The server runs but does not take connections yet, for example in a long crash recovery.
    #[error(
        "PostgreSQL did not take connections within {seconds} s. It is left running: if it is \
         recovering from a crash, start Ondo again in a while. Its log {} ends with:\n{tail}",
        log.display()
    )]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
        /// The last lines of it since the attempt.
        tail: String,
    },
    /// A file, folder or program could not be used.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was attempted, as a verb.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: an [`Error::Io`] that says what was attempted on which path.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}
