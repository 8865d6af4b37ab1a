//! The rows of the campaign.

mod commits;
mod control;
mod database;
mod flood;
mod limits;
mod outage;
mod provider;
mod restarts;
mod sending;
mod server;
mod webhook;

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::plan::Budget;
use crate::report::{Outcome, say};
use crate::statistics::told;
use crate::world::World;

/// One kind of fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    id: &'static str,
    title: &'static str,
    /// How often, with `--short` and without.
    times: (u64, u64),
    inject: fn(&World, Budget, &mut Outcome) -> Result<()>,
}

const ROWS: &[Row] = &[
    Row {
        id: "F-01",
        title: "kill -9 of the server under load",
        times: (4, 200),
        inject: server::kill,
    },
    Row {
        id: "F-02",
        title: "kill -9 and immediate stop of the postmaster",
        times: (2, 100),
        inject: database::kill_postmaster,
    },
    Row {
        id: "F-03",
        title: "kill -9 of one PostgreSQL backend: every session is reset",
        times: (4, 100),
        inject: database::kill_backend,
    },
    Row {
        id: "F-04",
        title: "connection cut just before and just after COMMIT",
        times: (20, 1000),
        inject: commits::cut,
    },
    Row {
        id: "F-06b",
        title: "negative control: a server that acknowledges before the commit is caught",
        times: (10, 10),
        inject: control::acknowledge_too_early,
    },
    Row {
        id: "F-07",
        title: "no room in the spool, none in the database",
        times: (1, 10),
        inject: limits::fill_disks,
    },
    Row {
        id: "F-08",
        title: "PostgreSQL hangs (SIGSTOP of all its processes)",
        times: (1, 30),
        inject: database::freeze,
    },
    Row {
        id: "F-09",
        title: "PostgreSQL is slow (+200 ms an answer) and resets connections at 5 % of commits",
        times: (1, 10),
        inject: commits::slow,
    },
    Row {
        id: "F-10",
        title: "PostgreSQL is away for long",
        times: (1, 1),
        inject: outage::take_away,
    },
    Row {
        id: "F-11",
        title: "torn and corrupt tails of the spool",
        times: (0, 0),
        inject: elsewhere,
    },
    Row {
        id: "F-12",
        title: "kill -9 of the server while it hands mails over",
        times: (7, 300),
        inject: sending::kill,
    },
    Row {
        id: "F-12c",
        title: "negative control: a log of sends that lies is caught",
        times: (1, 1),
        inject: sending::falsified,
    },
    Row {
        id: "F-13",
        title: "two servers prepare and send the same broadcasts",
        times: (1, 20),
        inject: provider::two_servers,
    },
    Row {
        id: "F-14",
        title: "the provider limits, fails, hangs and drops what it took",
        times: (1, 10),
        inject: provider::bad_provider,
    },
    Row {
        id: "F-14b",
        title: "the limit of an hour, two servers",
        times: (5, 40),
        inject: provider::hourly_limit,
    },
    Row {
        id: "F-15",
        title: "posts of the mail provider again and again, shuffled",
        times: (20, 100),
        inject: webhook::replay,
    },
    Row {
        id: "F-20",
        title: "256 file descriptors, 400 connections",
        times: (1, 1),
        inject: limits::few_descriptors,
    },
    Row {
        id: "F-21",
        title: "connections that hardly send, bodies of 1 GB, tokens of nobody",
        times: (1, 1),
        inject: flood::pester,
    },
    Row {
        id: "F-26",
        title: "rolling restart by SIGTERM, two servers on one port",
        times: (4, 100),
        inject: restarts::roll,
    },
];

/// The rows with these names; all when none is named.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Row>> {
    let known = |name: &String| ROWS.iter().any(|row| row.id.eq_ignore_ascii_case(name));
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all: Vec<_> = ROWS.iter().map(|row| row.id).collect();
        ensure!(
            false,
            "there is no row {unknown}; there are {}",
            all.join(", ")
        );
    }
    let is_chosen =
        |row: &&Row| names.is_empty() || names.iter().any(|name| row.id.eq_ignore_ascii_case(name));
    Ok(ROWS.iter().filter(is_chosen).copied().collect())
}

impl Row {
    /// Carries the row out; `left` rows, with this one, share the time that is left.
    pub(crate) fn carry_out(&self, world: &World, left: usize) -> Outcome {
        say(format_args!("{} {} …", self.id, self.title));
        let mut outcome = Outcome::new(self.id, self.title);
        let times = world.plan.length(self.times.0, self.times.1);
        let budget = world.plan.budget(times, left);
        let began = Instant::now();
        if let Err(error) = (self.inject)(world, budget, &mut outcome) {
            outcome
                .violations
                .push(format!("it could not be carried out: {error:#}"));
        }
        if outcome.injected < times && outcome.violations.is_empty() {
            outcome.remark(format!(
                "{} of {times} injections: time was up",
                outcome.injected
            ));
        }
        outcome.remark(format!("took {}", told(Some(began.elapsed()))));
        outcome
    }
}

/// The spool's own tests prove it, on every byte.
fn elsewhere(_world: &World, _budget: Budget, outcome: &mut Outcome) -> Result<()> {
    outcome.remark("not injected here: cargo test -p adapters-spool proves it");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_chosen_by_name_and_a_wrong_name_is_told() {
        let names = ["f-06B".to_owned(), "F-01".to_owned()];
        let ids: Vec<_> = chosen(&names).unwrap().iter().map(|row| row.id).collect();
        assert_eq!(ids, ["F-01", "F-06b"]);
        assert_eq!(chosen(&[]).unwrap().len(), ROWS.len());
        assert!(chosen(&["F-99".to_owned()]).is_err());
    }
}
