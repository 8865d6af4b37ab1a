//! Why a running process ends.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;

/// Why a running process ends.
#[derive(Debug)]
pub(super) enum Event {
    /// Somebody asked for it.
    Signal(&'static str),
    /// A part of it cannot go on.
    Failed(String),
}

/// Waits for a signal or a failure.
pub(super) fn wait(events: &mut UnboundedReceiver<Event>) -> std::io::Result<Event> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(tokio::select! {
            _ = interrupt.recv() => Event::Signal("SIGINT"),
            _ = terminate.recv() => Event::Signal("SIGTERM"),
            Some(event) = events.recv() => event,
        })
    })
}
