//! Whose networks are machines': the built-in lists, and the operator's.

use std::fs;

use anyhow::Context as _;
use domain::tracking::{NetworkClasses, NetworkList};

use crate::config::Config;

/// The built-in lists with those of the file `machine_networks`.
///
/// # Errors
/// When the file cannot be read; the text names the file and the line.
pub(crate) fn of(config: &Config) -> anyhow::Result<NetworkClasses> {
    let Some(path) = &config.intake.machine_networks else {
        return Ok(NetworkClasses::default());
    };
    let named = || format!("machine_networks, {}", path.display());
    let text = fs::read_to_string(path).with_context(named)?;
    NetworkList::parse(&text)
        .map(NetworkClasses::with)
        .with_context(named)
}
