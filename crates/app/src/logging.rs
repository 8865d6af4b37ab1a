//! The log: to standard error, so that what commands print stays clean.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{LogConfig, LogFormat};

/// What others say at every start and nobody wants to read; the setting has the last word.
const QUIET: &str = "actix_server=warn";

/// Starts the log of this process. A second call changes nothing.
pub(crate) fn start(config: &LogConfig) {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("{QUIET},{}", config.level)))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Text => subscriber.with_target(false).try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    // Only fails where a log runs already, as in tests that start the product twice.
    drop(started);
}
