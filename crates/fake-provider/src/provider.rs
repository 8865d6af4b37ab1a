//! A provider that listens.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::deed::{Deed, Manners};
use crate::ledger::{Answer, Ledger, Taken};
use crate::{http, smtp};

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `POST /v3/mail/send` (SendGrid, v3).
    SendGrid,
    /// RFC 5321, without TLS and without a login.
    Smtp,
}

/// A mail provider on loopback, until it is dropped.
pub struct Provider {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What the connections share.
pub(crate) struct Shared {
    manners: Mutex<Manners>,
    chance: Mutex<fastrand::Rng>,
    pub(crate) ledger: Ledger,
    /// Of how many further mails the content is kept.
    keeps: AtomicU64,
    connections: Mutex<HashMap<u64, TcpStream>>,
    made: AtomicU64,
    /// Raised to let held connections go; true for good when the provider ends.
    released: (Mutex<Release>, Condvar),
}

#[derive(Default)]
struct Release {
    times: u64,
    ended: bool,
}

/// A mail as it came in.
pub(crate) struct Incoming {
    pub(crate) send: Option<Uuid>,
    pub(crate) to: Vec<String>,
}

impl Provider {
    /// Listens on a port of its own; `seed` decides which mail meets which deed.
    ///
    /// # Errors
    /// If no port of the loopback interface can be had.
    pub fn start(protocol: Protocol, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            manners: Mutex::default(),
            chance: Mutex::new(fastrand::Rng::with_seed(seed)),
            ledger: Ledger::default(),
            keeps: AtomicU64::new(0),
            connections: Mutex::default(),
            made: AtomicU64::new(0),
            released: (Mutex::default(), Condvar::new()),
        });
        let accepting = Arc::clone(&shared);
        thread::Builder::new()
            .name("fake-provider".to_owned())
            .spawn(move || accept(&listener, protocol, &accepting))?;
        Ok(Self { address, shared })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Behaves so from now on.
    pub fn behave(&self, manners: Manners) {
        *lock(&self.shared.manners) = manners;
    }

    /// Keeps what comes as it came; off at first, because it needs much memory.
    pub fn keep_content(&self) {
        self.shared.keeps.store(u64::MAX, Ordering::Relaxed);
    }

    /// Keeps the first mail to come as it came.
    pub fn keep_first(&self) {
        self.shared.keeps.store(1, Ordering::Relaxed);
    }

    /// What it remembers.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.shared.ledger
    }

    /// How many connections were ever made to it.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.made.load(Ordering::Relaxed)
    }

    /// Closes every connection that is held without an answer.
    pub fn release(&self) {
        let (release, changed) = &self.shared.released;
        lock(release).times += 1;
        changed.notify_all();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        lock(&self.shared.released.0).ended = true;
        self.shared.released.1.notify_all();
        // Wakes the thread that accepts; it sees that it shall end.
        drop(TcpStream::connect(self.address));
        for stream in lock(&self.shared.connections).values() {
            drop(stream.shutdown(Shutdown::Both));
        }
    }
}

impl Shared {
    /// What happens to the next mail.
    pub(crate) fn deed(&self) -> Deed {
        let throw = lock(&self.chance).f64();
        lock(&self.manners).deed(throw)
    }

    pub(crate) fn manners(&self) -> Manners {
        lock(&self.manners).clone()
    }

    /// Notes the mails of one call and, where the deed takes them, takes them; then does what the
    /// deed does before an answer. False if there shall be none.
    pub(crate) fn handle(&self, deed: Deed, mails: Vec<Incoming>, content: &[u8]) -> bool {
        for mail in &mails {
            self.ledger.called(mail.send);
        }
        let answer = match deed {
            Deed::HoldTaken | Deed::DropTaken => Answer::Silence,
            Deed::Accept
            | Deed::AcceptSlowly
            | Deed::Limit
            | Deed::Fault
            | Deed::Reject
            | Deed::TooLarge
            | Deed::RefuseKey
            | Deed::RefuseSender
            | Deed::HoldUntaken
            | Deed::DropUntaken => Answer::Told,
        };
        if deed.takes() {
            let content = self.keeps_one_more().then(|| content.to_vec());
            for mail in mails {
                self.ledger.take(Taken {
                    send: mail.send,
                    to: mail.to,
                    at: Instant::now(),
                    answer,
                    content: content.clone(),
                });
            }
        }
        match deed {
            Deed::HoldTaken | Deed::HoldUntaken => {
                self.hold();
                false
            }
            Deed::DropTaken | Deed::DropUntaken => false,
            Deed::AcceptSlowly => {
                thread::sleep(self.manners().delay);
                true
            }
            Deed::Accept
            | Deed::Limit
            | Deed::Fault
            | Deed::Reject
            | Deed::TooLarge
            | Deed::RefuseKey
            | Deed::RefuseSender => true,
        }
    }

    fn keeps_one_more(&self) -> bool {
        let fewer = |left: u64| left.checked_sub(1);
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.keeps.fetch_update(set, fetch, fewer).is_ok()
    }

    fn hold(&self) {
        let _held = self.ledger.hold();
        let (release, changed) = &self.released;
        let until = Instant::now() + self.manners().hold;
        let mut state = lock(release);
        let before = state.times;
        while !state.ended && state.times == before {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn accept(listener: &TcpListener, protocol: Protocol, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if lock(&shared.released.0).ended {
            return;
        }
        let Ok(stream) = stream else {
            // Out of descriptors, most likely: there will be some again.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let shared = Arc::clone(shared);
        let spawned = thread::Builder::new()
            .name("fake-provider-talk".to_owned())
            .spawn(move || converse(stream, protocol, &shared));
        drop(spawned);
    }
}

fn converse(stream: TcpStream, protocol: Protocol, shared: &Shared) {
    let number = shared.made.fetch_add(1, Ordering::Relaxed);
    if stream.set_nodelay(true).is_err() {
        return;
    }
    if let Ok(clone) = stream.try_clone() {
        lock(&shared.connections).insert(number, clone);
    }
    // However a conversation ends, the other side sees it end.
    let ended = match protocol {
        Protocol::SendGrid => http::serve(stream, shared),
        Protocol::Smtp => smtp::serve(stream, shared),
    };
    drop(ended);
    if let Some(stream) = lock(&shared.connections).remove(&number) {
        drop(stream.shutdown(Shutdown::Both));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
