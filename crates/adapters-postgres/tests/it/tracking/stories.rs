//! PostgreSQL and the in-memory log, told the same stories, know the same. (D8, complaint 8)

use domain::scoring::{ScoreHistory, decide};
use domain::tracking::{EngagementLog, ImportantPageStore, Timeline};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{address, important_page};
use test_support::contracts::tracking::Leads;
use test_support::in_memory::InMemoryEngagementLog;
use test_support::stories::{Cast, Pace, Story, stories};

use crate::database::Database;

fn told_to_both(database: &Database, story: &Story) -> Result<(), TestCaseError> {
    let (store, memory) = (&database.store, InMemoryEngagementLog::default());
    let tenant = database.tenant();
    let cast = Cast::of(tenant, [(); 3].map(|()| database.add(tenant)));
    for page in ["/apply", "入試"].map(important_page) {
        store.add_important_page(tenant, &page, at(0)).unwrap();
        memory.add_important_page(tenant, &page, at(0)).unwrap();
    }
    for lead in &cast.leads[..3] {
        memory.add_lead(tenant, *lead);
        memory.set_address(tenant, *lead, address(*lead));
    }
    let introductions = cast.introductions().to_vec();
    for batch in std::iter::once(introductions).chain(story.deliveries(&cast)) {
        let expected = memory.append(&batch, &decide).unwrap();
        prop_assert_eq!(store.append(&batch, &decide).unwrap(), expected);
    }
    for lead in cast.leads {
        prop_assert_eq!(database.find(tenant, lead), memory.lead(tenant, lead));
        let told = store.score_history(tenant, lead, None, 1000).unwrap();
        let expected = memory.score_history(tenant, lead, None, 1000).unwrap();
        prop_assert_eq!(told, expected);
        let told = store.timeline(tenant, lead, &[], None, 1000).unwrap();
        let expected = memory.timeline(tenant, lead, &[], None, 1000).unwrap();
        prop_assert_eq!(told, expected);
    }
    Ok(())
}

fn both_know_the_same(pace: Pace) {
    let database = Database::new();
    let config = ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&stories(pace), |story| told_to_both(&database, &story))
        .unwrap();
}

#[test]
fn a_calm_story_is_understood_alike() {
    both_know_the_same(Pace::Calm);
}

#[test]
fn a_hectic_story_is_understood_alike() {
    both_know_the_same(Pace::Hectic);
}
