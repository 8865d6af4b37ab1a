//! The settings as they are written, and their defaults.

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;
use url::{Host, Url};

use super::error::ConfigError;
use super::intake::{self, IntakeConfig};
use super::{Config, DatabaseConfig, HttpConfig, LogConfig, LogFormat, MailConfig, Role};

/// Each sends one mail at a time; what a kill leaves unknown is as many mails.
const MOST_SENDERS: usize = 16;
/// A conversation with a mail server has six answers; a worker may be silent for five minutes
/// before it counts as vanished (`domain::delivery`).
const LONGEST_MAIL_TIMEOUT: u64 = 45;

macro_rules! settings {
    ($($name:ident: $type:ty,)*) => {
        /// What stands in the file and the environment. Texts are checked in one step after all
        /// are read, so that every complaint names its setting in the same way.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct Settings {
            $(pub(super) $name: Option<$type>,)*
        }

        /// The name of every setting.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

settings! {
    data_dir: PathBuf,
    role: String,
    database_url: SecretString,
    pg_bin: PathBuf,
    database_connections: u32,
    database_job_connections: u32,
    address: String,
    port: u16,
    public_url: String,
    trusted_proxies: Vec<String>,
    web_workers: usize,
    reuse_port: bool,
    metrics_address: String,
    rate_per_address: u32,
    rate_per_visitor: u32,
    rate_per_tenant: u32,
    intake_writers: usize,
    intake_batch_rows: usize,
    intake_batch_bytes: usize,
    intake_linger_ms: u64,
    intake_queue_rows: usize,
    intake_queue_bytes: usize,
    intake_patience_ms: u64,
    click_deadline_ms: u64,
    spool_dir: PathBuf,
    spool_bytes: u64,
    machine_networks: PathBuf,
    keys_file: PathBuf,
    dns_servers: Vec<String>,
    dev_mailbox: bool,
    sendgrid_url: String,
    mail_senders: usize,
    mail_timeout_seconds: u64,
    log_level: String,
    log_format: String,
}

impl Settings {
    /// Checks every setting and fills in the defaults.
    pub(super) fn checked(mut self, file: Option<PathBuf>) -> Result<Config, ConfigError> {
        let data_dir = (self.data_dir.take()).unwrap_or_else(|| PathBuf::from("data"));
        let intake = IntakeConfig::checked(&mut self, &data_dir)?;
        let limits = intake::limits(&self);
        let keys_file = self.keys_file.unwrap_or_else(|| super::keys_in(&data_dir));
        let pools = [
            ("database_connections", self.database_connections, 8),
            ("database_job_connections", self.database_job_connections, 6),
        ];
        let [connections, job_connections] = pools.map(pool_size);
        Ok(Config {
            file,
            role: role(self.role)?,
            database: DatabaseConfig {
                url: self.database_url,
                pg_bin: self.pg_bin,
                connections: connections?,
                job_connections: job_connections?,
            },
            http: HttpConfig {
                address: address(self.address)?,
                port: self.port.unwrap_or(8080),
                public_url: self
                    .public_url
                    .map(|text| web_address("public_url", text))
                    .transpose()?,
                trusted_proxies: networks(self.trusted_proxies.unwrap_or_default())?,
                workers: self.web_workers.unwrap_or(0),
                reuse_port: self.reuse_port.unwrap_or(false),
                metrics_address: intake::metrics_address(self.metrics_address)?,
                limits,
            },
            intake,
            mail: MailConfig {
                dns_servers: name_servers(self.dns_servers.unwrap_or_default())?,
                dev_mailbox: self.dev_mailbox.unwrap_or(false),
                sendgrid_url: sendgrid_url(self.sendgrid_url)?,
                senders: in_range("mail_senders", self.mail_senders, 3, 1..=MOST_SENDERS)?,
                timeout: Duration::from_secs(in_range(
                    "mail_timeout_seconds",
                    self.mail_timeout_seconds,
                    30,
                    1..=LONGEST_MAIL_TIMEOUT,
                )?),
            },
            log: LogConfig {
                level: log_level(self.log_level)?,
                format: log_format(self.log_format)?,
            },
            data_dir,
            keys_file,
        })
    }
}

pub(super) fn refuse(
    name: &'static str,
    value: impl Into<String>,
    reason: impl ToString,
) -> ConfigError {
    ConfigError::Value {
        name,
        value: value.into(),
        reason: reason.to_string(),
    }
}

fn pool_size((name, size, default): (&'static str, Option<u32>, u32)) -> Result<u32, ConfigError> {
    match size.unwrap_or(default) {
        0 => Err(refuse(name, "0", "at least one connection is needed")),
        size => Ok(size),
    }
}

fn role(text: Option<String>) -> Result<Role, ConfigError> {
    match text.as_deref() {
        None | Some("all") => Ok(Role::All),
        Some("web") => Ok(Role::Web),
        Some("worker") => Ok(Role::Worker),
        Some(other) => Err(refuse("role", other, "it is one of all, web, worker")),
    }
}

fn address(text: Option<String>) -> Result<IpAddr, ConfigError> {
    text.map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), |text| {
        IpAddr::from_str(&text).map_err(|cause| {
            let hint = "write 127.0.0.1 for this machine only, 0.0.0.0 or :: for everybody";
            refuse("address", &text, format!("{cause}; {hint}"))
        })
    })
}

/// Scheme, host and port: we build addresses of our own on it.
fn web_address(name: &'static str, text: String) -> Result<Url, ConfigError> {
    let url = Url::parse(&text).map_err(|cause| refuse(name, &text, cause))?;
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && is_origin {
        Ok(url)
    } else {
        let reason = "an address like https://ondo.example.jp is needed, without a path";
        Err(refuse(name, text, reason))
    }
}

/// Our key goes there: in the clear only where nobody listens.
fn sendgrid_url(text: Option<String>) -> Result<Url, ConfigError> {
    let text = text.unwrap_or_else(|| "https://api.sendgrid.com".to_owned());
    let url = web_address("sendgrid_url", text)?;
    let stays_here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "https" || stays_here {
        Ok(url)
    } else {
        let reason = "the key of SendGrid would be sent in the clear; write https, or an address \
                      of this machine";
        Err(refuse("sendgrid_url", url, reason))
    }
}

fn in_range<T: PartialOrd + Copy + Display>(
    name: &'static str,
    value: Option<T>,
    default: T,
    range: RangeInclusive<T>,
) -> Result<T, ConfigError> {
    let value = value.unwrap_or(default);
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = range.into_inner();
    let reason = format!("it is from {least} to {most}");
    Err(refuse(name, value.to_string(), reason))
}

fn networks(texts: Vec<String>) -> Result<Vec<IpNet>, ConfigError> {
    let network = |text: String| {
        let single = IpAddr::from_str(&text).map(IpNet::from);
        single.or_else(|_not_single| {
            IpNet::from_str(&text).map_err(|cause| {
                let hint = "write an address or a network such as 10.0.0.0/8";
                refuse("trusted_proxies", &text, format!("{cause}; {hint}"))
            })
        })
    };
    texts
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(network)
        .collect()
}

fn name_servers(texts: Vec<String>) -> Result<Vec<SocketAddr>, ConfigError> {
    const PORT: u16 = 53;
    let server = |text: String| {
        let address = IpAddr::from_str(&text).map(|ip| SocketAddr::new(ip, PORT));
        address.or_else(|_no_bare_address| {
            SocketAddr::from_str(&text).map_err(|cause| {
                let hint = "write an address, or an address and a port such as 192.0.2.53:53";
                refuse("dns_servers", &text, format!("{cause}; {hint}"))
            })
        })
    };
    texts
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .map(server)
        .collect()
}

fn log_level(text: Option<String>) -> Result<String, ConfigError> {
    let text = text.unwrap_or_else(|| "info".to_owned());
    match tracing_subscriber::EnvFilter::try_new(&text) {
        Ok(_) => Ok(text),
        Err(cause) => Err(refuse("log_level", text, cause)),
    }
}

fn log_format(text: Option<String>) -> Result<LogFormat, ConfigError> {
    match text.as_deref() {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(other) => Err(refuse("log_format", other, "it is text or json")),
    }
}
