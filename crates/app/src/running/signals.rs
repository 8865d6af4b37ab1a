//! Why a running process ends.

use std::io;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

/// Why a running process ends.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody asked for it.
    Signal(&'static str),
    /// A part of it cannot go on.
    Failed(String),
}

/// SIGINT and SIGTERM, caught from the moment this is made: without it they end the process on the
/// spot.
#[derive(Debug)]
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
    runtime: Runtime,
}

impl Signals {
    /// Catches them.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn catch() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let entered = runtime.enter();
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        drop(entered);
        Ok(Self {
            interrupt,
            terminate,
            runtime,
        })
    }

    /// Waits for a signal or a failure.
    pub(super) fn wait(mut self, events: &mut UnboundedReceiver<Event>) -> Event {
        self.runtime.block_on(async {
            tokio::select! {
                _ = self.interrupt.recv() => Event::Signal("SIGINT"),
                _ = self.terminate.recv() => Event::Signal("SIGTERM"),
                Some(event) = events.recv() => event,
            }
        })
    }
}
