//! Where the outside comes in.

use std::fs;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};

use anyhow::{Context as _, anyhow};
use socket2::{Domain, Socket, Type};
use url::Url;

use crate::config::Config;

/// A listener, and the address that leads to it.
#[derive(Debug)]
pub struct Doors {
    /// What browsers call the installation by.
    pub url: Url,
    pub(crate) listener: Option<TcpListener>,
    /// Where operators read figures.
    pub(crate) metrics: Option<TcpListener>,
}

impl Doors {
    /// Takes the address of the settings, before anything else is started: where another process
    /// has it, nothing has happened yet.
    ///
    /// # Errors
    /// When it is taken or not ours.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        if !config.role.serves() {
            let url = public_url(config, config.http.port)?;
            return Ok(Self {
                url,
                listener: None,
                metrics: None,
            });
        }
        let listener = if config.http.reuse_port {
            listen_beside_others(config.listen())?
        } else {
            listen(config.listen(), "port")?
        };
        let port = listener.local_addr()?.port();
        Ok(Self {
            url: public_url(config, port)?,
            listener: Some(listener),
            metrics: (config.http.metrics_address)
                .map(|address| listen(address, "metrics_address"))
                .transpose()?,
        })
    }
}

/// A listener at `address`; `setting` is named where that cannot be had.
pub(crate) fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            return anyhow!(
                "{address} is taken by another program (another Ondo?); stop that, or choose \
                 another {setting}"
            );
        }
        anyhow::Error::new(error).context(format!("cannot listen at {address}"))
    })
}

/// A listener at an address that other processes may listen at too: the kernel gives each of them a
/// share of the connections (`SO_REUSEPORT`).
fn listen_beside_others(address: SocketAddr) -> anyhow::Result<TcpListener> {
    const BACKLOG: i32 = 1024;
    let listen = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        io::Result::Ok(socket.into())
    };
    listen().with_context(|| {
        format!("cannot listen at {address}; does every process there set reuse_port?")
    })
}

/// Where the address of the last start stands, for commands that print it.
const REMEMBERED: &str = "address";

/// Lets [`known_url`] of other processes find where this one is.
pub(super) fn remember(config: &Config, url: &Url) {
    let path = config.data_dir.join(REMEMBERED);
    if let Err(error) = fs::write(&path, format!("{url}\n")) {
        tracing::warn!(%error, path = %path.display(), "the address cannot be written down");
    }
}

/// What browsers call the installation by, as far as a command can know: the setting, or the
/// address of the last start on this data folder, or this machine with the port of the settings.
///
/// # Errors
/// See [`public_url`].
pub fn known_url(config: &Config) -> anyhow::Result<Url> {
    let remembered = fs::read_to_string(config.data_dir.join(REMEMBERED)).ok();
    match (&config.http.public_url, remembered) {
        (None, Some(text)) => Ok(Url::parse(text.trim())?),
        (Some(_), _) | (None, None) => public_url(config, config.http.port),
    }
}

/// What browsers call the installation by: the setting, or this machine with the port.
///
/// # Errors
/// Never for a setting that was checked.
pub fn public_url(config: &Config, port: u16) -> anyhow::Result<Url> {
    config.http.public_url.clone().map_or_else(
        || Url::parse(&format!("http://localhost:{port}")).context("the public address"),
        Ok,
    )
}
