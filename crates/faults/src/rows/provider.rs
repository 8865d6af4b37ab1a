//! F-13, F-14: several servers send at once; the provider refuses, limits, hangs and forgets.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Result;
use fake_provider::{Deed, Manners, Taken};

use super::sending::conclude;
use crate::mailing::Mailing;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::World;

/// Mails an hour in F-14.
const LIMIT: u32 = 120;
/// So much time passes for the log between two looks.
const STEP_MINUTES: u32 = 20;
const HOUR_MINUTES: u32 = 60;
/// Nothing more goes out in this step when nothing came for so long.
const QUIET: Duration = Duration::from_millis(2_500);
const POLL: Duration = Duration::from_millis(50);
/// Tries of one mail that the product allows itself.
const MOST_TRIES: u16 = 8;

/// Two servers with their own schedulers and senders on one database.
pub(super) fn two_servers(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut mailing = Mailing::open(world, "f13", 2, None)?;
    while budget.allows(outcome.injected) {
        mailing.broadcast()?;
        outcome.injected += 1;
        outcome.demand(mailing.rest(false)?, || {
            "the broadcast did not end".to_owned()
        });
    }
    let tries = mailing.provider.ledger().tries();
    let repeated = tries.values().filter(|tries| **tries > 1).count();
    outcome.demand(repeated == 0, || {
        format!("{repeated} mails were handed over more than once")
    });
    outcome.remark(format!(
        "two servers, {} broadcasts, {} mails, each handed over once",
        outcome.injected,
        tries.len()
    ));
    conclude(mailing, false, outcome)
}

/// A tenth each of limits, faults, hanging and dropped connections, without an hourly limit.
pub(super) fn bad_provider(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut mailing = Mailing::open(world, "f14", 1, None)?;
    let hanging = world.plan.length(0.01, 0.1);
    // Whoever is told to wait longer is paused as a whole, and a row would last hours.
    let at_once = Duration::ZERO;
    mailing.provider.behave(Manners {
        wait: at_once,
        ..Manners::sometimes([
            (Deed::Limit, 0.1),
            (Deed::Fault, 0.1),
            (Deed::HoldTaken, hanging / 2.0),
            (Deed::HoldUntaken, hanging / 2.0),
            (Deed::DropTaken, 0.05),
            (Deed::DropUntaken, 0.05),
            (Deed::Reject, 0.02),
        ])
    });
    while budget.allows(outcome.injected) {
        mailing.broadcast()?;
        outcome.injected += 1;
        outcome.demand(mailing.rest(true)?, || {
            "the broadcast did not end".to_owned()
        });
    }
    let tally = mailing.tally()?;
    outcome.demand(tally.most_attempts < MOST_TRIES, || {
        format!("a mail was tried {} times", tally.most_attempts)
    });
    outcome.remark(format!(
        "{} calls for {} broadcasts; 10 % limited, 10 % faulty, {} % hanging, 10 % dropped, 2 % \
         refused; what waits for another try is due at once; the most failed tries of a mail: {}",
        mailing.provider.ledger().calls(),
        outcome.injected,
        hanging * 100.0,
        tally.most_attempts
    ));
    conclude(mailing, true, outcome)
}

/// The limit of an hour, over hours of the log's time, with a provider that drops connections.
pub(super) fn hourly_limit(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut mailing = Mailing::open(world, "f14b", 2, Some(LIMIT))?;
    mailing.provider.behave(Manners::sometimes([
        (Deed::DropTaken, 0.1),
        (Deed::Fault, 0.1),
    ]));
    mailing.broadcast()?;
    let mut by_step: BTreeMap<u64, u32> = BTreeMap::new();
    while budget.allows(outcome.injected) {
        let before = mailing.provider.ledger().count();
        until_quiet(&mailing);
        let came = mailing.provider.ledger().count() - before;
        by_step.insert(outcome.injected, u32::try_from(came)?);
        mailing.pass(STEP_MINUTES)?;
        outcome.injected += 1;
    }
    let steps = (HOUR_MINUTES / STEP_MINUTES) as usize;
    let counts: Vec<u32> = by_step.into_values().collect();
    let most = counts
        .windows(steps)
        .map(|hour| hour.iter().sum::<u32>())
        .max();
    let most = most.unwrap_or(0);
    outcome.demand(most <= LIMIT, || {
        format!("{most} mails went out in an hour, the limit is {LIMIT}")
    });
    outcome.demand(most > 0, || "nothing went out at all".to_owned());
    outcome.remark(format!(
        "two servers, limit {LIMIT} an hour: at most {most} in any hour; by {STEP_MINUTES} minutes \
         of the log's time: {counts:?}"
    ));
    let tally = mailing.tally()?;
    outcome.demand(tally.twice == 0 && tally.lost == 0, || {
        format!("{} twice, {} lost", tally.twice, tally.lost)
    });
    outcome.mails = Some(tally);
    mailing.close()
}

fn until_quiet(mailing: &Mailing<'_>) {
    let newest = |taken: Vec<Taken>| taken.last().map(|taken| taken.at);
    let began = Instant::now();
    loop {
        let last = newest(mailing.provider.ledger().taken()).unwrap_or(began);
        if last.max(began).elapsed() > QUIET {
            return;
        }
        sleep(POLL);
    }
}
