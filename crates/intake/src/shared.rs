//! What the threads of an intake share, and which way a request goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::tracking::{Answer, Engagement, IntakeState};

use crate::breaker::{Breaker, Permit, Phase, Signal};
use crate::flight::Flight;
use crate::metrics::Metrics;
use crate::panics::lock;
use crate::ports::IntakePorts;
use crate::queue::{BatchRule, Queue};
use crate::request::Job;
use crate::settings::IntakeSettings;
use crate::spool_lane::SpoolLane;

/// What the threads of an intake share.
pub(crate) struct Shared {
    pub(crate) settings: IntakeSettings,
    pub(crate) ports: IntakePorts,
    /// In front of the log.
    pub(crate) queue: Queue,
    /// In front of the spool.
    pub(crate) lane: SpoolLane,
    /// One for each writer.
    pub(crate) flights: Vec<Flight>,
    /// Whether the replayer is inside the log.
    pub(crate) replaying: AtomicBool,
    /// Whether the replayer cannot try the log: it cannot read the spool, or rests before it tries
    /// the same engagement again.
    replayer_rests: AtomicBool,
    pub(crate) metrics: Arc<Metrics>,
    breaker: Mutex<Breaker>,
    /// When a writer last committed something.
    wrote: Mutex<Option<Instant>>,
}

/// What a writer committed so long ago still shows that the log works.
const LATELY: Duration = Duration::from_secs(1);

impl Shared {
    pub(crate) fn new(ports: IntakePorts, settings: IntakeSettings, metrics: Metrics) -> Self {
        let rule = BatchRule {
            limit: settings.batch_limit(),
            linger: settings.linger,
        };
        Self {
            queue: Queue::new(settings.queue_limit(), rule),
            lane: SpoolLane::new(Arc::clone(&ports.spool), &settings),
            flights: (0..settings.writers.max(1))
                .map(|_| Flight::default())
                .collect(),
            replaying: AtomicBool::new(false),
            replayer_rests: AtomicBool::new(false),
            metrics: Arc::new(metrics),
            breaker: Mutex::new(Breaker::new(settings.breaker)),
            wrote: Mutex::default(),
            settings,
            ports,
        }
    }

    /// Takes a request in: to the writers while the log answers and they keep up, else to the
    /// spool.
    pub(crate) fn take(&self, engagements: Vec<Engagement>, answer: Answer) {
        let job = Job::new(
            engagements,
            answer,
            self.settings.retry_after,
            &self.metrics,
        );
        if job.tenant().is_none() {
            let rest = job.request.answer_if_settled();
            debug_assert!(rest.is_none());
            return;
        }
        if !self.wants_live(Instant::now()) {
            return self.lane.offer(job);
        }
        if let Err(job) = self.queue.offer(job) {
            self.lane.offer(job);
        }
    }

    /// Whether new engagements go to the log.
    ///
    /// While the breaker is not closed they go to the spool, and the replayer tries the log with
    /// what is there: nobody waits for a probe. Only when it has nothing to try with (the spool is
    /// empty or does not work, or what is in it says nothing about the log), or hangs itself, is a
    /// live batch the probe.
    pub(crate) fn wants_live(&self, now: Instant) -> bool {
        let (phase, permits) = {
            let breaker = lock(&self.breaker);
            (breaker.phase(), breaker.permits(now))
        };
        phase == Phase::Closed || (permits && !self.replayer_can_probe())
    }

    fn replayer_can_probe(&self) -> bool {
        let is_free = |busy: &AtomicBool| !busy.load(Ordering::Relaxed);
        is_free(&self.replaying)
            && is_free(&self.replayer_rests)
            && self.ports.spool.state().engagements > 0
    }

    /// The replayer has nothing to try the log with for a while.
    pub(crate) fn let_live_try(&self) {
        self.replayer_rests.store(true, Ordering::Relaxed);
    }

    /// The replayer tries the log from now on.
    pub(crate) fn replayer_tries(&self) {
        self.replayer_rests.store(false, Ordering::Relaxed);
    }

    pub(crate) fn phase(&self) -> Phase {
        lock(&self.breaker).phase()
    }

    pub(crate) fn permits(&self, now: Instant) -> bool {
        lock(&self.breaker).permits(now)
    }

    pub(crate) fn permit(&self) -> Option<Permit> {
        lock(&self.breaker).permit(Instant::now())
    }

    pub(crate) fn report(&self, permit: Permit, signal: Signal) {
        self.change_breaker(|breaker| breaker.report(permit, signal, Instant::now()));
    }

    pub(crate) fn trip(&self) {
        self.change_breaker(|breaker| breaker.trip(Instant::now()));
    }

    /// A writer has committed something.
    pub(crate) fn note_written(&self) {
        *lock(&self.wrote) = Some(Instant::now());
    }

    /// Whether a writer has committed something lately.
    pub(crate) fn log_wrote_lately(&self) -> bool {
        let wrote = *lock(&self.wrote);
        wrote.is_some_and(|wrote| wrote.elapsed() <= LATELY)
    }

    fn change_breaker(&self, change: impl FnOnce(&mut Breaker)) {
        let (before, after) = {
            let mut breaker = lock(&self.breaker);
            let before = breaker.phase();
            change(&mut breaker);
            (before, breaker.phase())
        };
        match (before, after) {
            (Phase::Closed, Phase::Open) => {
                tracing::warn!("the database is left alone; engagements go to the spool");
            }
            (Phase::HalfOpen, Phase::Closed) => tracing::info!("the database works again"),
            (Phase::Closed | Phase::HalfOpen | Phase::Open, _) => {}
        }
    }

    pub(crate) fn state(&self) -> IntakeState {
        let now = Instant::now();
        IntakeState {
            // After the cool-down the answer is unknown, and somebody has to try.
            log_answers: self.phase() != Phase::Open || self.permits(now),
            spool_has_room: self.lane.has_room(now),
            queued: self.queue.weight().rows,
            spooled: self.ports.spool.state(),
        }
    }
}
