//! The settings of the intake: what is gathered into one commit, what waits, and what is spooled.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use adapters_http::{Limits, RateLimits};
use intake::IntakeSettings;

use super::error::ConfigError;
use super::settings::{Settings, refuse};

/// How engagements are taken in. The defaults are measured (docs/PERFORMANCE.md).
#[derive(Clone, Debug)]
pub struct IntakeConfig {
    /// What is gathered, what waits, and how long.
    pub gathering: IntakeSettings,
    /// Where the spool is.
    pub spool_dir: PathBuf,
    /// How large the spool may grow. Bytes.
    pub spool_bytes: u64,
    /// More networks of machines.
    pub machine_networks: Option<PathBuf>,
}

/// The arrays of a statement are sent whole: more than this in one commit is a typing error.
const MOST_ROWS: usize = 10_000;
const SPOOL_BYTES: u64 = 4 * 1024 * 1024 * 1024;

impl IntakeConfig {
    /// Checks the settings and fills in the defaults.
    pub(super) fn checked(settings: &mut Settings, data_dir: &Path) -> Result<Self, ConfigError> {
        Ok(Self {
            gathering: gathering(settings)?,
            spool_dir: settings
                .spool_dir
                .take()
                .unwrap_or_else(|| spool_in(data_dir)),
            spool_bytes: settings.spool_bytes.unwrap_or(SPOOL_BYTES),
            machine_networks: settings.machine_networks.take(),
        })
    }
}

fn gathering(settings: &Settings) -> Result<IntakeSettings, ConfigError> {
    let default = IntakeSettings::default();
    let batch_rows = at_least_one(
        "intake_batch_rows",
        settings.intake_batch_rows,
        default.batch_rows,
    )?;
    if batch_rows > MOST_ROWS {
        let reason = format!("a commit takes at most {MOST_ROWS}");
        return Err(refuse("intake_batch_rows", batch_rows.to_string(), reason));
    }
    Ok(IntakeSettings {
        writers: at_least_one("intake_writers", settings.intake_writers, default.writers)?,
        batch_rows,
        batch_bytes: at_least_one(
            "intake_batch_bytes",
            settings.intake_batch_bytes,
            default.batch_bytes,
        )?,
        linger: millis(settings.intake_linger_ms, default.linger),
        queue_rows: at_least_one(
            "intake_queue_rows",
            settings.intake_queue_rows,
            default.queue_rows,
        )?,
        queue_bytes: at_least_one(
            "intake_queue_bytes",
            settings.intake_queue_bytes,
            default.queue_bytes,
        )?,
        patience: millis(settings.intake_patience_ms, default.patience),
        ..default
    })
}

/// How much is taken in over HTTP, and how long anybody waits for it.
pub(super) fn limits(settings: &Settings) -> Limits {
    let default = Limits::default();
    let rates = default.rates;
    Limits {
        click_deadline: millis(settings.click_deadline_ms, default.click_deadline),
        rates: RateLimits {
            per_address: settings.rate_per_address.unwrap_or(rates.per_address),
            per_visitor: settings.rate_per_visitor.unwrap_or(rates.per_visitor),
            per_tenant: settings.rate_per_tenant.unwrap_or(rates.per_tenant),
        },
        ..default
    }
}

fn millis(set: Option<u64>, default: Duration) -> Duration {
    set.map_or(default, Duration::from_millis)
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
