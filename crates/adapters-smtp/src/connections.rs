//! A few open connections, to be used again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::delivery::MOST_IN_FLIGHT;
use lettre::transport::smtp::client::SmtpConnection;

/// Servers close what is silent for long; a little sooner we do it ourselves.
const IDLE_LIMIT: Duration = Duration::from_secs(20);
/// Threads that send at once keep as many connections; more would only wait to be closed.
const MOST_IDLE: usize = MOST_IN_FLIGHT;

/// Connections that are logged in and wait for the next mail.
#[derive(Default)]
pub(crate) struct IdleConnections(Mutex<Vec<(Instant, SmtpConnection)>>);

impl IdleConnections {
    /// One that still answers, if there is one.
    pub(crate) fn take(&self) -> Option<SmtpConnection> {
        loop {
            let (since, mut connection) = self.lock().pop()?;
            if since.elapsed() < IDLE_LIMIT && connection.test_connected() {
                return Some(connection);
            }
            connection.abort();
        }
    }

    /// Keeps a connection whose last conversation ended well.
    pub(crate) fn give_back(&self, mut connection: SmtpConnection) {
        let mut idle = self.lock();
        if idle.len() < MOST_IDLE && !connection.has_broken() {
            idle.push((Instant::now(), connection));
        } else {
            drop(idle);
            connection.abort();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, SmtpConnection)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IdleConnections {
    fn drop(&mut self) {
        for (_, mut connection) in self.lock().drain(..) {
            connection.abort();
        }
    }
}
