//! The load: browsers, mail programs and a mail provider, who note what they were answered.

mod client;
mod mix;
mod samples;
mod source;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use uuid::Uuid;

pub(crate) use client::Connection;
pub(crate) use mix::{Job, Kind, Mix, get};
pub(crate) use samples::Samples;
use source::Source;

use crate::journal::{Entry, Journal};
use crate::world::People;

/// Connections that are kept open.
const CONNECTIONS: usize = 32;
/// After this a browser has given up.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
/// How long repeats of what has no known outcome may go on after the end.
const LAST_REPEATS: Duration = Duration::from_secs(60);

/// What was sent, and what came back.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    /// The journal, as it is on disk.
    pub(crate) journal: Vec<Entry>,
    /// How often each request may have reached the server, by kind and subject.
    pub(crate) attempts: HashMap<(Kind, Uuid), u64>,
}

/// Load on one address, until it is finished or dropped.
#[derive(Debug)]
pub(crate) struct Load {
    source: Arc<Source>,
    /// What was answered so far.
    pub(crate) samples: Arc<Samples>,
    journal: Option<Journal>,
    tasks: Vec<JoinHandle<()>>,
    runtime: Handle,
}

impl Load {
    /// Sends `rate` engagements a second to a port of this machine.
    pub(crate) fn start(
        runtime: &Handle,
        people: &Arc<People>,
        port: u16,
        rate: u32,
        journal: &Path,
        chance: fastrand::Rng,
    ) -> anyhow::Result<Self> {
        let journal = Journal::open(journal)?;
        let source = Arc::new(Source::new(Mix::new(Arc::clone(people), chance), rate));
        let samples = Arc::new(Samples::default());
        let browse = |_| {
            let (source, samples) = (Arc::clone(&source), Arc::clone(&samples));
            runtime.spawn(browse(
                Connection::to(port),
                source,
                samples,
                journal.sender(),
            ))
        };
        let tasks = (0..CONNECTIONS).map(browse).collect();
        Ok(Self {
            source,
            samples,
            journal: Some(journal),
            tasks,
            runtime: runtime.clone(),
        })
    }

    /// Sends these as well, in between.
    pub(crate) fn also_send(&self, jobs: Vec<Job>) {
        self.source.also_send(jobs);
    }

    /// Whether some of these still wait.
    pub(crate) fn has_more_to_send(&self) -> bool {
        self.source.has_more_to_send()
    }

    /// Waits until a page view that was sent after `since` is acknowledged; how long that took.
    pub(crate) fn recovery(&self, since: Instant, patience: Duration) -> Option<Duration> {
        loop {
            if let Some(at) = self.samples.first_kept_after(since) {
                return Some(at - since);
            }
            if since.elapsed() > patience {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends nothing new, repeats what has no known outcome, and reads the journal back.
    pub(crate) fn finish(&mut self) -> anyhow::Result<Sent> {
        self.source.end(Instant::now() + LAST_REPEATS);
        for task in self.tasks.drain(..) {
            self.runtime.block_on(task)?;
        }
        let journal = self
            .journal
            .take()
            .ok_or_else(|| anyhow!("finished twice"))?;
        Ok(Sent {
            journal: journal.close()?,
            attempts: self.source.attempts(),
        })
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// One browser after another on one connection.
async fn browse(
    mut connection: Connection,
    source: Arc<Source>,
    samples: Arc<Samples>,
    journal: Sender<Entry>,
) {
    while let Some(job) = source.next().await {
        let began = Instant::now();
        let status = if job.kind.is_named() {
            connection.ask(&job.request, ANSWER_PATIENCE).await
        } else {
            let (status, again) = connection
                .ask_like_a_browser(&job.request, ANSWER_PATIENCE)
                .await;
            if again {
                source.sent_again(&job);
            }
            status
        };
        let latency = began.elapsed();
        let answer = status.unwrap_or(0);
        samples.note(job.kind, answer, began, latency);
        for subject in &job.subjects {
            // A journal that cannot be written is reported when it is closed.
            let _ = journal.send(Entry {
                number: job.number,
                kind: job.kind,
                status: answer,
                subject: *subject,
                latency: u64::try_from(latency.as_micros()).unwrap_or(u64::MAX),
            });
        }
        source.answered(job, answer);
        if status.is_none() {
            // Nobody is there: not worth a storm.
            sleep(Duration::from_millis(20)).await;
        }
    }
}
