//! What a provider remembers.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use uuid::Uuid;

/// What the sender of a mail was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// That it was taken.
    Told,
    /// Nothing.
    Silence,
}

/// One mail that the provider has.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The send that it names (`ondo_send`, `X-Ondo-Send`); none where it names none.
    pub send: Option<Uuid>,
    /// To whom, as the protocol's own envelope says.
    pub to: Vec<String>,
    /// When it was taken.
    pub at: Instant,
    /// What its sender was told.
    pub answer: Answer,
    /// The bytes as they came, where the provider keeps them: the request's body, or the message.
    pub content: Option<Vec<u8>>,
}

/// The mails that a provider took, and how often each was tried.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    taken: Vec<Taken>,
    tries: HashMap<Uuid, u32>,
    calls: u64,
    held: u64,
}

impl Ledger {
    /// Every mail that was taken, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.pages().taken.clone()
    }

    /// How many mails were taken.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pages().taken.len()
    }

    /// How often each send was taken.
    #[must_use]
    pub fn times(&self) -> HashMap<Uuid, u32> {
        let mut times = HashMap::new();
        for send in self.pages().taken.iter().filter_map(|taken| taken.send) {
            *times.entry(send).or_default() += 1;
        }
        times
    }

    /// How often each send was tried, whatever came of it.
    #[must_use]
    pub fn tries(&self) -> HashMap<Uuid, u32> {
        self.pages().tries.clone()
    }

    /// How many mails came in, whatever came of them.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.pages().calls
    }

    /// Connections that are being held just now, without an answer.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.pages().held
    }

    pub(crate) fn called(&self, send: Option<Uuid>) {
        let mut pages = self.pages();
        pages.calls += 1;
        if let Some(send) = send {
            *pages.tries.entry(send).or_default() += 1;
        }
    }

    pub(crate) fn take(&self, taken: Taken) {
        self.pages().taken.push(taken);
    }

    /// One more connection is held until the guard is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        let mut pages = self.pages();
        pages.held += 1;
        Held(self)
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is being held.
pub(crate) struct Held<'l>(&'l Ledger);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.pages().held -= 1;
    }
}
