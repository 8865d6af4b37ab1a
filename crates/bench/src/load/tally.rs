//! What came of a phase.

use std::time::Duration;

use anyhow::bail;

/// Counts and latencies of the answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The latency of every request that was answered as expected, in no order.
    pub(crate) latencies: Vec<Duration>,
    /// Requests that got another answer or none.
    pub(crate) refused: usize,
    /// The first of those answers.
    pub(crate) reason: Option<String>,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

impl Tally {
    /// How many requests were answered as expected.
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    /// Expected answers a second.
    #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
    pub(crate) fn rate(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Fails when anything was refused: the figures would be about something else.
    pub(crate) fn all_answered(self, what: &str) -> anyhow::Result<Self> {
        if self.refused > 0 {
            let reason = self.reason.as_deref().unwrap_or("no reason");
            bail!(
                "{what}: {} of {} requests were not answered as expected, the first with: {reason}",
                self.refused,
                self.refused + self.count()
            );
        }
        if self.count() == 0 {
            bail!("{what}: nothing was sent; give more --leads or --seconds");
        }
        Ok(self)
    }

    pub(super) fn acknowledged(&mut self, latency: Duration) {
        self.latencies.push(latency);
    }

    pub(super) fn refused(&mut self, reason: String) {
        self.refused += 1;
        self.reason.get_or_insert(reason);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.refused += other.refused;
        self.reason = self.reason.take().or(other.reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_request_spoils_the_measurement() {
        let mut tally = Tally::default();
        tally.acknowledged(Duration::from_millis(1));
        assert!(tally.clone().all_answered("x").is_ok());
        tally.refused("status 503".to_owned());
        let error = tally.all_answered("page views").unwrap_err().to_string();
        assert!(error.contains("1 of 2") && error.contains("503"), "{error}");
    }

    #[test]
    fn nothing_sent_is_no_result() {
        assert!(Tally::default().all_answered("x").is_err());
    }
}
