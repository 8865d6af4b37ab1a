//! Two variants of a broadcast, the better of which goes to everyone else (A/Bテスト, B7).
//!
//! A share of the recipients gets variant A or B; when the test has run for its time, the variant
//! that more of them reacted to goes to the rest. Who gets which is drawn from the ids, so that a
//! restarted preparation draws the same.

mod conduct;
mod decide;
mod ports;
mod size;
mod variant;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::next_moment;
use crate::ids::TemplateId;

pub use conduct::{RELEASE_CHUNK, choose_winner, conduct_test};
pub use decide::{AbOutcome, DecidedBy, TestStanding, VariantFigures};
pub use ports::*;
pub use size::{USUAL_RATES, detectable_difference};
pub use variant::Variant;

/// The longest subject, as of a template.
const SUBJECT_MAX: usize = 200;

/// How a broadcast tests two variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbTest {
    /// In what variant B differs.
    pub b: AbDifference,
    /// How many of a hundred recipients are tested, both variants together: 10 to 100.
    pub share_percent: u8,
    /// By what the variants are compared.
    pub metric: AbMetric,
    /// How many hours after its last mail the test ends: 1 to 168.
    pub wait_hours: u16,
}

/// In what variant B differs from A.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AbDifference {
    /// 件名: this subject instead of the template's.
    Subject(String),
    /// 本文: this template instead of the broadcast's.
    Template(TemplateId),
    /// 配信時刻: the same mail at another time of day, on the tenant's clock.
    Time {
        /// When A goes out.
        a: NaiveTime,
        /// When B goes out.
        b: NaiveTime,
    },
}

/// By what two variants are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbMetric {
    /// The share of mails that people opened; a reference value (A25).
    Opens,
    /// The share of mails in which people clicked.
    Clicks,
}

impl AbMetric {
    /// Every metric.
    pub const ALL: [Self; 2] = [Self::Opens, Self::Clicks];

    /// The name in forms, in storage and in the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::Clicks => "clicks",
        }
    }

    /// The metric with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == name)
    }
}

/// What is wrong with a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbTestFault {
    /// Fewer than 10 or more than 100 of a hundred are tested.
    Share,
    /// It runs for less than an hour or more than a week.
    Wait,
    /// Variant B has no subject.
    SubjectMissing,
    /// Its subject has more than 200 characters.
    SubjectTooLong,
    /// Both variants are the same template.
    SameTemplate,
    /// Both variants go out at the same time.
    SameTime,
    /// Nothing is measured, so nothing can be compared.
    NotTracked,
}

impl AbTest {
    /// What is wrong with it, in a broadcast of this template.
    #[must_use]
    pub fn fault(&self, template: TemplateId, tracking: bool) -> Option<AbTestFault> {
        use AbTestFault as Fault;
        let of_variants = match &self.b {
            AbDifference::Subject(subject) => match subject.trim().chars().count() {
                0 => Some(Fault::SubjectMissing),
                1..=SUBJECT_MAX => None,
                _ => Some(Fault::SubjectTooLong),
            },
            AbDifference::Template(b) => (*b == template).then_some(Fault::SameTemplate),
            AbDifference::Time { a, b } => (a == b).then_some(Fault::SameTime),
        };
        let share = (!(10..=100).contains(&self.share_percent)).then_some(Fault::Share);
        let wait = (!(1..=168).contains(&self.wait_hours)).then_some(Fault::Wait);
        let tracked = (!tracking).then_some(Fault::NotTracked);
        of_variants.or(share).or(wait).or(tracked)
    }

    /// How long it runs after its last mail.
    #[must_use]
    pub fn wait(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.wait_hours))
    }

    /// When the mails of `variant` go out that may go out from `from` on.
    #[must_use]
    pub fn due_at(&self, variant: Variant, zone: Tz, from: DateTime<Utc>) -> DateTime<Utc> {
        match (&self.b, variant) {
            (AbDifference::Time { a, .. }, Variant::A) => on_the_clock(*a, zone, from),
            (AbDifference::Time { b, .. }, Variant::B) => on_the_clock(*b, zone, from),
            (AbDifference::Subject(_) | AbDifference::Template(_), _) => from,
        }
    }

    /// The template of `variant`, in a broadcast of `own`.
    #[must_use]
    pub const fn template_of(&self, variant: Variant, own: TemplateId) -> TemplateId {
        match (&self.b, variant) {
            (AbDifference::Template(other), Variant::B) => *other,
            (
                AbDifference::Template(_) | AbDifference::Subject(_) | AbDifference::Time { .. },
                _,
            ) => own,
        }
    }
}

fn on_the_clock(at: NaiveTime, zone: Tz, from: DateTime<Utc>) -> DateTime<Utc> {
    next_moment(&std::collections::BTreeSet::new(), at, zone, from)
}

#[cfg(test)]
pub(super) mod tests {
    use chrono_tz::Asia;

    use super::*;

    /// A fifth, by opens, for a day.
    pub(crate) fn test_of_subjects() -> AbTest {
        AbTest {
            b: AbDifference::Subject("別の件名".to_owned()),
            share_percent: 20,
            metric: AbMetric::Opens,
            wait_hours: 24,
        }
    }

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
    }

    fn faults(change: impl FnOnce(&mut AbTest)) -> Option<AbTestFault> {
        let mut test = test_of_subjects();
        change(&mut test);
        test.fault(TemplateId::new(), true)
    }

    #[test]
    fn a_test_is_within_bounds() {
        // B7
        assert_eq!(faults(|_| {}), None);
        assert_eq!(faults(|it| it.share_percent = 100), None);
        assert_eq!(faults(|it| it.share_percent = 9), Some(AbTestFault::Share));
        assert_eq!(
            faults(|it| it.share_percent = 101),
            Some(AbTestFault::Share)
        );
        assert_eq!(faults(|it| it.wait_hours = 0), Some(AbTestFault::Wait));
        assert_eq!(faults(|it| it.wait_hours = 169), Some(AbTestFault::Wait));
        let blank = |it: &mut AbTest| it.b = AbDifference::Subject("　 ".to_owned());
        assert_eq!(faults(blank), Some(AbTestFault::SubjectMissing));
        let long = |it: &mut AbTest| it.b = AbDifference::Subject("件".repeat(201));
        assert_eq!(faults(long), Some(AbTestFault::SubjectTooLong));
        let same = AbDifference::Time {
            a: time(9),
            b: time(9),
        };
        assert_eq!(faults(|it| it.b = same), Some(AbTestFault::SameTime));
    }

    #[test]
    fn variants_differ_and_can_be_measured() {
        let template = TemplateId::new();
        let test = AbTest {
            b: AbDifference::Template(template),
            ..test_of_subjects()
        };
        assert_eq!(test.fault(template, true), Some(AbTestFault::SameTemplate));
        assert_eq!(test.fault(TemplateId::new(), true), None);
        let untracked = test.fault(TemplateId::new(), false);
        assert_eq!(untracked, Some(AbTestFault::NotTracked));
    }

    #[test]
    fn times_of_day_are_those_of_the_tenants_clock() {
        // B7
        let test = AbTest {
            b: AbDifference::Time {
                a: time(9),
                b: time(18),
            },
            ..test_of_subjects()
        };
        // 10:00 in Tokyo.
        let from = DateTime::parse_from_rfc3339("2026-11-22T01:00:00Z").unwrap();
        let due = |variant| {
            let due = test.due_at(variant, Asia::Tokyo, from.to_utc());
            due.with_timezone(&Asia::Tokyo).to_rfc3339()
        };
        assert_eq!(due(Variant::A), "2026-11-23T09:00:00+09:00");
        assert_eq!(due(Variant::B), "2026-11-22T18:00:00+09:00");
        let at_once = test_of_subjects().due_at(Variant::B, Asia::Tokyo, from.to_utc());
        assert_eq!(at_once, from.to_utc());
    }

    #[test]
    fn a_stored_test_with_anything_unknown_is_refused() {
        // V-12
        let stored =
            r#"{"b":{"subject":"別の件名"},"share_percent":20,"metric":"opens","wait_hours":24}"#;
        let read: AbTest = serde_json::from_str(stored).unwrap();
        assert_eq!(read, test_of_subjects());
        assert_eq!(serde_json::to_string(&read).unwrap(), stored);
        for change in [
            ("\"opens\"", "\"score\""),
            ("\"subject\"", "\"sql\""),
            ("\"share_percent\"", "\"share\""),
            ("{\"b\"", "{\"c\":1,\"b\""),
        ] {
            let attack = stored.replace(change.0, change.1);
            assert!(serde_json::from_str::<AbTest>(&attack).is_err(), "{attack}");
        }
    }
}
