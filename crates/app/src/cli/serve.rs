//! `ondo serve`

use clap::Args;

use crate::config::{Config, Role};
use crate::running::{Running, Signals};

#[derive(Debug, Default, Args)]
pub(super) struct Arguments {
    /// What this process does [default: all]
    #[arg(long)]
    role: Option<Role>,
    /// The port to listen on [default: 8080]
    #[arg(long)]
    port: Option<u16>,
}

pub(super) fn run(mut config: Config, arguments: &Arguments) -> anyhow::Result<()> {
    config.role = arguments.role.unwrap_or(config.role);
    config.http.port = arguments.port.unwrap_or(config.http.port);
    // Caught before anybody can know that it runs: whoever stops it then stops it in good order.
    let signals = Signals::catch()?;
    Running::start(config)?.until_signal(signals)
}
