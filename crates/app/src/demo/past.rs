//! The product's own workers, at work in the month before the demo began.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use adapters_jobs::{Guide, Ports, Sender, Stop, Turn, advance_broadcasts, carry_out_reactions};
use chrono::{DateTime, Utc};
use domain::delivery::{Mailer, Mailers, MailersError, OutgoingMail, ProviderKind, SendOutcome};
use domain::ids::TenantId;
use domain::store::{StoreError, StoreResult};

/// The machine composes mails while PostgreSQL writes them down.
const THREADS: usize = 4;

/// Workers whose clock shows what it is told to.
pub(super) struct Past {
    ports: Ports,
    /// Microseconds since 1970.
    clock: Arc<AtomicI64>,
    sender: Sender,
    guide: Guide,
    stop: Stop,
}

impl Past {
    /// The workers of these ports. What they send reaches nobody's mailbox.
    pub(super) fn new(ports: Ports) -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let shown = Arc::clone(&clock);
        let now = move || {
            let micros = shown.load(Ordering::SeqCst);
            DateTime::from_timestamp_micros(micros).unwrap_or_default()
        };
        Self {
            ports: Ports {
                clock: Arc::new(now),
                mailers: Arc::new(PastMailers),
                ..ports
            },
            clock,
            sender: Sender::default(),
            guide: Guide::default(),
            stop: Stop::default(),
        }
    }

    /// Lets them do everything that was due at that moment.
    pub(super) fn work_at(&self, moment: DateTime<Utc>) -> StoreResult<()> {
        self.clock
            .store(moment.timestamp_micros(), Ordering::SeqCst);
        let (ports, stop) = (&self.ports, &self.stop);
        loop {
            let turns = [
                advance_broadcasts(ports, stop)?,
                carry_out_reactions(ports, stop)?,
                self.guide.turn(ports, stop)?,
                self.send()?,
            ];
            if turns.iter().all(|turn| *turn == Turn::Idle) {
                return Ok(());
            }
        }
    }

    /// Sends what is due, on several threads if it is more than a batch.
    fn send(&self) -> StoreResult<Turn> {
        let first = self.sender.turn(&self.ports, &self.stop)?;
        if first == Turn::Worked && self.sender.turn(&self.ports, &self.stop)? == Turn::Worked {
            thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|_| scope.spawn(|| self.send_on()))
                    .collect();
                let panicked = |_panic| StoreError::unexpected("sending the demo's mail panicked");
                let mut ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
                ended.try_for_each(|sent| sent.map_err(panicked)?)
            })?;
        }
        Ok(first)
    }

    fn send_on(&self) -> StoreResult<()> {
        while self.sender.turn(&self.ports, &self.stop)? == Turn::Worked {}
        Ok(())
    }
}

struct PastMailers;

impl Mailers for PastMailers {
    fn mailer_of(&self, _: TenantId) -> Result<Arc<dyn Mailer>, MailersError> {
        Ok(Arc::new(PastMailer))
    }
}

/// Took mails weeks ago. Nobody keeps what was in them; what the demo sends from now on goes to the
/// mailbox.
struct PastMailer;

impl Mailer for PastMailer {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        SendOutcome::Accepted {
            provider_message_id: format!("demo-{}", mail.send),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}
