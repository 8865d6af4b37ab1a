//! The web server of the sample site, on a thread of its own.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use anyhow::Context as _;

use super::site::{Site, serve};

/// Serves the sample site until it is dropped.
pub(super) struct SiteServer {
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl SiteServer {
    pub(super) fn start(site: Site, listener: TcpListener) -> anyhow::Result<Self> {
        let (started, start) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("site".to_owned())
            .spawn(move || {
                let served = actix_web::rt::System::new().block_on(async move {
                    let server = serve(site, listener)?;
                    drop(started.send(server.handle()));
                    server.await
                });
                if let Err(error) = served {
                    tracing::error!(%error, "the sample site failed");
                }
            })?;
        Ok(Self {
            handle: start.recv().context("the sample site did not start")?,
            thread: Some(thread),
        })
    }
}

impl Drop for SiteServer {
    fn drop(&mut self) {
        // The command is sent by the call; what it returns only waits for the end.
        drop(self.handle.stop(true));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the sample site panicked");
        }
    }
}

impl std::fmt::Debug for SiteServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SiteServer")
    }
}
