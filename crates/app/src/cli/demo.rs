//! `ondo demo`

use clap::Args;

use crate::config::Config;
use crate::demo::{Demo, Order};
use crate::terminal::say;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The port of Ondo
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The port of the sample site
    #[arg(long, default_value_t = 8081)]
    site_port: u16,
    /// How many leads there are, when the demo is filled [default: 5000]
    #[arg(long)]
    leads: Option<usize>,
    /// Throw the demo in the data folder away and start over
    #[arg(long)]
    fresh: bool,
}

pub(super) fn run(mut config: Config, arguments: &Arguments) -> anyhow::Result<()> {
    config.http.port = arguments.port;
    let order = Order {
        site_port: arguments.site_port,
        leads: arguments.leads,
        fresh: arguments.fresh,
    };
    let demo = Demo::start(config, order)?;
    say(demo.invitation());
    demo.until_signal()
}
