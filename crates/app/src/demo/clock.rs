//! The clock of the demo, which can be put forward.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use adapters_http::{Clock, TimeMachine};
use chrono::{DateTime, TimeDelta, Utc};
use domain::store::{StoreError, StoreResult};
use serde::{Deserialize, Serialize};

use super::state;
use crate::database::Database;
use crate::installation::Installation;

/// Where the clock stands is written down in this file of the data folder.
pub(super) const FILE: &str = "demo-clock.json";

/// The machine's clock and so many seconds more: never fewer than before.
#[derive(Debug)]
pub(crate) struct DemoClock {
    ahead: AtomicI64,
    file: PathBuf,
    turns: Arc<RwLock<()>>,
}

#[derive(Default, Serialize, Deserialize)]
struct Setting {
    ahead_seconds: i64,
}

impl DemoClock {
    /// The clock of the demo in `data_dir`, as far ahead as it was left.
    pub(super) fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let file = data_dir.join(FILE);
        let Setting { ahead_seconds } = state::read(&file)?.unwrap_or_default();
        Ok(Self {
            ahead: AtomicI64::new(ahead_seconds.max(0)),
            file,
            turns: Arc::default(),
        })
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead()
    }

    fn ahead(&self) -> TimeDelta {
        TimeDelta::seconds(self.ahead.load(Ordering::SeqCst))
    }

    /// Reads it.
    pub(crate) fn reader(self: Arc<Self>) -> Arc<Clock> {
        Arc::new(move || self.now())
    }

    /// Held by every worker for as long as a turn takes: the clock is put forward between turns.
    pub(crate) fn turns(&self) -> Arc<RwLock<()>> {
        Arc::clone(&self.turns)
    }

    /// Writes the new time down before anybody can read it, so that no restart goes back.
    fn put_forward(&self, by: TimeDelta) -> anyhow::Result<()> {
        let ahead = self.ahead.load(Ordering::SeqCst) + by.num_seconds().max(0);
        let setting = Setting {
            ahead_seconds: ahead,
        };
        state::write(&self.file, &setting)?;
        self.ahead.store(ahead, Ordering::SeqCst);
        Ok(())
    }
}

/// What `/dev/clock` works with; there is none but in a demo.
pub(crate) fn time_machine(installation: &Installation) -> Option<Arc<dyn TimeMachine>> {
    let clock = Arc::clone(installation.demo_clock.as_ref()?);
    let database = Arc::clone(&installation.database);
    Some(Arc::new(DemoTimeMachine { clock, database }))
}

struct DemoTimeMachine {
    clock: Arc<DemoClock>,
    database: Arc<Database>,
}

impl TimeMachine for DemoTimeMachine {
    fn advance(&self, by: TimeDelta) -> StoreResult<DateTime<Utc>> {
        let between_turns = self.clock.turns.write();
        let _between_turns = between_turns.unwrap_or_else(PoisonError::into_inner);
        // Rows of days without a partition are kept all the same, only less well sorted.
        if let Err(error) = self.database.make_partitions(self.clock.now() + by) {
            tracing::warn!(%error, "the upkeep makes the partitions of the new day");
        }
        let moved = self.clock.put_forward(by);
        moved.map_err(|error| StoreError::unavailable(format!("{error:#}")))?;
        Ok(self.clock.now())
    }

    fn ahead(&self) -> TimeDelta {
        self.clock.ahead()
    }
}
