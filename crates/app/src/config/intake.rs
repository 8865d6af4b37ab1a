//! The settings of the intake: what is gathered into one commit, what waits, and what is spooled.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use super::error::ConfigError;
use super::settings::{Settings, refuse};

/// How engagements are taken in. The defaults are measured (docs/PERFORMANCE.md).
#[derive(Clone, Debug)]
pub struct IntakeConfig {
    /// Threads that commit, each with a connection of its own.
    pub writers: usize,
    /// Engagements in one commit, at most.
    pub batch_rows: usize,
    /// Bytes in one commit, about.
    pub batch_bytes: usize,
    /// How long the first of a batch waits for others.
    pub linger: Duration,
    /// Engagements that wait for a commit, at most.
    pub queue_rows: usize,
    /// Bytes that wait for a commit, about.
    pub queue_bytes: usize,
    /// What waits longer than this goes to the spool.
    pub patience: Duration,
    /// A visitor who clicks waits no longer than this for the record.
    pub click_deadline: Duration,
    /// Where the spool is.
    pub spool_dir: PathBuf,
    /// How large the spool may grow. Bytes.
    pub spool_bytes: u64,
    /// More networks of machines.
    pub machine_networks: Option<PathBuf>,
}

/// How often one may report. A minute's worth each; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateConfig {
    /// Requests of one address.
    pub per_address: u32,
    /// Page views of one browser.
    pub per_visitor: u32,
    /// Engagements of one organisation.
    pub per_tenant: u32,
}

/// Another process that counts must not find more than this in one commit: the arrays of a
/// statement are sent whole.
const MOST_ROWS: usize = 10_000;

impl IntakeConfig {
    /// Checks the settings and fills in the defaults.
    pub(super) fn checked(settings: &mut Settings, data_dir: &Path) -> Result<Self, ConfigError> {
        let rows = at_least_one("intake_batch_rows", settings.intake_batch_rows, 500)?;
        if rows > MOST_ROWS {
            let reason = format!("a commit takes at most {MOST_ROWS}");
            return Err(refuse("intake_batch_rows", rows.to_string(), reason));
        }
        let millis = |set: Option<u64>, default| Duration::from_millis(set.unwrap_or(default));
        Ok(Self {
            writers: at_least_one("intake_writers", settings.intake_writers, 2)?,
            batch_rows: rows,
            batch_bytes: at_least_one(
                "intake_batch_bytes",
                settings.intake_batch_bytes,
                256 * 1024,
            )?,
            linger: millis(settings.intake_linger_ms, 5),
            queue_rows: at_least_one("intake_queue_rows", settings.intake_queue_rows, 20_000)?,
            queue_bytes: at_least_one(
                "intake_queue_bytes",
                settings.intake_queue_bytes,
                32 * 1024 * 1024,
            )?,
            patience: millis(settings.intake_patience_ms, 150),
            click_deadline: millis(settings.click_deadline_ms, 50),
            spool_dir: settings
                .spool_dir
                .take()
                .unwrap_or_else(|| spool_in(data_dir)),
            spool_bytes: settings.spool_bytes.unwrap_or(4 * 1024 * 1024 * 1024),
            machine_networks: settings.machine_networks.take(),
        })
    }
}

impl RateConfig {
    /// Fills in the defaults.
    pub(super) fn checked(settings: &Settings) -> Self {
        Self {
            per_address: settings.rate_per_address.unwrap_or(600),
            per_visitor: settings.rate_per_visitor.unwrap_or(120),
            per_tenant: settings.rate_per_tenant.unwrap_or(300_000),
        }
    }
}

/// Where the spool is unless a setting says otherwise.
pub(super) fn spool_in(data_dir: &Path) -> PathBuf {
    data_dir.join("spool")
}

fn at_least_one(
    name: &'static str,
    set: Option<usize>,
    default: usize,
) -> Result<usize, ConfigError> {
    match set.unwrap_or(default) {
        0 => Err(refuse(name, "0", "at least 1 is needed")),
        number => Ok(number),
    }
}

/// Where the figures for operators are read.
pub(super) fn metrics_address(text: Option<String>) -> Result<Option<SocketAddr>, ConfigError> {
    text.map(|text| {
        SocketAddr::from_str(&text).map_err(|cause| {
            let hint = "write an address with a port, such as 127.0.0.1:9464";
            refuse("metrics_address", &text, format!("{cause}; {hint}"))
        })
    })
    .transpose()
}
