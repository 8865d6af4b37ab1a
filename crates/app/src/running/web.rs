//! The web server on a thread of its own, with the only asynchronous runtime of the product.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use adapters_http::{AppState, HttpMetrics, PublicAddress, Server, ServerSettings};
use anyhow::Context as _;
use intake::GroupCommit;
use prometheus_client::registry::Registry;
use tokio::sync::mpsc::UnboundedSender;

use super::doors::Doors;
use super::signals::Event;
use crate::config::Config;
use crate::installation::Installation;
use crate::{intaking, networks, ports};

/// Seconds that open requests get to finish.
const SHUTDOWN_SECONDS: u64 = 10;

/// The web server, until it is dropped.
pub(super) struct WebServer {
    addresses: Vec<SocketAddr>,
    handles: Vec<ServerHandle>,
    thread: Option<JoinHandle<()>>,
    // Last: whoever waits for an answer gets it before the intake ends.
    _intake: GroupCommit,
}

impl WebServer {
    pub(super) fn start(
        installation: &Installation,
        doors: Doors,
        report: UnboundedSender<Event>,
    ) -> anyhow::Result<Self> {
        let config = &installation.config;
        let listener = doors.listener.context("nobody listens for this role")?;
        let address = PublicAddress {
            mailbox: ports::mailbox(config, &doors.url)?,
            url: doors.url,
            trusted_proxies: config.http.trusted_proxies.clone(),
        };
        let mut registry = Registry::default();
        let intake = intaking::start(installation, &mut registry)?;
        let metrics = HttpMetrics::register(&mut registry);
        let ports = ports::of_requests(installation, Arc::new(intake.handle()));
        let state = AppState::new(
            ports,
            installation.keys.clone(),
            address,
            config.http.limits,
            networks::of(config)?,
            metrics,
        )
        .context("a page template is broken")?;
        let operators = Operators {
            listener: doors.metrics,
            registry,
        };
        let (started, start) = mpsc::channel();
        let settings = settings(config)?;
        let thread = thread::Builder::new()
            .name("web".to_owned())
            .spawn(move || {
                let state = Data::from(Arc::new(state));
                let served = actix_web::rt::System::new()
                    .block_on(serve(state, listener, settings, operators, started));
                if let Err(error) = served {
                    let reason = format!("the web server failed: {error}");
                    drop(report.send(Event::Failed(reason)));
                }
            })?;
        let (addresses, handles) = start.recv().context("the web server did not start")?;
        Ok(Self {
            addresses,
            handles,
            thread: Some(thread),
            _intake: intake,
        })
    }

    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

/// What operators read, and where.
struct Operators {
    listener: Option<TcpListener>,
    registry: Registry,
}

type Started = (Vec<SocketAddr>, Vec<ServerHandle>);

/// Runs the servers until they are stopped.
async fn serve(
    state: Data<AppState>,
    listener: TcpListener,
    settings: ServerSettings,
    operators: Operators,
    started: mpsc::Sender<Started>,
) -> std::io::Result<()> {
    let mut handles = Vec::new();
    if let Some(listener) = operators.listener {
        let registry = Arc::new(operators.registry);
        let intake = Arc::clone(&state.ports.intake);
        let metrics = Server::start_metrics(registry, intake, listener)?;
        handles.push(metrics.handle());
        actix_web::rt::spawn(metrics.run());
    }
    let server = Server::start(state, vec![listener], settings)?;
    handles.push(server.handle());
    drop(started.send((server.addresses().to_vec(), handles)));
    server.run().await
}

fn settings(config: &Config) -> anyhow::Result<ServerSettings> {
    let connections = usize::try_from(config.database.connections)?;
    let workers = match config.http.workers {
        0 => thread::available_parallelism().map_or(2, usize::from),
        workers => workers,
    };
    Ok(ServerSettings {
        workers,
        blocking_threads: connections * 2,
        shutdown_seconds: SHUTDOWN_SECONDS,
    })
}

impl Drop for WebServer {
    fn drop(&mut self) {
        for handle in &self.handles {
            // The command is sent by the call; what it returns only waits for the end.
            drop(handle.stop(true));
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the web server panicked");
        }
    }
}

impl std::fmt::Debug for WebServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebServer({:?})", self.addresses)
    }
}
