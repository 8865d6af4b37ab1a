//! The web server on a thread of its own, with the only asynchronous runtime of the product.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use adapters_http::{AppState, Limits, PublicAddress, Server, ServerSettings};
use anyhow::Context as _;
use tokio::sync::mpsc::UnboundedSender;

use super::doors::Doors;
use super::signals::Event;
use crate::installation::Installation;
use crate::ports;

/// Seconds that open requests get to finish.
const SHUTDOWN_SECONDS: u64 = 10;

/// The web server, until it is dropped.
pub(super) struct WebServer {
    addresses: Vec<SocketAddr>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
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
        let state = AppState::new(
            ports::of_requests(installation),
            installation.keys.clone(),
            address,
            Limits::default(),
        )
        .context("a page template is broken")?;
        let connections = usize::try_from(config.database.connections)?;
        let settings = ServerSettings {
            workers: thread::available_parallelism().map_or(2, usize::from),
            blocking_threads: connections * 2,
            shutdown_seconds: SHUTDOWN_SECONDS,
        };
        let (started, start) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("web".to_owned())
            .spawn(move || {
                let served = actix_web::rt::System::new().block_on(async move {
                    let server =
                        Server::start(Data::from(Arc::new(state)), vec![listener], settings)?;
                    drop(started.send((server.addresses().to_vec(), server.handle())));
                    server.run().await
                });
                if let Err(error) = served {
                    let reason = format!("the web server failed: {error}");
                    drop(report.send(Event::Failed(reason)));
                }
            })?;
        let (addresses, handle) = start.recv().context("the web server did not start")?;
        Ok(Self {
            addresses,
            handle,
            thread: Some(thread),
        })
    }

    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        // The command is sent by the call; what it returns only waits for the end.
        drop(self.handle.stop(true));
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
