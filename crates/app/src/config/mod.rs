//! Settings: the only place that reads the environment.
//!
//! A setting stands in `ondo.toml` under its name, and in the environment as `ONDO_` and its name in
//! capitals; the environment wins, and options of the command line win over both. Every setting is
//! described in `ondo.sample.toml`, which a test reads.

mod error;
mod intake;
mod settings;
mod sources;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use adapters_http::Limits;
use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

pub use error::ConfigError;
pub use intake::IntakeConfig;
pub use sources::Variables;

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// Where the private PostgreSQL, the keys, uploads and the outbox are.
    pub data_dir: PathBuf,
    /// What this process does.
    pub role: Role,
    /// Where the rows are.
    pub database: DatabaseConfig,
    /// How the outside reaches us.
    pub http: HttpConfig,
    /// The keys that sign links and seal secrets.
    pub keys_file: PathBuf,
    /// How engagements are taken in.
    pub intake: IntakeConfig,
    /// How mail leaves.
    pub mail: MailConfig,
    /// What is written about what happens.
    pub log: LogConfig,
}

/// What a process does. All of it on one machine; on several, as many of each as are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Serves and works.
    All,
    /// Answers requests.
    Web,
    /// Sends mail, imports files, keeps things in order.
    Worker,
}

/// Where the rows are.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// A libpq URL of a PostgreSQL of the operator's; none: Ondo runs one of its own.
    pub url: Option<SecretString>,
    /// The folder of the server programs for the own one, where they are not found by themselves.
    pub pg_bin: Option<PathBuf>,
    /// Connections for requests, at most.
    pub connections: u32,
    /// Connections for jobs, at most.
    pub job_connections: u32,
}

/// How the outside reaches us.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// Where to listen.
    pub address: IpAddr,
    /// On which port; 0 takes a free one.
    pub port: u16,
    /// What browsers call us by; none: `http://localhost` with the port.
    pub public_url: Option<Url>,
    /// Proxies that may say for whom they speak.
    pub trusted_proxies: Vec<IpNet>,
    /// Event loops; 0: one for each core.
    pub workers: usize,
    /// Lets another Ondo listen at the same address, so that one can take over from the other
    /// without a gap.
    pub reuse_port: bool,
    /// Where the figures for operators are read; none: nowhere.
    pub metrics_address: Option<SocketAddr>,
    /// How much is taken in, how often, and how long anybody waits for it.
    pub limits: Limits,
}

/// How mail leaves.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Shows the local outbox to whoever can reach us, at `/dev/mailbox`. For trying out only.
    pub dev_mailbox: bool,
    /// The name servers that are asked about sending domains; none: those of the system.
    pub dns_servers: Vec<SocketAddr>,
    /// Where SendGrid's interface is.
    pub sendgrid_url: Url,
    /// Mails that are with providers at the same time, at most.
    pub senders: usize,
    /// How long a provider may take to answer. Then nobody knows whether it has the mail.
    pub timeout: Duration,
}

/// What is written about what happens, to standard error.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// A level, or directives such as `info,adapters_jobs=debug`.
    pub level: String,
    /// In which form.
    pub format: LogFormat,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON document a line.
    Json,
}

/// The file that is read when no other is named.
const FILE: &str = "ondo.toml";

impl Config {
    /// Reads the settings: those of `file`, or of `ondo.toml` where it exists, under those of the
    /// environment.
    ///
    /// # Errors
    /// [`ConfigError`], which names the setting and where it stands.
    pub fn load(file: Option<&Path>, variables: &Variables) -> Result<Self, ConfigError> {
        let named = file.map(Path::to_path_buf).or_else(|| variables.file());
        let file = named.or_else(|| Path::new(FILE).is_file().then(|| PathBuf::from(FILE)));
        let settings = sources::settings(file.as_deref(), variables)?;
        settings.checked(file)
    }

    /// The same settings on another data folder. A keys file or a spool that was named by itself
    /// stays.
    pub fn move_to(&mut self, data_dir: PathBuf) {
        if self.keys_file == keys_in(&self.data_dir) {
            self.keys_file = keys_in(&data_dir);
        }
        if self.intake.spool_dir == intake::spool_in(&self.data_dir) {
            self.intake.spool_dir = intake::spool_in(&data_dir);
        }
        self.data_dir = data_dir;
    }

    /// Where to listen.
    #[must_use]
    pub const fn listen(&self) -> SocketAddr {
        SocketAddr::new(self.http.address, self.http.port)
    }

    /// Where uploaded files wait for their import.
    #[must_use]
    pub fn uploads(&self) -> PathBuf {
        self.data_dir.join("uploads")
    }

    /// Where mails go that leave the machine by no provider.
    #[must_use]
    pub fn outbox(&self) -> PathBuf {
        self.data_dir.join("outbox")
    }
}

/// Where the keys are unless a setting says otherwise.
fn keys_in(data_dir: &Path) -> PathBuf {
    data_dir.join("keys.toml")
}

impl Role {
    /// Whether this process answers requests.
    #[must_use]
    pub const fn serves(self) -> bool {
        matches!(self, Self::All | Self::Web)
    }

    /// Whether this process carries out jobs.
    #[must_use]
    pub const fn works(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }
}

#[cfg(test)]
mod tests;
