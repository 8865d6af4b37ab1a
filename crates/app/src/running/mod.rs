//! The product, running: a web server, workers, and the database under them.

mod doors;
mod readiness;
mod signals;
mod web;

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use anyhow::bail;
use url::Url;

use crate::config::Config;
use crate::installation::Installation;
pub(crate) use doors::listen;
pub use doors::{Doors, known_url, public_url};
use signals::Event;
pub use signals::Signals;
use web::WebServer;

/// The product, until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    url: Url,
    web: Option<WebServer>,
    /// Tells the worker side to end, when it is dropped.
    stop_workers: Option<mpsc::Sender<()>>,
    workers: Option<JoinHandle<()>>,
    events: tokio::sync::mpsc::UnboundedReceiver<Event>,
    // Last: the database outlives whoever uses it, and the blocking client every runtime.
    installation: Installation,
}

impl Running {
    /// Starts what the role of the settings asks for. Answers `/healthz` at once; the database is
    /// waited for, brought to this version's form, and only then worked with.
    ///
    /// # Errors
    /// When the address is taken, or the private database or the keys cannot be had.
    pub fn start(config: Config) -> anyhow::Result<Self> {
        let doors = Doors::open(&config)?;
        Self::open(Installation::open(config)?, doors)
    }

    /// Starts an installation behind doors that are open already.
    ///
    /// # Errors
    /// When the web server cannot be started.
    pub fn open(installation: Installation, doors: Doors) -> anyhow::Result<Self> {
        let (report, events) = tokio::sync::mpsc::unbounded_channel();
        let url = doors.url.clone();
        let web = if installation.config.role.serves() {
            doors::remember(&installation.config, &url);
            Some(WebServer::start(&installation, doors, report.clone())?)
        } else {
            None
        };
        let (stop_workers, stopped) = mpsc::channel();
        let workers = {
            let (installation, url) = (installation.clone(), url.clone());
            thread::Builder::new()
                .name("workers".to_owned())
                .spawn(move || {
                    readiness::make_ready_and_work(&installation, &url, &stopped, &report)
                })?
        };
        tracing::info!(%url, "Ondo is running");
        Ok(Self {
            url,
            web,
            stop_workers: Some(stop_workers),
            workers: Some(workers),
            events,
            installation,
        })
    }

    /// What browsers call it by.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Where it listens; none for a worker.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        self.web.as_ref().map_or(&[], WebServer::addresses)
    }

    /// What it consists of.
    #[must_use]
    pub const fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Runs until SIGINT or SIGTERM, or until it cannot go on; then stops in good order.
    ///
    /// # Errors
    /// Why it could not go on.
    pub fn until_signal(mut self, signals: Signals) -> anyhow::Result<()> {
        match signals.wait(&mut self.events) {
            Event::Signal(name) => {
                tracing::info!(signal = name, "stopping");
                self.stop();
                Ok(())
            }
            Event::Failed(reason) => bail!(reason),
        }
    }

    /// Answers the requests that are open, ends the jobs, and stops the private database. The same
    /// as dropping the value.
    pub fn stop(self) {}
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop_workers.take());
        drop(self.web.take());
        if let Some(workers) = self.workers.take()
            && workers.join().is_err()
        {
            tracing::error!("the workers panicked");
        }
        tracing::info!("stopped");
    }
}
