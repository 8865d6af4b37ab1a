//! Compares what the provider has with what the log of sends says.

use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{BigInt, SmallInt, Text, Uuid as SqlUuid};
use diesel::{PgConnection, QueryResult, QueryableByName, RunQueryDsl as _, sql_query};
use uuid::Uuid;

/// States that a send may rest in.
const ENDED: [&str; 7] = [
    "accepted",
    "failed",
    "skipped",
    "unknown",
    "delivered",
    "bounced",
    "complained",
];
const SENT: [&str; 4] = ["accepted", "delivered", "bounced", "complained"];
const EXAMPLES: usize = 3;

/// One row of the log of sends.
#[derive(Clone, Debug, QueryableByName)]
pub(crate) struct Row {
    #[diesel(sql_type = SqlUuid)]
    pub(crate) id: Uuid,
    #[diesel(sql_type = Text)]
    pub(crate) state: String,
    #[diesel(sql_type = SmallInt)]
    pub(crate) attempts: i16,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// The sends of all broadcasts but the fixtures' own.
pub(super) fn rows(owner: &mut PgConnection, fixture: Uuid) -> QueryResult<Vec<Row>> {
    sql_query("SELECT id, state, attempts FROM send_logs WHERE broadcast_id IS DISTINCT FROM $1")
        .bind::<SqlUuid, _>(fixture)
        .load(owner)
}

/// How many sends are in one of these states, comma-separated in quotes.
pub(super) fn count(owner: &mut PgConnection, states: &str) -> QueryResult<u64> {
    let sql = format!("SELECT count(*) AS rows FROM send_logs WHERE state IN ({states})");
    let found: Rows = sql_query(sql).get_result(owner)?;
    Ok(found.rows.unsigned_abs())
}

/// What the comparison gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Sends by state.
    pub(crate) states: BTreeMap<String, u64>,
    /// Mails that should have a send and have none.
    pub(crate) without_send: u64,
    /// Said to be with the provider, who never had them.
    pub(crate) lost: u64,
    /// Mails that the provider has more than once: how often too often.
    pub(crate) twice: u64,
    /// With the provider, although the log says that they failed or were skipped.
    pub(crate) denied: u64,
    /// Not ended.
    pub(crate) open: u64,
    /// Of the unknown ones, with the provider.
    pub(crate) unknown_taken: u64,
    /// Of the unknown ones, not with the provider: a person decides.
    pub(crate) unknown_untaken: u64,
    /// The most tries of one mail that the log counted.
    pub(crate) most_attempts: u16,
    /// Some of what is wrong.
    pub(crate) examples: Vec<Uuid>,
}

/// Compares. `taken`: how often the provider has each; `expected`: how many there should be.
pub(crate) fn compare(rows: &[Row], taken: &HashMap<Uuid, u32>, expected: u64) -> Tally {
    let mut tally = Tally {
        without_send: expected.saturating_sub(rows.len() as u64),
        ..Tally::default()
    };
    for row in rows {
        let times = taken.get(&row.id).copied().unwrap_or(0);
        let state = row.state.as_str();
        *tally.states.entry(state.to_owned()).or_default() += 1;
        tally.most_attempts = tally.most_attempts.max(row.attempts.unsigned_abs());
        let faults = [
            (&mut tally.lost, SENT.contains(&state) && times == 0),
            (
                &mut tally.denied,
                ["failed", "skipped"].contains(&state) && times > 0,
            ),
            (&mut tally.open, !ENDED.contains(&state)),
        ];
        let mut is_wrong = times > 1;
        for (count, holds) in faults {
            *count += u64::from(holds);
            is_wrong |= holds;
        }
        tally.twice += u64::from(times.saturating_sub(1));
        tally.unknown_taken += u64::from(state == "unknown" && times > 0);
        tally.unknown_untaken += u64::from(state == "unknown" && times == 0);
        if is_wrong && tally.examples.len() < EXAMPLES {
            tally.examples.push(row.id);
        }
    }
    tally
}

impl Tally {
    /// What must not be.
    pub(crate) fn violations(&self) -> Vec<String> {
        let counts = [
            (self.without_send, "recipients have no send"),
            (
                self.lost,
                "mails are said to be sent and the provider never had them",
            ),
            (self.twice, "mails went out twice"),
            (
                self.denied,
                "mails went out and are said to have failed or been skipped",
            ),
            (self.open, "sends never ended"),
        ];
        let told = counts.into_iter().filter(|(count, _)| *count > 0);
        let mut violations: Vec<String> = told
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        violations.extend(self.examples.iter().map(|id| format!("for example: {id}")));
        violations
    }

    /// Mails that are with the provider, as the log says.
    pub(crate) fn sent(&self) -> u64 {
        let sent = SENT.iter().filter_map(|state| self.states.get(*state));
        sent.sum()
    }

    /// Mails that nobody would ever miss: no send, or said to be sent and not.
    pub(crate) const fn missing(&self) -> u64 {
        self.without_send + self.lost
    }

    /// Sends by state, in words.
    pub(crate) fn told(&self) -> String {
        let states = self.states.iter();
        let states: Vec<_> = states
            .map(|(state, count)| format!("{count} {state}"))
            .collect();
        states.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u128, state: &str) -> Row {
        Row {
            id: Uuid::from_u128(number),
            state: state.to_owned(),
            attempts: 0,
        }
    }

    fn tally(rows: &[Row], taken: &[(u128, u32)]) -> Tally {
        let taken = taken
            .iter()
            .map(|(id, times)| (Uuid::from_u128(*id), *times));
        compare(rows, &taken.collect(), rows.len() as u64)
    }

    #[test]
    fn a_mail_that_nobody_has_is_lost_unless_the_log_says_that_it_does_not_know() {
        let rows = [row(1, "accepted"), row(2, "unknown"), row(3, "unknown")];
        let found = tally(&rows, &[(3, 1)]);
        assert_eq!(found.lost, 1);
        assert_eq!((found.unknown_taken, found.unknown_untaken), (1, 1));
        assert_eq!(found.examples, [Uuid::from_u128(1)]);
    }

    #[test]
    fn every_further_time_is_one_too_many() {
        let found = tally(&[row(1, "accepted"), row(2, "unknown")], &[(1, 3), (2, 2)]);
        assert_eq!(found.twice, 3);
        assert!(
            found
                .violations()
                .contains(&"3 mails went out twice".to_owned())
        );
    }

    #[test]
    fn the_log_may_neither_deny_nor_forget() {
        let rows = [row(1, "failed"), row(2, "dispatching"), row(3, "failed")];
        let found = tally(&rows, &[(1, 1)]);
        assert_eq!((found.denied, found.open), (1, 1));
        assert_eq!(compare(&[], &HashMap::new(), 2).without_send, 2);
        assert_eq!(tally(&[row(1, "failed")], &[]).violations(), [""; 0]);
    }
}
