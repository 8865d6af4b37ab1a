//! Named threads that take turns until they are stopped.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::store::{StoreError, StoreResult};

/// The first wait after a failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest wait after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Whether a turn found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It did; there may be more.
    Worked,
    /// It did not.
    Idle,
}

/// Says when to stop. A turn looks at it between pieces of work.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Whether work shall end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets work end, and wakes those who wait.
    pub fn set(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Waits so long, or until work shall end.
    fn wait(&self, time: Duration) {
        let set = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(set, time, |set| !*set);
        drop(waited);
    }
}

type Step = Box<dyn FnMut(&Stop) -> StoreResult<Turn> + Send>;

/// A thread to be: its name, and what it does in a turn.
pub struct Worker {
    name: String,
    idle: Duration,
    step: Step,
}

impl Worker {
    /// A worker that waits for `idle` after a turn that found nothing.
    pub fn new(
        name: impl Into<String>,
        idle: Duration,
        step: impl FnMut(&Stop) -> StoreResult<Turn> + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            idle,
            step: Box::new(step),
        }
    }

    /// The same worker, which shares this lock with others for as long as each of its turns takes:
    /// whoever holds it alone knows that nothing is being done.
    #[must_use]
    pub fn sharing(mut self, lock: Arc<RwLock<()>>) -> Self {
        let mut step = self.step;
        self.step = Box::new(move |stop| {
            let _turn = lock.read().unwrap_or_else(PoisonError::into_inner);
            step(stop)
        });
        self
    }

    fn run(mut self, stop: &Stop) {
        let mut failures = 0;
        while !stop.is_set() {
            // A panic of one turn must not end the thread; what the turn held is in the storage.
            let turn = catch_unwind(AssertUnwindSafe(|| (self.step)(stop)));
            let Some(turn) = self.settled(turn) else {
                stop.wait(pause_after(failures));
                failures += 1;
                continue;
            };
            failures = 0;
            if turn == Turn::Idle {
                stop.wait(self.idle);
            }
        }
    }

    /// `None` for a turn that failed; why is logged here and nowhere else.
    fn settled(&self, turn: thread::Result<StoreResult<Turn>>) -> Option<Turn> {
        let worker = self.name.as_str();
        match turn {
            Ok(Ok(turn)) => return Some(turn),
            Ok(Err(error @ StoreError::Unavailable(_))) => {
                tracing::warn!(worker, %error, "the storage is away, the worker waits");
            }
            Ok(Err(error)) => tracing::error!(worker, %error, "a turn of a worker failed"),
            Err(_panic) => tracing::error!(worker, "a turn of a worker panicked"),
        }
        None
    }
}

fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(2_u32.saturating_pow(failures))
        .min(LONGEST_PAUSE)
}

/// Running workers. Dropping them stops them too.
#[derive(Debug)]
pub struct Workers {
    stop: Stop,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts a thread for each worker.
    ///
    /// # Errors
    /// If the system gives no more threads; those that run already are stopped again.
    pub fn start(workers: Vec<Worker>) -> io::Result<Self> {
        let mut running = Self {
            stop: Stop::default(),
            threads: Vec::new(),
        };
        for worker in workers {
            let stop = running.stop.clone();
            let thread = thread::Builder::new()
                .name(worker.name.clone())
                .spawn(move || worker.run(&stop))?;
            running.threads.push(thread);
        }
        Ok(running)
    }

    /// Lets every worker end its piece of work, and waits for that.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop.set();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("the thread of a worker ended in a panic");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};
    use std::time::Instant;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    /// A worker that reports each turn, then answers what `answer` says.
    fn reporting(
        mut answer: impl FnMut(u32) -> StoreResult<Turn> + Send + 'static,
    ) -> (Worker, Receiver<u32>) {
        let (sender, receiver) = mpsc::channel();
        let mut turns = 0;
        let worker = Worker::new("test", LONG, move |_: &Stop| {
            turns += 1;
            sender.send(turns).unwrap();
            answer(turns)
        });
        (worker, receiver)
    }

    fn turns_within(worker: Worker, turns: &Receiver<u32>, time: Duration) -> u32 {
        let workers = Workers::start(vec![worker]).unwrap();
        let end = Instant::now() + time;
        let mut last = 0;
        while let Ok(turn) = turns.recv_timeout(end.saturating_duration_since(Instant::now())) {
            last = turn;
        }
        workers.stop();
        last
    }

    #[test]
    fn a_worker_goes_on_while_there_is_work_and_then_waits() {
        let (worker, turns) =
            reporting(|turn| Ok(if turn < 5 { Turn::Worked } else { Turn::Idle }));
        assert_eq!(turns_within(worker, &turns, Duration::from_millis(200)), 5);
    }

    #[test]
    fn no_turn_is_taken_while_somebody_holds_the_lock_alone() {
        let (worker, turns) = reporting(|_| Ok(Turn::Idle));
        let lock = Arc::new(RwLock::new(()));
        let alone = lock.write().unwrap();
        let workers = Workers::start(vec![worker.sharing(Arc::clone(&lock))]).unwrap();
        let none = turns.recv_timeout(Duration::from_millis(200));
        assert!(none.is_err());
        drop(alone);
        assert_eq!(turns.recv_timeout(LONG), Ok(1));
        workers.stop();
    }

    #[test]
    fn stopping_wakes_a_worker_that_waits() {
        let (worker, turns) = reporting(|_| Ok(Turn::Idle));
        let workers = Workers::start(vec![worker]).unwrap();
        turns.recv().unwrap();
        let started = Instant::now();
        workers.stop();
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_failed_turn_is_followed_by_a_pause_and_another_turn() {
        for failure in ["away", "fault", "panic"] {
            let (worker, turns) = reporting(move |turn| match (turn, failure) {
                (1, "away") => Err(StoreError::unavailable("away")),
                (1, "fault") => Err(StoreError::unexpected("fault")),
                (1, _) => panic!("a fault of ours"),
                _ => Ok(Turn::Idle),
            });
            let within = FIRST_PAUSE.mul_f32(1.5);
            assert_eq!(turns_within(worker, &turns, within), 2, "{failure}");
        }
    }

    #[test]
    fn pauses_grow_up_to_a_minute() {
        let pauses: Vec<_> = (0..8).map(|n| pause_after(n).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }
}
