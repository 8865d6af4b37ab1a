//! Scores, whatever happens and however the log hears of it. (D8, complaint 8)

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{EngagementId, LeadId, TenantId};
use domain::scoring::{ScoreHistory, ScoreLine, decide};
use domain::tracking::{
    Engagement, EngagementLog, ImportantPageStore, MachineReason, MachineVerdict, Timeline,
};
use proptest::prelude::*;
use test_support::builders::tenancy::at;
use test_support::builders::tracking::important_page;
use test_support::in_memory::InMemoryEngagementLog;
use test_support::stories::{Cast, Pace, stories};

fn cast() -> Cast {
    Cast::of(TenantId::new(), [(); 3].map(|()| LeadId::new()))
}

/// A log that has heard of these batches, after the cast introduced itself.
fn log_of(cast: &Cast, batches: &[Vec<Engagement>]) -> InMemoryEngagementLog {
    let log = InMemoryEngagementLog::default();
    for page in ["/apply", "入試"].map(important_page) {
        log.add_important_page(cast.tenant, &page, at(0)).unwrap();
    }
    for lead in &cast.leads[..3] {
        log.add_lead(cast.tenant, *lead);
    }
    log.append(cast.introductions(), &decide).unwrap();
    for batch in batches {
        log.append(batch, &decide).unwrap();
    }
    log
}

/// One engagement at a time, as it happened.
fn one_by_one(engagements: Vec<Engagement>) -> Vec<Vec<Engagement>> {
    engagements.into_iter().map(|one| vec![one]).collect()
}

fn lines(log: &InMemoryEngagementLog, cast: &Cast, lead: LeadId) -> Vec<ScoreLine> {
    log.score_history(cast.tenant, lead, None, 1000).unwrap()
}

fn assert_explained(log: &InMemoryEngagementLog, cast: &Cast) {
    for lead in &cast.leads[..3] {
        let lines = lines(log, cast, *lead);
        let sum: i32 = lines.iter().map(|line| line.points).sum();
        let known = log.lead(cast.tenant, *lead).unwrap();
        assert_eq!(sum, known.engagement_score);
        let ids: BTreeSet<_> = lines.iter().map(|line| line.id).collect();
        assert_eq!(ids.len(), lines.len(), "no line is there twice");
        let timeline = log.timeline(cast.tenant, *lead, &[], None, 1000).unwrap();
        let shown: i32 = timeline.iter().map(|entry| entry.points).sum();
        assert_eq!(shown, sum, "the timeline shows the same points");
        let machines = timeline.iter().filter(|entry| !entry.verdict.is_human());
        assert!(machines.into_iter().all(|entry| entry.points == 0));
    }
}

type Recorded = BTreeMap<EngagementId, (Option<LeadId>, MachineVerdict)>;

fn recorded(log: &InMemoryEngagementLog, cast: &Cast) -> Recorded {
    let logged = log.logged(cast.tenant).into_iter();
    logged
        .map(|(engagement, lead, verdict)| (engagement.id, (lead, verdict)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_order_batch_or_repetition_changes_a_score(story in stories(Pace::Calm)) {
        let cast = cast();
        let heard = log_of(&cast, &story.deliveries(&cast));
        let happened = log_of(&cast, &one_by_one(story.in_order(&cast)));
        assert_explained(&heard, &cast);
        prop_assert_eq!(recorded(&heard, &cast), recorded(&happened, &cast));
        for lead in cast.leads {
            prop_assert_eq!(heard.lead(cast.tenant, lead), happened.lead(cast.tenant, lead));
        }
        let burst = MachineVerdict::Suspected(MachineReason::Burst);
        prop_assert!(recorded(&heard, &cast).values().all(|(_, verdict)| *verdict != burst));
    }

    #[test]
    fn the_history_explains_the_score_when_machines_are_recognised_late(
        story in stories(Pace::Hectic)
    ) {
        let cast = cast();
        let heard = log_of(&cast, &story.deliveries(&cast));
        let happened = log_of(&cast, &one_by_one(story.in_order(&cast)));
        assert_explained(&heard, &cast);
        assert_explained(&happened, &cast);
        let verdicts = |log| {
            let recorded = recorded(log, &cast).into_iter();
            recorded.map(|(id, (_, verdict))| (id, verdict)).collect::<BTreeMap<_, _>>()
        };
        prop_assert_eq!(verdicts(&heard), verdicts(&happened), "each click is judged the same");
    }

    #[test]
    fn hearing_it_all_again_changes_nothing(story in stories(Pace::Hectic)) {
        let cast = cast();
        let deliveries = story.deliveries(&cast);
        let log = log_of(&cast, &deliveries);
        let all = || cast.leads.map(|lead| (log.lead(cast.tenant, lead), lines(&log, &cast, lead)));
        let before = all();
        for batch in deliveries.iter().rev() {
            let answers = log.append(batch, &decide).unwrap();
            prop_assert!(answers.iter().all(|answer| !answer.is_new));
        }
        prop_assert_eq!(all(), before);
    }
}
