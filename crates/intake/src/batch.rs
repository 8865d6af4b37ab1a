//! The requests of one commit.

use std::sync::Arc;

use domain::tracking::{Engagement, Kept};

use crate::request::{Job, Request};

/// Requests whose engagements are written together.
///
/// The engagements are shared, because two may hold them at a time: the writer that hangs with them
/// in the database, and the one who rescues them.
pub(crate) struct Batch {
    engagements: Arc<Vec<Engagement>>,
    requests: Vec<Request>,
}

impl Batch {
    pub(crate) fn of(jobs: Vec<Job>) -> Self {
        let mut engagements = Vec::with_capacity(jobs.iter().map(|job| job.weight.rows).sum());
        let mut requests = Vec::with_capacity(jobs.len());
        for mut job in jobs {
            engagements.append(&mut job.engagements);
            requests.push(job.request);
        }
        Self {
            engagements: Arc::new(engagements),
            requests,
        }
    }

    pub(crate) fn engagements(&self) -> Arc<Vec<Engagement>> {
        Arc::clone(&self.engagements)
    }

    /// Answers the requests that are kept now, and returns the rest of the others. One fate for
    /// each engagement, in their order.
    pub(crate) fn settle(self, fates: impl IntoIterator<Item = Option<Kept>>) -> Vec<Job> {
        let mut fates = fates.into_iter();
        let mut rest = Vec::new();
        let mut start = 0;
        for mut request in self.requests {
            let end = start + request.open();
            let open = request.learn(fates.by_ref().take(end - start));
            if let Some(request) = request.answer_if_settled() {
                rest.push((start, open, request));
            }
            start = end;
        }
        remaining_jobs(self.engagements, rest)
    }

    /// The requests as they came.
    pub(crate) fn into_jobs(self) -> Vec<Job> {
        self.settle(std::iter::repeat(None))
    }

    /// Answers every request that it is not kept.
    pub(crate) fn refuse(self) {
        self.requests.into_iter().for_each(Request::refuse);
    }

    /// Takes the requests out, for the build that breaks its promise on purpose.
    #[cfg(feature = "fault-switches")]
    pub(crate) fn without_requests(self) -> (Self, Vec<Request>) {
        let batch = Self {
            engagements: self.engagements,
            requests: Vec::new(),
        };
        (batch, self.requests)
    }
}

/// Gives each request its open engagements back: where its part starts, and which of that part are
/// open.
fn remaining_jobs(
    engagements: Arc<Vec<Engagement>>,
    rest: Vec<(usize, Vec<usize>, Request)>,
) -> Vec<Job> {
    if rest.is_empty() {
        return Vec::new();
    }
    let mut remaining = Arc::unwrap_or_clone(engagements).into_iter();
    let mut at = 0;
    let mut take = |position: usize| {
        let engagement = remaining.nth(position - at);
        at = position + 1;
        engagement
    };
    let job = |(start, open, request): (usize, Vec<usize>, Request)| {
        let own = open.into_iter().filter_map(|own| take(start + own));
        Job::open_part(own.collect(), request)
    };
    rest.into_iter().map(job).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{job, tenant};

    #[test]
    fn every_request_gets_its_own_part_of_the_answer() {
        let (first, first_answer) = job(tenant(), 1);
        let (second, second_answer) = job(tenant(), 2);
        let batch = Batch::of(vec![first, second]);
        assert_eq!(batch.engagements().len(), 3);
        let fates = [Kept::Buried, Kept::InSpool, Kept::Buried];
        assert!(batch.settle(fates.map(Some)).is_empty());
        assert_eq!(first_answer.recv().unwrap().unwrap(), [Kept::Buried]);
        assert_eq!(
            second_answer.recv().unwrap().unwrap(),
            [Kept::InSpool, Kept::Buried]
        );
    }

    #[test]
    fn what_is_not_settled_goes_on_with_its_own_engagements() {
        let (first, first_answer) = job(tenant(), 2);
        let (second, second_answer) = job(tenant(), 1);
        let (third, third_answer) = job(tenant(), 2);
        let (wanted_first, wanted_third) = (first.engagements[1].id, third.engagements[0].id);
        let batch = Batch::of(vec![first, second, third]);
        let in_spool = || Some(Kept::InSpool);
        let rest = batch.settle([in_spool(), None, in_spool(), None, in_spool()]);
        let ids: Vec<_> = rest.iter().map(|job| job.engagements[0].id).collect();
        assert_eq!(ids, [wanted_first, wanted_third]);
        assert!(second_answer.recv().unwrap().is_ok());
        assert!(first_answer.try_recv().is_err());
        Batch::of(rest).settle([in_spool(), in_spool()]);
        for answer in [first_answer, third_answer] {
            assert_eq!(answer.recv().unwrap().unwrap().len(), 2);
        }
    }
}
