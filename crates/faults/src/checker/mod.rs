//! Compares what was acknowledged with what is stored.

mod agreements;
mod arithmetic;
mod stored;

use std::time::Duration;

use diesel::PgConnection;

pub(crate) use arithmetic::Losses;

use crate::load::Sent;

/// What the comparison found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finding {
    pub(crate) losses: Losses,
    /// Clicks and opens that the server counted as lost.
    counted: u64,
    /// Engagements that the server gave up for good.
    dead: u64,
    /// Requests that were refused as wrong, although none was.
    refused: usize,
    /// Rules that the stored rows break, and how many do.
    disagreements: Vec<(&'static str, i64)>,
    /// What else went wrong.
    pub(crate) problems: Vec<String>,
}

/// Compares the journal with the database. `counted`: what the server says that it lost;
/// `deadline`: from then on a visitor may have been let go.
pub(crate) fn compare(
    owner: &mut PgConnection,
    sent: &Sent,
    counted: f64,
    deadline: Duration,
) -> anyhow::Result<Finding> {
    let stored = stored::read(owner)?;
    let refused = |status: u16| matches!(status, 400..=499) && status != 429;
    Ok(Finding {
        losses: arithmetic::compare(&sent.journal, &sent.attempts, &stored, deadline),
        // A count; the exposition format has no integers.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a counter is never negative, and far below 2^53"
        )]
        counted: counted as u64,
        dead: stored::dead(owner)?,
        refused: sent
            .journal
            .iter()
            .filter(|entry| refused(entry.status))
            .count(),
        disagreements: agreements::broken(owner)?,
        problems: Vec::new(),
    })
}

impl Finding {
    /// Whether every lead has exactly the points of its stored engagements.
    pub(crate) fn points_exact(&self) -> bool {
        let of_points = |name: &str| name.starts_with(agreements::POINTS);
        !self.disagreements.iter().any(|(name, _)| of_points(name))
    }

    /// What must not be.
    pub(crate) fn violations(&self) -> Vec<String> {
        let losses = &self.losses;
        let counts = [
            (losses.lost, "acknowledged engagements are lost"),
            (losses.twice, "engagements are stored twice"),
            (losses.strange, "engagements are stored that nobody sent"),
            (
                losses.unrecorded.saturating_sub(self.counted),
                "clicks and opens are lost and not counted as lost",
            ),
            (self.dead, "engagements were given up as dead"),
            (self.refused as u64, "good requests were refused"),
        ];
        let mut violations: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let broken = self.disagreements.iter();
        violations.extend(broken.map(|(rule, rows)| format!("{rows} rows break \"{rule}\"")));
        violations.extend(
            losses
                .examples
                .iter()
                .map(|id| format!("lost, for example: {id}")),
        );
        violations.extend(self.problems.iter().cloned());
        violations
    }

    /// What is allowed, and worth telling.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let losses = &self.losses;
        let counts = [
            (losses.unknown, "requests had no known outcome at first"),
            (
                losses.unanswered,
                "were never acknowledged, repeats included",
            ),
            (
                losses.let_go,
                "clicks and opens were let go at the deadline and then lost by a kill",
            ),
            (
                self.counted,
                "engagements were counted as lost by the server",
            ),
            (
                losses.unrecorded.min(self.counted),
                "clicks and opens were let through unrecorded and are among those",
            ),
        ];
        let told = counts.into_iter().filter(|(count, _)| *count > 0);
        told.map(|(count, what)| format!("{count} {what}"))
            .collect()
    }
}
