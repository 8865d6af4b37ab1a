//! Which variant is better, and how sure that is.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AbMetric, Variant};

/// Below this chance of seeing such a difference between equals, it is called one (有意差).
pub(super) const SIGNIFICANT: f64 = 0.05;

/// What people did with the mails of one variant. Machines are in no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantFigures {
    /// Mails that the provider took.
    pub sent: u64,
    /// Of these, those that a person opened.
    pub opened: u64,
    /// Of these, those in which a person clicked.
    pub clicked: u64,
}

impl VariantFigures {
    /// Mails that a person reacted to, as `metric` counts.
    #[must_use]
    pub const fn reacted(&self, metric: AbMetric) -> u64 {
        match metric {
            AbMetric::Opens => self.opened,
            AbMetric::Clicks => self.clicked,
        }
    }
}

/// How a test stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestStanding {
    /// Variant A.
    pub a: VariantFigures,
    /// Variant B.
    pub b: VariantFigures,
    /// Mails of the test group that have not been tried yet.
    pub untried: u64,
    /// Mails of the test group that were tried, put off, and may still go out.
    pub put_off: u64,
    /// When the provider took the last that it took at the first try, if any, or else the last at
    /// all. A mail that a server put off for a day does not hold up the test for a day.
    pub last_sent_at: Option<DateTime<Utc>>,
}

impl TestStanding {
    /// The figures of a variant.
    #[must_use]
    pub const fn of(&self, variant: Variant) -> VariantFigures {
        match variant {
            Variant::A => self.a,
            Variant::B => self.b,
        }
    }

    /// The variant with the better rate; A where neither is better, or nothing is known.
    #[must_use]
    pub fn better(&self, metric: AbMetric) -> Variant {
        match self.b_against_a(metric) {
            Ordering::Greater => Variant::B,
            Ordering::Less | Ordering::Equal => Variant::A,
        }
    }

    /// Neither variant has the better rate, or nothing is known.
    #[must_use]
    pub fn is_tie(&self, metric: AbMetric) -> bool {
        self.b_against_a(metric).is_eq()
    }

    fn b_against_a(&self, metric: AbMetric) -> Ordering {
        let cross = |one: VariantFigures, other: VariantFigures| {
            u128::from(one.reacted(metric)) * u128::from(other.sent)
        };
        cross(self.b, self.a).cmp(&cross(self.a, self.b))
    }

    /// How likely a difference at least as large is if the variants are equally good, by the
    /// two-sided z-test of two proportions with a pooled variance; 1 where nothing can be said.
    #[must_use]
    pub fn p_value(&self, metric: AbMetric) -> f64 {
        let [a, b] = [self.a, self.b].map(|it| (number(it.reacted(metric)), number(it.sent)));
        let pooled = (a.0 + b.0) / (a.1 + b.1);
        let error = (pooled * (1.0 - pooled) * (1.0 / a.1 + 1.0 / b.1)).sqrt();
        // Also nothing sent, which divides by nothing.
        if error.is_nan() || error <= 0.0 {
            return 1.0;
        }
        let z = (a.0 / a.1 - b.0 / b.1).abs() / error;
        libm::erfc(z / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
    }
}

/// A broadcast has far fewer mails than a double has whole numbers.
const fn number(count: u64) -> f64 {
    count as f64
}

/// Who found the winner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    /// The figures, when the test had run for its time.
    Figures,
    /// A person, before that.
    Staff,
}

impl DecidedBy {
    /// The name in the JSON interface and in the keys of texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Staff => "staff",
        }
    }
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbOutcome {
    /// The variant that goes to the rest.
    pub winner: Variant,
    /// Who found it.
    pub by: DecidedBy,
    /// Variant A, when it was found.
    pub a: VariantFigures,
    /// Variant B, when it was found.
    pub b: VariantFigures,
    /// When it was found.
    pub decided_at: DateTime<Utc>,
}

impl AbOutcome {
    /// What the figures say, or what a person chose.
    #[must_use]
    pub fn of(
        standing: &TestStanding,
        metric: AbMetric,
        chosen: Option<Variant>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            winner: chosen.unwrap_or_else(|| standing.better(metric)),
            by: chosen.map_or(DecidedBy::Figures, |_| DecidedBy::Staff),
            a: standing.a,
            b: standing.b,
            decided_at: now,
        }
    }

    /// How the test stood when it ended.
    #[must_use]
    pub fn standing(&self) -> TestStanding {
        TestStanding {
            a: self.a,
            b: self.b,
            ..TestStanding::default()
        }
    }

    /// The better variant is better by more than chance (有意差あり). The variant with the better
    /// rate wins either way.
    #[must_use]
    pub fn is_significant(&self, metric: AbMetric) -> bool {
        self.standing().p_value(metric) < SIGNIFICANT
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn standing(a: (u64, u64), b: (u64, u64)) -> TestStanding {
        let figures = |(clicked, sent)| VariantFigures {
            sent,
            clicked,
            opened: 0,
        };
        TestStanding {
            a: figures(a),
            b: figures(b),
            ..TestStanding::default()
        }
    }

    fn p(a: (u64, u64), b: (u64, u64)) -> f64 {
        standing(a, b).p_value(AbMetric::Clicks)
    }

    /// The known values: each is the z-test without a correction for continuity, whose square is
    /// Pearson's chi-squared of the table, worked out by hand.
    #[test]
    fn known_tables_have_their_known_chances() {
        // 120/1000 against 50/1250: z = 7.1348, p = 9.695e-13; far out in the tail.
        assert!((p((120, 1_000), (50, 1_250)) - 9.694_7e-13).abs() < 1e-16);
        // 30/100 against 45/100: chi-squared 4.8, p = 0.02846.
        assert!((p((30, 100), (45, 100)) - 0.028_459_7).abs() < 1e-6);
        // 20/50 against 30/50: chi-squared 4, z = 2, p = 0.0455003.
        assert!((p((20, 50), (30, 50)) - 0.045_500_3).abs() < 1e-6);
        // 10/100 against 13/100: chi-squared 0.4420, p = 0.5061.
        assert!((p((10, 100), (13, 100)) - 0.506_1).abs() < 1e-3);
    }

    #[test]
    fn what_says_nothing_is_no_difference() {
        for (a, b) in [
            ((0, 0), (0, 0)),
            ((0, 10), (0, 0)),
            ((0, 10), (0, 20)),
            ((10, 10), (20, 20)),
            ((5, 50), (10, 100)),
        ] {
            assert!((p(a, b) - 1.0).abs() < 1e-9, "{a:?} {b:?}");
            let better = standing(a, b).better(AbMetric::Clicks);
            assert_eq!(better, Variant::A, "{a:?} {b:?}");
        }
    }

    #[test]
    fn the_better_rate_wins_and_not_the_larger_number() {
        // B7
        let uneven = standing((30, 1_000), (20, 500));
        assert_eq!(uneven.better(AbMetric::Clicks), Variant::B);
        assert_eq!(uneven.better(AbMetric::Opens), Variant::A, "a tie");
        assert!(uneven.is_tie(AbMetric::Opens) && !uneven.is_tie(AbMetric::Clicks));
    }

    #[test]
    fn a_person_may_choose_against_the_figures() {
        let standing = standing((30, 100), (45, 100));
        let now = DateTime::UNIX_EPOCH;
        let found = AbOutcome::of(&standing, AbMetric::Clicks, None, now);
        assert_eq!((found.winner, found.by), (Variant::B, DecidedBy::Figures));
        assert!(found.is_significant(AbMetric::Clicks));
        let chosen = AbOutcome::of(&standing, AbMetric::Clicks, Some(Variant::A), now);
        assert_eq!((chosen.winner, chosen.by), (Variant::A, DecidedBy::Staff));
    }

    proptest! {
        #[test]
        fn a_chance_is_one_and_does_not_depend_on_the_names(
            a_sent in 0..100_000_u64, b_sent in 0..100_000_u64,
            a_part in 0.0..=1.0_f64, b_part in 0.0..=1.0_f64,
        ) {
            let of = |sent: u64, part: f64| ((number(sent) * part) as u64, sent);
            let (a, b) = (of(a_sent, a_part), of(b_sent, b_part));
            prop_assert!((0.0..=1.0).contains(&p(a, b)));
            prop_assert!((p(a, b) - p(b, a)).abs() < 1e-12);
        }

        #[test]
        fn the_more_are_asked_the_surer_the_same_difference(
            clicks in 1..50_u64, more in 1..40_u64, times in 2..20_u64,
        ) {
            let few = p((clicks, 100), (clicks + more, 100));
            let many = p((clicks * times, 100 * times), ((clicks + more) * times, 100 * times));
            prop_assert!(many < few || many == 0.0);
        }

        #[test]
        fn the_winner_has_no_worse_rate(
            a_sent in 1..10_000_u64, b_sent in 1..10_000_u64,
            a_part in 0.0..=1.0_f64, b_part in 0.0..=1.0_f64,
        ) {
            let of = |sent: u64, part: f64| ((number(sent) * part) as u64, sent);
            let (a, b) = (of(a_sent, a_part), of(b_sent, b_part));
            let rate = |(clicked, sent)| number(clicked) / number(sent);
            match standing(a, b).better(AbMetric::Clicks) {
                Variant::A => prop_assert!(rate(a) >= rate(b)),
                Variant::B => prop_assert!(rate(b) > rate(a)),
            }
        }
    }
}
