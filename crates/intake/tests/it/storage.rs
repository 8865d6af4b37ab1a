//! A spool and a grave in memory, which fail when a test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Mutex;

use domain::ids::{EngagementId, TenantId};
use domain::store::{StoreError, StoreResult};
use domain::tracking::{
    DeadEngagement, DeadEngagements, Engagement, Spool, SpoolError, SpoolPosition, SpoolState,
    Spooled,
};

/// A spool in memory, with room for so many engagements, that may fail.
pub(crate) struct MemorySpool {
    room: usize,
    /// Whether its files cannot be removed.
    is_stuck: bool,
    /// Whether its files cannot be read.
    is_dark: bool,
    /// Whether a record cannot be read, and is put aside.
    is_strange: Box<dyn Fn(&Engagement) -> bool + Send + Sync>,
    fails: Box<dyn Fn() -> bool + Send + Sync>,
    state: Mutex<SpoolContent>,
}

#[derive(Default)]
struct SpoolContent {
    engagements: Vec<Engagement>,
    released: usize,
}

impl MemorySpool {
    pub(crate) fn with_room(room: usize) -> Self {
        Self::failing(room, || false)
    }

    pub(crate) fn failing(room: usize, fails: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self {
            room,
            is_stuck: false,
            is_dark: false,
            is_strange: Box::new(|_| false),
            fails: Box::new(fails),
            state: Mutex::default(),
        }
    }

    pub(crate) fn that_cannot_be_emptied() -> Self {
        Self {
            is_stuck: true,
            ..Self::with_room(100)
        }
    }

    pub(crate) fn that_cannot_be_read() -> Self {
        Self {
            is_dark: true,
            ..Self::with_room(100)
        }
    }

    pub(crate) fn with_strange_records(
        is_strange: impl Fn(&Engagement) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            is_strange: Box::new(is_strange),
            ..Self::with_room(100)
        }
    }

    /// All that was ever put in.
    pub(crate) fn ever(&self) -> BTreeSet<EngagementId> {
        let state = self.state.lock().unwrap();
        state.engagements.iter().map(|one| one.id).collect()
    }
}

impl Spool for MemorySpool {
    fn append(&self, engagements: &[Engagement]) -> Result<(), SpoolError> {
        if (self.fails)() {
            return Err(io::Error::other("EIO").into());
        }
        let mut state = self.state.lock().unwrap();
        if state.engagements.len() - state.released + engagements.len() > self.room {
            return Err(SpoolError::Full);
        }
        state.engagements.extend_from_slice(engagements);
        Ok(())
    }

    fn read(
        &self,
        from: Option<SpoolPosition>,
        limit: usize,
    ) -> Result<Option<Spooled>, SpoolError> {
        if self.is_dark {
            return Err(io::Error::other("EIO").into());
        }
        let state = self.state.lock().unwrap();
        let from = from.map_or(0, |from| usize::try_from(from.offset).unwrap());
        let start = from.max(state.released);
        let end = (start + limit).min(state.engagements.len());
        let (strange, engagements): (Vec<_>, Vec<_>) = state.engagements[start..end.max(start)]
            .iter()
            .cloned()
            .partition(&self.is_strange);
        let spooled = Spooled {
            engagements,
            unreadable: strange.len() as u64,
            end: SpoolPosition {
                segment: 0,
                offset: end as u64,
            },
        };
        Ok((start < end).then_some(spooled))
    }

    fn release(&self, position: SpoolPosition) -> Result<(), SpoolError> {
        if self.is_stuck {
            return Err(io::Error::other("EROFS").into());
        }
        let mut state = self.state.lock().unwrap();
        let position = usize::try_from(position.offset).unwrap();
        state.released = state.released.max(position);
        Ok(())
    }

    fn state(&self) -> SpoolState {
        let state = self.state.lock().unwrap();
        let waiting = &state.engagements[state.released..];
        SpoolState {
            engagements: waiting.len() as u64,
            bytes: waiting.len() as u64,
            limit: self.room as u64,
            oldest: waiting.first().map(|oldest| oldest.received_at),
        }
    }
}

/// Keeps the dead, unless it refuses them too.
#[derive(Default)]
pub(crate) struct Grave {
    refuses: bool,
    dead: Mutex<BTreeMap<EngagementId, DeadEngagement>>,
}

impl Grave {
    pub(crate) fn that_refuses() -> Self {
        Self {
            refuses: true,
            ..Self::default()
        }
    }

    pub(crate) fn ids(&self) -> BTreeSet<EngagementId> {
        self.dead.lock().unwrap().keys().copied().collect()
    }
}

impl DeadEngagements for Grave {
    fn bury(&self, dead: &DeadEngagement) -> StoreResult<()> {
        if self.refuses {
            return Err(StoreError::refused("22P05"));
        }
        let mut buried = self.dead.lock().unwrap();
        buried
            .entry(dead.engagement.id)
            .or_insert_with(|| dead.clone());
        Ok(())
    }

    fn buried(&self, tenant: TenantId, _limit: u32) -> StoreResult<Vec<DeadEngagement>> {
        let buried = self.dead.lock().unwrap();
        let own = buried
            .values()
            .filter(|dead| dead.engagement.tenant == tenant);
        Ok(own.cloned().collect())
    }

    fn exhume(&self, _tenant: TenantId, engagement: EngagementId) -> StoreResult<bool> {
        Ok(self.dead.lock().unwrap().remove(&engagement).is_some())
    }
}
