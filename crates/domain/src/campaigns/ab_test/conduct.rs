//! A test from its last mail to its winner, and the winner to the rest.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{AbOutcome, AbTest, AbTests, Release, TestStanding, Variant};
use crate::campaigns::{Broadcast, BroadcastStatus};
use crate::ids::TenantId;
use crate::store::StoreResult;

/// How many of those who waited get their mail in one transaction.
pub const RELEASE_CHUNK: u32 = 5_000;

/// When a test is looked at again whose mails have not all been tried.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(1);

/// Takes the test of a broadcast one step on: finds the winner when it is time, and then lets the
/// next of those who waited have it.
///
/// `true` while there may be more to do at once. The time counts from the last mail of the test
/// group that went out at the first try: where a limit makes them slow, the decision waits for
/// them.
///
/// # Errors
/// Only those of the storage.
pub fn conduct_test(
    tests: &dyn AbTests,
    tenant: TenantId,
    broadcast: &mut Broadcast,
    zone: Tz,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let (BroadcastStatus::Testing, Some(test)) = (broadcast.status, &broadcast.ab_test) else {
        return Ok(false);
    };
    let Some(outcome) = &broadcast.ab_outcome else {
        let found = find_winner(tests, tenant, broadcast, test, now)?;
        let has_found = found.is_some();
        broadcast.ab_outcome = found;
        return Ok(has_found);
    };
    let winner = outcome.winner;
    let release = Release {
        content: broadcast.content_of(winner),
        template: test.template_of(winner, broadcast.template),
        due_at: test.due_at(winner, zone, outcome.decided_at),
    };
    let more = tests.release(tenant, broadcast.id, &release, RELEASE_CHUNK, now)?;
    if !more {
        broadcast.status = BroadcastStatus::Sending;
    }
    Ok(true)
}

fn find_winner(
    tests: &dyn AbTests,
    tenant: TenantId,
    broadcast: &Broadcast,
    test: &AbTest,
    now: DateTime<Utc>,
) -> StoreResult<Option<AbOutcome>> {
    if broadcast.ab_decides_at.is_some_and(|at| at > now) {
        return Ok(None);
    }
    let standing = tests.standing(tenant, broadcast.id, test.wait())?;
    if let Some(later) = still_runs(test, &standing, now) {
        tests.postpone_decision(tenant, broadcast.id, later)?;
        return Ok(None);
    }
    let outcome = AbOutcome::of(&standing, test.metric, None, now);
    let is_kept = tests.keep_outcome(tenant, broadcast.id, &outcome)?;
    Ok(is_kept.then_some(outcome))
}

/// When a test that is not over is to be looked at again.
fn still_runs(test: &AbTest, standing: &TestStanding, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // A provider that takes nothing makes no winner.
    let is_one_unsent = standing.a.sent == 0 || standing.b.sent == 0;
    if standing.untried > 0 || (is_one_unsent && standing.put_off > 0) {
        return Some(now + LOOK_AGAIN);
    }
    let ends = standing.last_sent_at? + test.wait();
    (ends > now).then_some(ends)
}

/// A person chooses the winner before the figures do; the workers carry it out.
///
/// `false`, and nothing has changed, unless the broadcast is testing and has no winner.
///
/// # Errors
/// Only those of the storage.
pub fn choose_winner(
    tests: &dyn AbTests,
    tenant: TenantId,
    broadcast: &Broadcast,
    chosen: Variant,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let Some(test) = &broadcast.ab_test else {
        return Ok(false);
    };
    let standing = tests.standing(tenant, broadcast.id, test.wait())?;
    let outcome = AbOutcome::of(&standing, test.metric, Some(chosen), now);
    tests.keep_outcome(tenant, broadcast.id, &outcome)
}
