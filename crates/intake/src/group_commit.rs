//! The intake as a whole: its threads, their start and their end.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::tracking::{Answer, Engagement, Intake, IntakeState};
use prometheus_client::registry::Registry;

use crate::gauges::Gauges;
use crate::metrics::Metrics;
use crate::ports::IntakePorts;
use crate::settings::IntakeSettings;
use crate::shared::Shared;
use crate::threads::{Crew, Stop};
use crate::{replayer, rescue, writer};

/// How long a thread that has nothing left to do may take to end.
const ENDING: Duration = Duration::from_secs(1);

/// A running intake: owns the threads. Dropping it stops it.
pub struct GroupCommit {
    shared: Arc<Shared>,
    stop: Stop,
    threads: Option<Threads>,
}

struct Threads {
    writers: Crew,
    spool_lane: Crew,
    replayer: Crew,
    watch: Crew,
}

/// Takes engagements in on behalf of a [`GroupCommit`]. Cheap to clone; once the intake has
/// stopped, it keeps nothing and says so.
#[derive(Clone)]
pub struct Handle(Arc<Shared>);

impl Intake for Handle {
    /// Called by the thread that asks when it is known at once that nothing can be kept.
    fn take(&self, engagements: Vec<Engagement>, answer: Answer) {
        self.0.take(engagements, answer);
    }

    fn state(&self) -> IntakeState {
        self.0.state()
    }
}

impl GroupCommit {
    /// Starts the threads and shows the metrics in the registry.
    ///
    /// # Errors
    /// If the system gives no more threads; those that run already are stopped again.
    pub fn start(
        ports: IntakePorts,
        settings: IntakeSettings,
        registry: &mut Registry,
    ) -> io::Result<Self> {
        let metrics = Metrics::registered(registry);
        let shared = Arc::new(Shared::new(ports, settings, metrics));
        registry.register_collector(Box::new(Gauges(Arc::downgrade(&shared))));
        let mut started = Self {
            shared,
            stop: Stop::default(),
            threads: Some(Threads {
                writers: Crew::new("intake-writer"),
                spool_lane: Crew::new("intake-spool"),
                replayer: Crew::new("intake-replay"),
                watch: Crew::new("intake-watch"),
            }),
        };
        started.spawn()?;
        Ok(started)
    }

    fn spawn(&mut self) -> io::Result<()> {
        let Some(threads) = &mut self.threads else {
            return Ok(());
        };
        let lane = Arc::clone(&self.shared);
        threads.spool_lane.spawn(move || lane.lane.write_all())?;
        let (watched, stop) = (Arc::clone(&self.shared), self.stop.clone());
        threads
            .watch
            .spawn(move || rescue::watch(&watched, &stop))?;
        for number in 0..self.shared.flights.len() {
            let shared = Arc::clone(&self.shared);
            threads
                .writers
                .spawn(move || writer::write_all(&shared, &shared.flights[number]))?;
        }
        let (replayed, stop) = (Arc::clone(&self.shared), self.stop.clone());
        threads
            .replayer
            .spawn(move || replayer::replay_all(&replayed, &stop))
    }

    /// Where engagements are handed in.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.shared))
    }

    /// Commits what waits, for at most [`drain`](IntakeSettings::drain); gives the rest to the
    /// spool; answers everybody; ends the threads. What comes meanwhile goes to the spool.
    pub fn stop(self) {
        drop(self);
    }

    /// What no commit was found for in time goes to the spool, what a writer still has included.
    fn spool_the_rest(&self) {
        rescue::rescue(&self.shared, Instant::now(), Duration::ZERO);
        self.shared.lane.hand_over(self.shared.queue.drain());
    }
}

impl Drop for GroupCommit {
    fn drop(&mut self) {
        let Some(mut threads) = self.threads.take() else {
            return;
        };
        let settings = self.shared.settings;
        self.shared.queue.close();
        let drained = threads.writers.ended_by(Instant::now() + settings.drain);
        if !drained {
            self.spool_the_rest();
        }
        self.shared.lane.close();
        // Longer than the watch, which is still there, lets anybody wait for the spool.
        let spooled = Instant::now() + settings.spool_patience + ENDING;
        threads.spool_lane.join_by(spooled);
        self.stop.set();
        for crew in [threads.writers, threads.replayer, threads.watch] {
            crew.join_by(Instant::now() + ENDING);
        }
    }
}
