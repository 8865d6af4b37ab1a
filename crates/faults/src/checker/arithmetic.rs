//! The comparison itself: plain arithmetic.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use uuid::Uuid;

use crate::journal::Entry;
use crate::load::Kind;

/// How many lost ones are named.
const EXAMPLES: usize = 3;

/// How often each engagement stands in the database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    /// Page views and reports, by their own id.
    pub(crate) named: HashMap<Uuid, u64>,
    /// Clicks, by mail.
    pub(crate) clicks: HashMap<Uuid, u64>,
    /// Opens, by mail.
    pub(crate) opens: HashMap<Uuid, u64>,
}

/// What the comparison of journal and database gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// Engagements that were acknowledged; clicks and opens by their answers.
    pub(crate) acknowledged: u64,
    /// Page views and reports that were acknowledged and are not there.
    pub(crate) lost: u64,
    /// Stored more often than once, or, without a name, than sent.
    pub(crate) twice: u64,
    /// Stored, but never sent.
    pub(crate) strange: u64,
    /// Clicks and opens that were answered well, in time, and are not there.
    pub(crate) unrecorded: u64,
    /// The same of those that were let go at the deadline, before anything was known.
    pub(crate) let_go: u64,
    /// Requests that at least once had no answer.
    pub(crate) unknown: u64,
    /// Page views and reports that never had a good answer.
    pub(crate) unanswered: u64,
    /// Some of the lost.
    pub(crate) examples: Vec<Uuid>,
}

/// Compares what was answered and sent with what is stored. A click or open whose answer took
/// `deadline` or longer may have been let go without anything being known of its record.
pub(crate) fn compare(
    journal: &[Entry],
    attempts: &HashMap<(Kind, Uuid), u64>,
    stored: &Stored,
    deadline: Duration,
) -> Losses {
    let mut losses = Losses::default();
    named(journal, attempts, stored, &mut losses);
    for (kind, stored) in [(Kind::Click, &stored.clicks), (Kind::Open, &stored.opens)] {
        unnamed(kind, journal, stored, deadline, &mut losses);
        excess(kind, attempts, stored, &mut losses);
    }
    let unknown = journal.iter().filter(|entry| entry.status == 0);
    let unknown: HashSet<u64> = unknown.map(|entry| entry.number).collect();
    losses.unknown = unknown.len() as u64;
    losses
}

fn named(
    journal: &[Entry],
    attempts: &HashMap<(Kind, Uuid), u64>,
    stored: &Stored,
    losses: &mut Losses,
) {
    let kept: HashSet<Uuid> = journal
        .iter()
        .filter(|entry| entry.kind.is_named() && entry.is_acknowledged())
        .map(|entry| entry.subject)
        .collect();
    let lost = kept.iter().filter(|id| !stored.named.contains_key(*id));
    let lost: Vec<Uuid> = lost.copied().collect();
    losses.acknowledged += kept.len() as u64;
    losses.lost += lost.len() as u64;
    losses.examples.extend(lost.into_iter().take(EXAMPLES));
    losses.twice += stored.named.values().map(|times| times - 1).sum::<u64>();

    let named = attempts.keys().filter(|(kind, _)| kind.is_named());
    let sent: HashSet<Uuid> = named.map(|(_, subject)| *subject).collect();
    losses.strange += stored.named.keys().filter(|id| !sent.contains(*id)).count() as u64;
    losses.unanswered += sent.difference(&kept).count() as u64;
}

/// Clicks and opens have no names: of each mail, at least as many as were answered must be there.
fn unnamed(
    kind: Kind,
    journal: &[Entry],
    stored: &HashMap<Uuid, u64>,
    deadline: Duration,
    losses: &mut Losses,
) {
    let mut answered: HashMap<Uuid, (u64, u64)> = HashMap::new();
    let of_kind = journal.iter().filter(|entry| entry.kind == kind);
    for entry in of_kind.filter(|entry| entry.is_acknowledged()) {
        let (answers, in_time) = answered.entry(entry.subject).or_default();
        *answers += 1;
        *in_time += u64::from(Duration::from_micros(entry.latency) < deadline);
    }
    for (mail, (answers, in_time)) in &answered {
        let times = stored.get(mail).copied().unwrap_or(0);
        let unrecorded = in_time.saturating_sub(times);
        losses.acknowledged += answers;
        losses.unrecorded += unrecorded;
        losses.let_go += answers.saturating_sub(times) - unrecorded;
    }
}

/// And at most as many as were sent.
fn excess(
    kind: Kind,
    attempts: &HashMap<(Kind, Uuid), u64>,
    stored: &HashMap<Uuid, u64>,
    losses: &mut Losses,
) {
    for (mail, times) in stored {
        match attempts.get(&(kind, *mail)) {
            Some(sent) => losses.twice += times.saturating_sub(*sent),
            None => losses.strange += times,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);

    fn entry(number: u64, kind: Kind, status: u16, subject: Uuid) -> Entry {
        Entry {
            number,
            kind,
            status,
            subject,
            latency: 0,
        }
    }

    fn sent(entries: &[Entry]) -> HashMap<(Kind, Uuid), u64> {
        let mut attempts = HashMap::new();
        for entry in entries {
            *attempts.entry((entry.kind, entry.subject)).or_default() += 1;
        }
        attempts
    }

    fn losses(entries: &[Entry], stored: &Stored) -> Losses {
        compare(entries, &sent(entries), stored, Duration::MAX)
    }

    #[test]
    fn a_click_that_was_let_go_at_the_deadline_is_told_apart() {
        let late = Entry {
            latency: 60_000,
            ..entry(1, Kind::Click, 302, A)
        };
        let in_time = Entry {
            latency: 9_000,
            ..entry(2, Kind::Click, 302, A)
        };
        let of = |times, deadline| {
            let stored = Stored {
                clicks: [(A, times)].into(),
                ..Stored::default()
            };
            let entries = [late, in_time];
            let losses = compare(&entries, &sent(&entries), &stored, deadline);
            (losses.unrecorded, losses.let_go)
        };
        let deadline = Duration::from_millis(50);
        let found = [of(2, deadline), of(1, deadline), of(0, deadline)];
        assert_eq!(found, [(0, 0), (0, 1), (1, 1)]);
        assert_eq!(of(0, Duration::MAX), (2, 0));
    }

    #[test]
    fn what_was_acknowledged_and_is_not_there_is_lost() {
        let entries = [
            entry(1, Kind::PageView, 200, A),
            entry(2, Kind::Report, 200, B),
        ];
        let stored = Stored {
            named: [(B, 1)].into(),
            ..Stored::default()
        };
        let losses = losses(&entries, &stored);
        assert_eq!((losses.acknowledged, losses.lost), (2, 1));
        assert_eq!(losses.examples, [A]);
    }

    #[test]
    fn an_unknown_outcome_may_be_stored_or_not_but_once() {
        let entries = [
            entry(1, Kind::PageView, 0, A),
            entry(1, Kind::PageView, 503, A),
        ];
        let stored = |times| Stored {
            named: [(A, times)].into(),
            ..Stored::default()
        };
        let never = losses(&entries, &Stored::default());
        assert_eq!((never.lost, never.unknown, never.unanswered), (0, 1, 1));
        assert_eq!(losses(&entries, &stored(1)).twice, 0);
        assert_eq!(losses(&entries, &stored(3)).twice, 2);
    }

    #[test]
    fn a_repeat_that_is_acknowledged_counts_once() {
        let entries = [
            entry(1, Kind::PageView, 0, A),
            entry(1, Kind::PageView, 200, A),
            entry(1, Kind::PageView, 200, A),
        ];
        let stored = Stored {
            named: [(A, 1)].into(),
            ..Stored::default()
        };
        let losses = losses(&entries, &stored);
        assert_eq!((losses.acknowledged, losses.lost, losses.twice), (1, 0, 0));
    }

    #[test]
    fn clicks_of_a_mail_lie_between_the_answered_and_the_sent() {
        let entries = [
            entry(1, Kind::Click, 302, A),
            entry(2, Kind::Click, 302, A),
            entry(3, Kind::Click, 0, A),
        ];
        let of = |times| {
            let stored = Stored {
                clicks: [(A, times)].into(),
                ..Stored::default()
            };
            let losses = losses(&entries, &stored);
            (losses.unrecorded, losses.twice)
        };
        assert_eq!(
            [of(1), of(2), of(3), of(5)],
            [(1, 0), (0, 0), (0, 0), (0, 2)]
        );
    }

    #[test]
    fn what_nobody_sent_is_strange() {
        let stored = Stored {
            named: [(A, 1)].into(),
            opens: [(B, 2)].into(),
            ..Stored::default()
        };
        assert_eq!(losses(&[], &stored).strange, 3);
    }
}
