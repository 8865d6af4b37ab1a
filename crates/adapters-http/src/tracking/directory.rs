//! The registered sites of all tenants, in memory: no visitor waits for the database to learn
//! whose site it is on.

use std::collections::HashMap;
use std::fmt;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use domain::store::StoreResult;
use domain::tracking::{Origin, RegisteredSite, SiteStore};

use crate::error::Failure;

/// Other processes register sites too; this is how soon all agree.
const EVERY: Duration = Duration::from_secs(2);

type Sites = HashMap<Origin, Vec<RegisteredSite>>;

/// The sites as they were last read. While the storage is away they stay as they are.
pub(crate) struct SiteDirectory {
    shelf: Arc<Shelf>,
    /// Ends the thread when it is dropped.
    _alive: Sender<()>,
}

struct Shelf {
    store: Arc<dyn SiteStore>,
    /// None until they could be read once.
    known: RwLock<Option<Arc<Sites>>>,
    /// Held while the sites are read, so that what was read first is never put over what was read
    /// later.
    reading: Mutex<()>,
}

impl SiteDirectory {
    /// Reads the sites, and again and again on a thread of its own.
    pub(crate) fn start(store: Arc<dyn SiteStore>) -> Self {
        let shelf = Arc::new(Shelf {
            store,
            known: RwLock::new(None),
            reading: Mutex::new(()),
        });
        let (alive, ended) = mpsc::channel();
        let directory = Self {
            shelf: Arc::clone(&shelf),
            _alive: alive,
        };
        shelf.try_fill();
        let refresh = move || {
            while ended.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                shelf.try_fill();
            }
        };
        if let Err(error) = thread::Builder::new().name("sites".into()).spawn(refresh) {
            tracing::error!(%error, "sites that others register are not noticed");
        }
        directory
    }

    /// The sites with this origin, of any tenant.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the sites could not be read since the start.
    pub(super) fn of_origin(&self, origin: &Origin) -> Result<Vec<RegisteredSite>, Failure> {
        self.shelf
            .known()
            .map(|sites| sites.get(origin).cloned().unwrap_or_default())
            .ok_or_else(|| Failure::unavailable("the registered sites are not known yet"))
    }

    /// Whether the tenant registered a site with this origin, as far as is known.
    pub(super) fn is_registered(&self, origin: &Origin, tenant: domain::ids::TenantId) -> bool {
        let known = self.shelf.known();
        let sites = known.as_ref().and_then(|sites| sites.get(origin));
        sites.is_some_and(|sites| sites.iter().any(|site| site.tenant == tenant))
    }

    /// Reads the sites now: one was registered or removed. Blocks.
    pub(crate) fn reload(&self) -> StoreResult<()> {
        self.shelf.fill()
    }
}

impl Shelf {
    fn known(&self) -> Option<Arc<Sites>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn fill(&self) -> StoreResult<()> {
        let _alone = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sites = Sites::new();
        for (origin, site) in self.store.all_sites()? {
            sites.entry(origin).or_default().push(site);
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::new(sites));
        Ok(())
    }

    fn try_fill(&self) {
        if let Err(error) = self.fill() {
            tracing::warn!(%error, "the registered sites could not be read; the known ones stay");
        }
    }
}

impl fmt::Debug for SiteDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteDirectory(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use domain::ids::{SiteId, TenantId};
    use domain::store::StoreError;
    use domain::tracking::{MockSiteStore, SiteKey};

    use super::*;

    fn origin() -> Origin {
        Origin::parse_address("https://school.example").unwrap()
    }

    #[test]
    fn the_known_sites_stay_while_the_storage_is_away() {
        let is_away = Arc::new(AtomicBool::new(true));
        let tenant = TenantId::new();
        let mut store = MockSiteStore::new();
        let away = Arc::clone(&is_away);
        store.expect_all_sites().returning(move || {
            if away.load(Ordering::Relaxed) {
                return Err(StoreError::unavailable("away"));
            }
            let site = RegisteredSite {
                tenant,
                id: SiteId::new(),
                key: SiteKey::from_random_bytes([1; 12]),
            };
            Ok(vec![(origin(), site)])
        });
        let directory = SiteDirectory::start(Arc::new(store));
        let unread = directory.of_origin(&origin()).unwrap_err();
        assert_eq!(unread.status(), 503);
        assert!(!directory.is_registered(&origin(), tenant));

        is_away.store(false, Ordering::Relaxed);
        directory.reload().unwrap();
        assert!(directory.is_registered(&origin(), tenant));
        assert!(!directory.is_registered(&origin(), TenantId::new()));

        is_away.store(true, Ordering::Relaxed);
        assert!(directory.reload().is_err());
        assert_eq!(directory.of_origin(&origin()).unwrap().len(), 1);
        let other = Origin::parse_address("https://other.example").unwrap();
        assert_eq!(directory.of_origin(&other).unwrap(), []);
    }
}
