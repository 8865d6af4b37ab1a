use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A breaker and a time that only the test moves.
struct Bench {
    breaker: Breaker,
    now: Instant,
}

impl Bench {
    fn new() -> Self {
        Self {
            breaker: Breaker::new(BreakerSettings::default()),
            now: Instant::now(),
        }
    }

    fn attempt(&mut self, signal: Signal) -> bool {
        let Some(permit) = self.breaker.permit(self.now) else {
            return false;
        };
        self.breaker.report(permit, signal, self.now);
        true
    }

    fn attempts(&mut self, signals: &[(Signal, usize)]) -> Phase {
        for (signal, times) in signals {
            for _ in 0..*times {
                self.attempt(*signal);
            }
        }
        self.breaker.phase()
    }

    fn opened() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.attempts(&[(Signal::Fails, 20)]), Phase::Open);
        bench
    }
}

#[test]
fn half_of_twenty_failures_open_it() {
    use Phase::{Closed, Open};
    use Signal::{Fails, Silent, Works};
    let cases: &[(&[(Signal, usize)], Phase)] = &[
        (&[(Works, 1000)], Closed),
        (&[(Fails, 19)], Closed),
        (&[(Fails, 20)], Open),
        (&[(Works, 10), (Fails, 10)], Open),
        (&[(Works, 11), (Fails, 9)], Closed),
        (&[(Fails, 9), (Works, 11)], Closed),
        // A success is no reason to open.
        (&[(Fails, 19), (Works, 1)], Closed),
        (&[(Fails, 19), (Works, 1), (Fails, 1)], Open),
        // After a busy time only the newest twenty count.
        (&[(Works, 1000), (Fails, 9)], Closed),
        (&[(Works, 1000), (Fails, 10)], Open),
        // Faults of the data are no faults of the log.
        (&[(Silent, 1000)], Closed),
        (&[(Fails, 19), (Silent, 100)], Closed),
    ];
    for (signals, phase) in cases {
        assert_eq!(Bench::new().attempts(signals), *phase, "{signals:?}");
    }
}

#[test]
fn failures_older_than_the_window_are_forgotten() {
    let mut bench = Bench::new();
    bench.attempts(&[(Signal::Fails, 19)]);
    bench.now += 31 * SECOND;
    assert_eq!(bench.attempts(&[(Signal::Fails, 1)]), Phase::Closed);
}

#[test]
fn an_open_breaker_allows_nothing_before_the_cool_down_and_then_one_probe() {
    let mut bench = Bench::opened();
    bench.now += 5 * SECOND - Duration::from_millis(1);
    assert!(bench.breaker.permit(bench.now).is_none());
    bench.now += Duration::from_millis(1);
    assert!(bench.breaker.permit(bench.now).is_some());
    assert_eq!(bench.breaker.phase(), Phase::HalfOpen);
    assert!(bench.breaker.permit(bench.now).is_none());
}

#[test]
fn three_successes_close_it_and_one_failure_opens_it_again() {
    let mut bench = Bench::opened();
    bench.now += 5 * SECOND;
    assert_eq!(bench.attempts(&[(Signal::Works, 2)]), Phase::HalfOpen);
    assert_eq!(bench.attempts(&[(Signal::Fails, 1)]), Phase::Open);
    assert!(!bench.attempt(Signal::Works));
    bench.now += 5 * SECOND;
    assert_eq!(bench.attempts(&[(Signal::Works, 2)]), Phase::HalfOpen);
    assert_eq!(bench.attempts(&[(Signal::Works, 1)]), Phase::Closed);
    // It starts anew: what opened it is not counted again.
    assert_eq!(bench.attempts(&[(Signal::Fails, 19)]), Phase::Closed);
}

#[test]
fn a_probe_that_says_nothing_makes_room_for_the_next() {
    let mut bench = Bench::opened();
    bench.now += 5 * SECOND;
    assert!(bench.attempt(Signal::Silent));
    assert_eq!(bench.attempts(&[(Signal::Works, 3)]), Phase::Closed);
}

#[test]
fn what_began_before_it_opened_says_nothing_about_now() {
    let mut bench = Bench::new();
    let stale = bench.breaker.permit(bench.now).unwrap();
    bench.breaker.trip(bench.now);
    bench.now += 5 * SECOND;
    let probe = bench.breaker.permit(bench.now).unwrap();
    for _ in 0..3 {
        bench.breaker.report(stale, Signal::Works, bench.now);
    }
    bench.breaker.report(stale, Signal::Fails, bench.now);
    assert_eq!(bench.breaker.phase(), Phase::HalfOpen);
    bench.breaker.report(probe, Signal::Works, bench.now);
    assert!(bench.breaker.permits(bench.now));
}

#[test]
fn a_probe_that_never_comes_back_is_given_up_for_another() {
    let mut bench = Bench::opened();
    bench.now += 5 * SECOND;
    bench.attempts(&[(Signal::Works, 2)]);
    let lost = bench.breaker.permit(bench.now).unwrap();
    bench.now += 30 * SECOND - Duration::from_millis(1);
    assert!(!bench.breaker.permits(bench.now));
    bench.now += Duration::from_millis(1);
    assert!(bench.breaker.permits(bench.now));
    let probe = bench.breaker.permit(bench.now).unwrap();
    assert!(!bench.breaker.permits(bench.now), "one at a time");
    // It hung: neither what it says now nor what was before it closes the breaker.
    bench.breaker.report(lost, Signal::Works, bench.now);
    bench.breaker.report(probe, Signal::Works, bench.now);
    assert_eq!(bench.breaker.phase(), Phase::HalfOpen);
    assert_eq!(bench.attempts(&[(Signal::Works, 2)]), Phase::Closed);
}

#[derive(Clone, Debug)]
enum Step {
    Wait(u64),
    Ask,
    /// Reports the permit with this number, of those that are out.
    Report(usize, Signal),
    Trip,
}

fn signal() -> impl Strategy<Value = Signal> {
    prop_oneof![
        Just(Signal::Works),
        Just(Signal::Fails),
        Just(Signal::Silent)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0_u64..8_000).prop_map(Step::Wait),
        6 => Just(Step::Ask),
        6 => (any::<usize>(), signal()).prop_map(|(number, signal)| Step::Report(number, signal)),
        1 => Just(Step::Trip),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_it_never_hammers_a_log_that_is_away(
        steps in prop::collection::vec(step(), 0..400),
    ) {
        let settings = BreakerSettings { samples: 4, ..BreakerSettings::default() };
        let mut breaker = Breaker::new(settings);
        let mut now = Instant::now();
        let mut out: Vec<Permit> = Vec::new();
        let mut opened_at = None;
        let mut successes = 0;
        for step in steps {
            let before = breaker.phase();
            match step {
                Step::Wait(millis) => now += Duration::from_millis(millis),
                Step::Ask => {
                    let (promised, epoch) = (breaker.permits(now), breaker.epoch);
                    let permit = breaker.permit(now);
                    prop_assert_eq!(permit.is_some(), promised);
                    if breaker.epoch != epoch {
                        successes = 0;
                    }
                    if let (Some(_), Phase::Open) = (permit, before) {
                        let since = opened_at.expect("it was opened");
                        prop_assert!(now.duration_since(since) >= settings.cool_down);
                    }
                    if breaker.phase() == Phase::HalfOpen {
                        prop_assert!(breaker.permit(now).is_none(), "two probes at a time");
                    }
                    out.extend(permit);
                }
                Step::Report(number, signal) if !out.is_empty() => {
                    let permit = out.swap_remove(number % out.len());
                    let counts = permit.epoch == breaker.epoch;
                    breaker.report(permit, signal, now);
                    let after = breaker.phase();
                    if !counts || signal == Signal::Silent {
                        prop_assert_eq!(before, after);
                    }
                    if counts && before == Phase::HalfOpen && signal == Signal::Works {
                        successes += 1;
                        prop_assert_eq!(after == Phase::Closed, successes == settings.successes);
                    }
                    if before != after {
                        let cause = match after {
                            Phase::Open => Signal::Fails,
                            Phase::Closed | Phase::HalfOpen => Signal::Works,
                        };
                        prop_assert_eq!(signal, cause);
                    }
                }
                Step::Report(..) => {}
                Step::Trip => breaker.trip(now),
            }
            if breaker.phase() == Phase::Open && (before != Phase::Open || matches!(step, Step::Trip)) {
                opened_at = Some(now);
            }
        }
    }
}
