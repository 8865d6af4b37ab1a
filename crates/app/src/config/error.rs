//! What can be wrong with the settings.

use std::path::PathBuf;

use thiserror::Error;

/// Why the settings cannot be used. The texts name the setting and what to write instead.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file that was asked for is not there or cannot be read.
    #[error("the settings file {} cannot be read: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is no TOML, or a setting has another name or type.
    #[error("the settings cannot be used: {0}. ondo.sample.toml describes every setting")]
    Form(#[from] config::ConfigError),
    /// A setting has a value that it cannot have.
    #[error(
        "the setting `{name}` ({} in the environment) cannot be {value:?}: {reason}",
        variable(name)
    )]
    Value {
        /// Its name in `ondo.toml`.
        name: &'static str,
        /// What stands there.
        value: String,
        /// What is wrong, and what could stand there.
        reason: String,
    },
}

/// The name of a setting in the environment.
pub(super) fn variable(name: &str) -> String {
    format!("ONDO_{}", name.to_uppercase())
}
