//! Threads with a name, a signal to stop, and an end that can be waited for.

use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::panics::{caught, lock};

/// Says when to stop.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    pub(crate) fn set(&self) {
        *lock(&self.0.0) = true;
        self.0.1.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *lock(&self.0.0)
    }

    /// Waits so long, or until it is set. Whether it is set.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let waited = self
            .0
            .1
            .wait_timeout_while(lock(&self.0.0), time, |set| !*set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Threads of one kind.
pub(crate) struct Crew {
    name: &'static str,
    threads: Vec<JoinHandle<()>>,
    /// Each thread holds a sender; when all are gone, all have ended.
    ended: Receiver<()>,
    alive: Option<Sender<()>>,
}

impl Crew {
    pub(crate) fn new(name: &'static str) -> Self {
        let (alive, ended) = mpsc::channel();
        Self {
            name,
            threads: Vec::new(),
            ended,
            alive: Some(alive),
        }
    }

    /// Starts one more. When `work` panics it is started again.
    pub(crate) fn spawn(&mut self, work: impl Fn() + Send + 'static) -> io::Result<()> {
        let name = format!("{}-{}", self.name, self.threads.len() + 1);
        let alive = self.alive.clone();
        let thread = thread::Builder::new().name(name).spawn(move || {
            while let Err(panic) = caught(&work) {
                tracing::error!(panic, "a thread of the intake panicked and goes on");
            }
            drop(alive);
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Waits until all have ended, at most until then. Whether they have.
    pub(crate) fn ended_by(&mut self, deadline: Instant) -> bool {
        self.alive = None;
        let left = deadline.saturating_duration_since(Instant::now());
        self.ended.recv_timeout(left) == Err(RecvTimeoutError::Disconnected)
    }

    /// Joins those that have ended or end by then. One that hangs in the storage is left behind: it
    /// holds nothing that anybody waits for.
    pub(crate) fn join_by(mut self, deadline: Instant) {
        if self.ended_by(deadline) {
            for thread in self.threads {
                if thread.join().is_err() {
                    tracing::error!(name = self.name, "a thread of the intake ended in a panic");
                }
            }
        } else {
            tracing::warn!(
                name = self.name,
                "a thread of the intake hangs and is left behind"
            );
        }
    }
}
