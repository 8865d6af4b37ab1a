//! The thread that keeps the server running.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::owner::Part;
use crate::postmaster::StopMode;

/// How often it is looked whether the server is there.
const TICK: Duration = Duration::from_millis(200);
/// The longest pause between two attempts to start a server that does not come up.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Keeps a server running until it is dropped, then stops it if it is ours.
#[derive(Debug)]
pub(crate) struct Supervisor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Takes part in the server of `cluster`; it takes connections when this returns.
    pub(crate) fn start(cluster: Arc<Cluster>, mode: StopMode) -> Result<Self, Error> {
        let part = Part::take(&cluster)?;
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("private-postgres".to_owned())
            .spawn({
                let cluster = Arc::clone(&cluster);
                move || watch(&cluster, part, &stopped, mode)
            })
            .map_err(Error::io("watch over", &cluster.places.cluster))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the watch over the private PostgreSQL panicked");
        }
    }
}

fn watch(cluster: &Cluster, mut part: Part, stopped: &Receiver<()>, mode: StopMode) {
    let mut pause = TICK;
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
        pause = match part.keep(cluster) {
            Ok(true) => TICK,
            Ok(false) => longer(pause),
            Err(error) => {
                tracing::error!(%error, "PostgreSQL could not be started again");
                longer(pause)
            }
        };
    }
    part.leave(cluster, mode);
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}
