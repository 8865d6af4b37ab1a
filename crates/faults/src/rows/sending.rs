//! F-12: the server dies while it sends, at random and at the worst moments.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use fake_provider::{Deed, Manners};

use crate::mailing::{Mailing, Tally};
use crate::plan::Budget;
use crate::proxy::{Cut, Written};
use crate::report::Outcome;
use crate::world::World;

/// How long a moment is waited for.
const MOMENT_PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);
/// With fewer mails waiting than this, another broadcast starts.
const FEW: u64 = 100;

/// When the server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// Any time.
    Random,
    /// It is about to write down that it will call the provider.
    BeforeIntent,
    /// It has written that down, and does not know it yet.
    AfterIntent,
    /// The provider has read the request, and has not taken the mail.
    Called,
    /// The provider has taken the mail, and has not answered.
    Taken,
    /// The provider has answered; what came of it is about to be written down.
    BeforeOutcome,
    /// It is written down.
    AfterOutcome,
}

const MOMENTS: [Moment; 7] = [
    Moment::Random,
    Moment::BeforeIntent,
    Moment::AfterIntent,
    Moment::Called,
    Moment::Taken,
    Moment::BeforeOutcome,
    Moment::AfterOutcome,
];

pub(super) fn kill(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut mailing = Mailing::open(world, "f12", 1, None)?;
    let mut chance = world.plan.chance("deaths");
    let usual = Manners::sometimes([(Deed::AcceptSlowly, 0.1)]);
    mailing.provider.behave(usual.clone());
    let mut in_flight = 0;
    while budget.allows(outcome.injected) {
        if mailing.open_sends()? < FEW {
            mailing.broadcast()?;
        }
        let before = mailing.provider.ledger().count();
        mailing.wait_for_mail(before, Instant::now())?;
        let turn = usize::try_from(outcome.injected)? % MOMENTS.len();
        await_moment(&mailing, MOMENTS[turn], &mut chance)?;
        mailing.kill()?;
        outcome.injected += 1;
        let killed = Instant::now();
        mailing.proxy.control.open_trap();
        mailing.provider.release();
        mailing.provider.behave(usual.clone());
        in_flight += mailing.in_flight()?;
        mailing.let_leases_end()?;
        let before = mailing.provider.ledger().count();
        mailing.restart()?;
        if mailing.open_sends()? == 0 {
            mailing.broadcast()?;
        }
        outcome
            .recoveries
            .push(mailing.wait_for_mail(before, killed)?);
    }
    outcome.remark(format!(
        "killed in turn: {MOMENTS:?}; {in_flight} mails were in flight at the kills"
    ));
    outcome.remark("the leases of the dead end at once instead of in ten minutes");
    conclude(mailing, false, outcome)
}

/// F-12c: the comparison itself is tried. A log that lies must be caught.
pub(super) fn falsified(world: &World, _budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut mailing = Mailing::open(world, "f12c", 1, None)?;
    let untaken = Manners::sometimes([(Deed::DropUntaken, 0.05)]);
    mailing.provider.behave(untaken);
    mailing.broadcast()?;
    ensure!(mailing.rest(false)?, "the broadcast did not end");
    mailing.provider.behave(Manners::default());
    mailing.falsify()?;
    outcome.injected = 1;
    ensure!(mailing.rest(false)?, "the second time did not end");
    let tally = mailing.tally()?;
    outcome.demand((tally.lost, tally.twice) == (1, 1), || {
        format!(
            "one lost and one doubled mail were made, and {} and {} were found",
            tally.lost, tally.twice
        )
    });
    outcome.remark("caught: one mail lost and one sent twice, as they were made");
    outcome.is_control = true;
    outcome.mails = Some(tally);
    mailing.close()
}

/// Waits until the server stands at that moment.
fn await_moment(mailing: &Mailing<'_>, moment: Moment, chance: &mut fastrand::Rng) -> Result<()> {
    let control = &mailing.proxy.control;
    match moment {
        Moment::Random => {
            sleep(Duration::from_millis(chance.u64(10..400)));
            return Ok(());
        }
        Moment::BeforeIntent => control.set_trap(Written::Intent, Cut::Before),
        Moment::AfterIntent => control.set_trap(Written::Intent, Cut::After),
        Moment::Called => mailing.provider.behave(Manners::always(Deed::HoldUntaken)),
        Moment::Taken => mailing.provider.behave(Manners::always(Deed::HoldTaken)),
        Moment::BeforeOutcome => control.set_trap(Written::Outcome, Cut::Before),
        Moment::AfterOutcome => control.set_trap(Written::Outcome, Cut::After),
    }
    let deadline = Instant::now() + MOMENT_PATIENCE;
    while !control.has_sprung() && mailing.provider.ledger().held() == 0 {
        ensure!(
            Instant::now() < deadline,
            "the server never came to the moment {moment:?}"
        );
        sleep(POLL);
    }
    Ok(())
}

/// Waits until everything has ended, lets the provider report what it has, and compares.
pub(super) fn conclude(
    mut mailing: Mailing<'_>,
    hurries: bool,
    outcome: &mut Outcome,
) -> Result<()> {
    mailing.provider.behave(Manners::default());
    let rested = mailing.rest(hurries)?;
    let at_rest = mailing.tally()?;
    let reported = mailing.report_unknown()?;
    let settled = mailing.tally()?;
    outcome.demand(rested, || "the sends did not come to rest".to_owned());
    tell(&at_rest, reported, &settled, outcome);
    outcome.violations.extend(settled.violations());
    outcome.demand(settled.unknown_taken == 0, || {
        format!(
            "{} mails stay unknown although the provider reported them",
            settled.unknown_taken
        )
    });
    mailing.close()
}

fn tell(at_rest: &Tally, reported: u64, settled: &Tally, outcome: &mut Outcome) {
    let unknown = at_rest.unknown_taken + at_rest.unknown_untaken;
    outcome.remark(format!("at rest: {}", at_rest.told()));
    outcome.remark(format!(
        "{} lost, {} twice; {unknown} unknown: {reported} settled by the provider's reports, {} were \
         never taken and wait for a person",
        settled.lost, settled.twice, settled.unknown_untaken
    ));
    outcome.mails = Some(settled.clone());
}
