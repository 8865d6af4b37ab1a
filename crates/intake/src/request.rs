//! One request that waits for its answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::ids::TenantId;
use domain::tracking::{Answer, Engagement, Kept, NotKept, Taken};

use crate::metrics::Metrics;
use crate::panics;
use crate::weight::Weight;

/// Who waits, and what is known of each of their engagements.
///
/// It is answered exactly once: one that is dropped answers that nothing was kept. All counting of
/// answers happens here, so that no path can forget it.
pub(crate) struct Request {
    kept: Vec<Option<Kept>>,
    answer: Option<Answer>,
    arrived: Instant,
    retry_after: Duration,
    metrics: Arc<Metrics>,
}

impl Request {
    pub(crate) const fn arrived(&self) -> Instant {
        self.arrived
    }

    /// How many of its engagements are not known to be kept.
    pub(crate) fn open(&self) -> usize {
        self.kept.iter().filter(|kept| kept.is_none()).count()
    }

    /// Learns what became of its open engagements, one fate for each, in their order. Which of
    /// them stay open, counted among those that were.
    pub(crate) fn learn(&mut self, fates: impl Iterator<Item = Option<Kept>>) -> Vec<usize> {
        let open = self.kept.iter_mut().filter(|kept| kept.is_none());
        let mut still_open = Vec::new();
        for (position, (kept, fate)) in open.zip(fates).enumerate() {
            if fate.is_none() {
                still_open.push(position);
            }
            *kept = fate;
        }
        still_open
    }

    /// Answers, if all of it is kept; gives itself back otherwise.
    pub(crate) fn answer_if_settled(mut self) -> Option<Self> {
        if self.open() > 0 {
            return Some(self);
        }
        let kept: Vec<Kept> = std::mem::take(&mut self.kept)
            .into_iter()
            .flatten()
            .collect();
        self.metrics.count_kept(&kept);
        self.give(Ok(kept));
        None
    }

    /// Answers that it is not kept; its sender shall try again.
    pub(crate) fn refuse(self) {
        drop(self);
    }

    fn give(&mut self, taken: Taken) {
        if let Some(answer) = self.answer.take() {
            // What the waiting side does with its answer must not stop this thread.
            if let Err(panic) = panics::caught(|| answer(taken)) {
                tracing::error!(panic, "a request's answer could not be given");
            }
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if self.answer.is_none() {
            return;
        }
        self.metrics.count_lost(self.open());
        self.give(Err(NotKept {
            retry_after: self.retry_after,
        }));
    }
}

/// A request on its way, with those of its engagements that are not kept yet.
pub(crate) struct Job {
    pub(crate) engagements: Vec<Engagement>,
    pub(crate) request: Request,
    pub(crate) weight: Weight,
}

impl Job {
    pub(crate) fn new(
        engagements: Vec<Engagement>,
        answer: Answer,
        retry_after: Duration,
        metrics: &Arc<Metrics>,
    ) -> Self {
        let request = Request {
            kept: vec![None; engagements.len()],
            answer: Some(answer),
            arrived: Instant::now(),
            retry_after,
            metrics: Arc::clone(metrics),
        };
        Self::open_part(engagements, request)
    }

    /// The rest of a request: exactly its open engagements, in their order.
    pub(crate) fn open_part(engagements: Vec<Engagement>, request: Request) -> Self {
        debug_assert_eq!(engagements.len(), request.open());
        Self {
            weight: Weight::of(&engagements),
            engagements,
            request,
        }
    }

    /// Whose it is; none for a request without engagements.
    pub(crate) fn tenant(&self) -> Option<TenantId> {
        self.engagements.first().map(|first| first.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{job, tenant};

    #[test]
    fn a_request_that_is_dropped_is_answered_all_the_same() {
        let (job, answer) = job(tenant(), 2);
        drop(job);
        assert!(answer.recv().unwrap().is_err());
    }

    #[test]
    fn a_request_is_answered_when_the_last_of_it_is_known() {
        let (Job { mut request, .. }, answer) = job(tenant(), 3);
        let fates = [Some(Kept::Buried), None, Some(Kept::Buried)];
        assert_eq!(request.learn(fates.into_iter()), [1]);
        let mut request = request.answer_if_settled().unwrap();
        assert!(answer.try_recv().is_err());
        assert!(request.learn([Some(Kept::InSpool)].into_iter()).is_empty());
        assert!(request.answer_if_settled().is_none());
        let kept = answer.recv().unwrap().unwrap();
        assert_eq!(kept, [Kept::Buried, Kept::InSpool, Kept::Buried]);
    }

    #[test]
    fn an_answer_that_panics_harms_nobody() {
        let (Job { mut request, .. }, _answer) = job(tenant(), 0);
        request.answer = Some(Box::new(|_| panic!("the client went away")));
        assert!(request.answer_if_settled().is_none());
    }
}
