//! An intake with its storage.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use domain::ids::TenantId;
use domain::scoring::decide;
use domain::tracking::{Engagement, Intake, Kept, Taken};
use intake::{BreakerSettings, GroupCommit, Handle, IntakePorts, IntakeSettings};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{HOME, page_view, visitor};

use crate::log::{Act, Log};
use crate::storage::{Grave, MemorySpool};

/// Longer than any test takes.
pub(crate) const NEVER: Duration = Duration::from_secs(3600);
/// Long enough for anything to happen that is going to.
const DEADLINE: Duration = Duration::from_secs(60);

/// One writer that never gives up by itself: what happens, the test makes happen.
pub(crate) fn patient() -> IntakeSettings {
    IntakeSettings {
        writers: 1,
        linger: Duration::ZERO,
        patience: NEVER,
        rescue_after: NEVER,
        breaker: BreakerSettings {
            cool_down: NEVER,
            ..BreakerSettings::default()
        },
        ..IntakeSettings::default()
    }
}

pub(crate) struct House {
    pub(crate) log: Arc<Log>,
    pub(crate) spool: Arc<MemorySpool>,
    pub(crate) grave: Arc<Grave>,
    pub(crate) intake: GroupCommit,
    pub(crate) handle: Handle,
    registry: Registry,
}

impl House {
    pub(crate) fn new(log: Log, settings: IntakeSettings) -> Self {
        Self::with(
            log,
            MemorySpool::with_room(100_000),
            Grave::default(),
            settings,
        )
    }

    pub(crate) fn with(
        log: Log,
        spool: MemorySpool,
        grave: Grave,
        settings: IntakeSettings,
    ) -> Self {
        let (log, spool, grave) = (Arc::new(log), Arc::new(spool), Arc::new(grave));
        let ports = IntakePorts {
            log: log.clone(),
            replay_log: log.clone(),
            dead: grave.clone(),
            spool: spool.clone(),
            decide,
            clock: Arc::new(|| at(60)),
        };
        let mut registry = Registry::default();
        let intake = GroupCommit::start(ports, settings, &mut registry).unwrap();
        Self {
            handle: intake.handle(),
            log,
            spool,
            grave,
            intake,
            registry,
        }
    }

    /// The only writer is in the log with one engagement, and stays there until the log answers
    /// again. Meanwhile everything waits.
    pub(crate) fn with_a_busy_writer(settings: IntakeSettings) -> (Self, Waiting) {
        let house = Self::new(Log::new(|_| Act::HangThenCommit), settings);
        let first = house.take(vec![view(TenantId::new())]);
        house.log.wait_for_calls(1);
        (house, first)
    }

    pub(crate) fn take(&self, engagements: Vec<Engagement>) -> Waiting {
        take(&self.handle, engagements)
    }

    /// A request of so many engagements of a tenant.
    pub(crate) fn take_views(&self, tenant: TenantId, number: usize) -> Waiting {
        self.take((0..number).map(|_| view(tenant)).collect())
    }

    /// The value of a metric, as an operator reads it.
    pub(crate) fn metric(&self, name: &str) -> String {
        let mut page = String::new();
        text::encode(&mut page, &self.registry).unwrap();
        let line = page
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{name} is not in\n{page}"))
            .to_owned()
    }
}

/// A request that was handed in.
pub(crate) struct Waiting {
    pub(crate) engagements: Vec<Engagement>,
    answer: Receiver<Taken>,
}

impl Waiting {
    pub(crate) fn taken(&self) -> Taken {
        self.answer.recv_timeout(DEADLINE).expect("an answer")
    }

    /// What became of its only engagement.
    pub(crate) fn kept(&self) -> Kept {
        let kept = self.taken().unwrap();
        assert_eq!(kept.len(), 1);
        kept[0].clone()
    }

    pub(crate) fn is_unanswered(&self) -> bool {
        self.answer.try_recv() == Err(mpsc::TryRecvError::Empty)
    }

    pub(crate) fn is_in_log(&self) -> bool {
        matches!(self.kept(), Kept::InLog(_))
    }
}

pub(crate) fn take(intake: &dyn Intake, engagements: Vec<Engagement>) -> Waiting {
    let (sender, answer) = mpsc::channel();
    let answers = Box::new(move |taken| drop(sender.send(taken)));
    intake.take(engagements.clone(), answers);
    Waiting {
        engagements,
        answer,
    }
}

pub(crate) fn view(tenant: TenantId) -> Engagement {
    page_view(tenant, visitor(), HOME, 0)
}

/// Waits for what is going to happen in another thread.
pub(crate) fn eventually(what: &str, happens: impl Fn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !happens() {
        assert!(Instant::now() < deadline, "it never happened: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
