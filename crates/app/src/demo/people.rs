//! People who do not exist, but might.

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chrono_tz::Asia::Tokyo;
use domain::leads::{AttributeValue, EmailAddress, LeadDraft};
use domain::tracking::VisitorId;

use super::names::{COMPANIES, COURSES, GIVEN_NAMES, PLACES, SCHOOL_KINDS, SURNAMES};
use super::random::Random;

/// Every demo is the same demo.
pub(super) const SEED: u64 = 0x6F6E_646F_6465_6D6F;

/// The custom attribute 希望学科.
pub(super) const COURSE: &str = "course";
/// Asked for the brochure; everybody with any temperature did.
pub(super) const BROCHURE: &str = "資料請求";
/// Came to an open campus.
pub(super) const OPEN_CAMPUS: &str = "オープンキャンパス参加";
/// Works already.
pub(super) const WORKING: &str = "社会人";

/// How warm a person is going to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Temper {
    Cold,
    Warm,
    Hot,
}

/// A person of the demo.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) draft: LeadDraft,
    pub(super) temper: Temper,
    /// What their browser will be known by.
    pub(super) visitor: VisitorId,
    /// Draws what else there is to know about them.
    pub(super) random: Random,
}

/// Person number `number` of the demo that was filled at `now`.
pub(super) fn person(number: usize, now: DateTime<Utc>) -> Person {
    let mut random = Random::of(SEED, u64::try_from(number).unwrap_or_default());
    let temper = match random.below(100) {
        0..4 => Temper::Hot,
        4..19 => Temper::Warm,
        _ => Temper::Cold,
    };
    let mut draft = named(number, &mut random);
    let (prefecture, place) = place(&mut random);
    draft.region = Some(prefecture.to_owned());
    if random.percent(92) {
        pupil(&mut draft, place, now, &mut random);
    } else {
        employee(&mut draft, &mut random);
    }
    if temper != Temper::Cold || random.percent(22) {
        draft.tags.insert(BROCHURE.to_owned());
    }
    if random.percent(if temper == Temper::Hot { 60 } else { 12 }) {
        draft.tags.insert(OPEN_CAMPUS.to_owned());
    }
    let course = AttributeValue::Text((*random.pick(&COURSES)).to_owned());
    draft.attributes.insert(COURSE.to_owned(), course);
    Person {
        draft,
        temper,
        visitor: VisitorId::from_random_bytes(random.bytes()),
        random,
    }
}

/// When person `number` of `count` became known: most of them in the months before.
pub(super) fn known_since(number: usize, count: usize, now: DateTime<Utc>) -> DateTime<Utc> {
    let hours = 24 * 150 * (count - number) / count.max(1);
    let earliest = TimeDelta::days(30) + TimeDelta::hours(i64::try_from(hours).unwrap_or_default());
    now - earliest
}

fn named(number: usize, random: &mut Random) -> LeadDraft {
    let (surname, surname_kana, surname_latin) = random.pick(&SURNAMES);
    let (given, given_kana, given_latin) = random.pick(&GIVEN_NAMES);
    let address = format!("{surname_latin}.{given_latin}{}@example.jp", number + 1);
    let address = EmailAddress::parse(&address).expect("it is made of letters, a dot and digits");
    LeadDraft {
        name: Some(format!("{surname} {given}")),
        kana: Some(format!("{surname_kana} {given_kana}")),
        phone: random
            .percent(40)
            .then(|| format!("090-0000-{:04}", number % 10_000)),
        ..LeadDraft::new(address)
    }
}

fn place(random: &mut Random) -> (&'static str, &'static str) {
    let total: usize = PLACES.iter().map(|(.., weight)| usize::from(*weight)).sum();
    let mut at = random.below(total);
    for (prefecture, place, weight) in PLACES {
        let weight = usize::from(weight);
        if at < weight {
            return (prefecture, place);
        }
        at -= weight;
    }
    (PLACES[0].0, PLACES[0].1)
}

fn pupil(draft: &mut LeadDraft, place: &str, now: DateTime<Utc>, random: &mut Random) {
    let grade = match random.below(100) {
        0..45 => 3,
        45..82 => 2,
        _ => 1,
    };
    draft.company = Some(format!("{place}{}", random.pick(&SCHOOL_KINDS)));
    draft.grade = Some(format!("高校{grade}年"));
    draft.graduation_year = Some(graduation_of_third_years(now) + 3 - grade);
}

fn employee(draft: &mut LeadDraft, random: &mut Random) {
    let (company, industry) = random.pick(&COMPANIES);
    draft.company = Some((*company).to_owned());
    draft.industry = Some((*industry).to_owned());
    draft.department = Some((*random.pick(&["営業部", "総務部", "企画部"])).to_owned());
    draft.company_size = Some(*random.pick(&[30, 80, 150, 400]));
    draft.tags.insert(WORKING.to_owned());
}

/// School years begin in April; the third year ends in the March after.
pub(super) fn graduation_of_third_years(now: DateTime<Utc>) -> i32 {
    let today = now.with_timezone(&Tokyo);
    if today.month() >= 4 {
        today.year() + 1
    } else {
        today.year()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn people() -> Vec<Person> {
        (0..2_000).map(|number| person(number, now())).collect()
    }

    #[test]
    fn nobody_shares_an_address_or_a_browser() {
        let people = people();
        let addresses: BTreeSet<_> = people.iter().map(|one| one.draft.email.as_str()).collect();
        let visitors: BTreeSet<_> = people.iter().map(|one| one.visitor).collect();
        assert_eq!((addresses.len(), visitors.len()), (2_000, 2_000));
    }

    #[test]
    fn every_address_is_one_that_nobody_can_have() {
        // RFC 2606 and JPRS keep example.jp for examples.
        assert!(
            people()
                .iter()
                .all(|one| one.draft.email.domain() == "example.jp")
        );
    }

    #[test]
    fn few_are_hot_and_most_are_cold() {
        let people = people();
        let percent = |temper| people.iter().filter(|one| one.temper == temper).count() / 20;
        assert!((3..=5).contains(&percent(Temper::Hot)));
        assert!((13..=17).contains(&percent(Temper::Warm)));
    }

    #[test]
    fn third_years_graduate_in_the_coming_march() {
        let third = people()
            .into_iter()
            .find(|one| one.draft.grade.as_deref() == Some("高校3年"))
            .unwrap();
        // now() is in November 2026.
        assert_eq!(third.draft.graduation_year, Some(2027));
        let february = DateTime::from_timestamp(1_802_000_000, 0).unwrap();
        assert_eq!(graduation_of_third_years(february), 2027);
    }

    #[test]
    fn everybody_was_known_before_the_month_of_the_demo_began() {
        let last = known_since(1_999, 2_000, now());
        assert!(last <= now() - TimeDelta::days(30));
        assert!(known_since(0, 2_000, now()) < last);
    }
}
