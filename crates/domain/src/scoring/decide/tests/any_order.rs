//! However a log hears of the same engagements, each gets the same verdict. (H3, H4, H6, H7)

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::tracking::{BURST_REACH, HONEYPOT_LINK, NetworkClass};

/// A log of one lead, as a storage keeps it.
#[derive(Default)]
struct Log {
    logged: BTreeMap<EngagementId, (Engagement, MachineVerdict)>,
    history: Vec<ScoreEntry>,
    scored: BTreeMap<OnceKey, EngagementId>,
}

impl Log {
    fn append(&mut self, batch: &[Engagement]) {
        let mut batch: Vec<&Engagement> = batch.iter().collect();
        batch.sort_by_key(|engagement| (engagement.occurred_at, engagement.id));
        let new: Vec<_> = batch
            .iter()
            .map(|engagement| NewEngagement {
                handed_over_at: hand_over_of(engagement),
                ..new(engagement)
            })
            .collect();
        let lead = LeadState {
            engagement_score: self.sum(),
            scored: self.scored.keys().copied().collect(),
            recent_clicks: self.recent_clicks(&batch),
            ..lead()
        };
        let change = decide(&policy(), &lead, &new);
        for engagement in batch {
            let entry = (engagement.clone(), engagement.verdict);
            self.logged.insert(engagement.id, entry);
        }
        self.apply(change);
    }

    fn apply(&mut self, change: LeadChange) {
        let logged = change.reclassified.into_iter().chain(change.restated);
        let logged = logged.map(|old| (old.click.id, old.verdict));
        for (id, verdict) in change.verdicts.into_iter().chain(logged) {
            self.logged.get_mut(&id).unwrap().1 = verdict;
        }
        self.scored.retain(|key, _| !change.released.contains(key));
        self.scored.extend(change.scored);
        self.history.extend(change.history);
    }

    fn recent_clicks(&self, new: &[&Engagement]) -> Vec<RecentClick> {
        let new: Vec<_> = new.iter().filter_map(|new| BurstClick::of(new)).collect();
        let near = |click: &BurstClick| {
            new.iter()
                .any(|other| other.send == click.send && (other.at - click.at).abs() <= BURST_REACH)
        };
        let recent = |(engagement, verdict): &(Engagement, MachineVerdict)| {
            let click = BurstClick::of(engagement).filter(near)?;
            Some(RecentClick {
                granted: self.granted(engagement),
                click,
                verdict: *verdict,
                url: None,
            })
        };
        self.logged.values().filter_map(recent).collect()
    }

    fn granted(&self, engagement: &Engagement) -> Option<Granted> {
        let mut history = self.history.iter();
        let line = history.find(|line| line.engagement == engagement.id)?;
        Some(Granted {
            rule: line.rule,
            rule_name: line.rule_name.clone(),
            points: line.points,
            once: OnceKey::of(engagement),
        })
    }

    fn sum(&self) -> i32 {
        self.history.iter().map(|line| line.points).sum()
    }

    fn verdicts(&self) -> BTreeMap<EngagementId, MachineVerdict> {
        let verdict =
            |(id, logged): (&EngagementId, &(Engagement, MachineVerdict))| (*id, logged.1);
        self.logged.iter().map(verdict).collect()
    }

    fn points_of_machines(&self) -> i32 {
        let by_machine = |line: &&ScoreEntry| !self.logged[&line.engagement].1.is_human();
        let machines = self.history.iter().filter(by_machine);
        machines.map(|line| line.points).sum()
    }
}

/// Mail 1 was handed over; of mail 2 nobody knows.
fn hand_over_of(engagement: &Engagement) -> Option<DateTime<Utc>> {
    let known = SendId::from_uuid(Uuid::from_u128(1));
    let mail = engagement.mail().filter(|mail| mail.send == known);
    mail.map(|_| at(0))
}

fn engagements() -> impl Strategy<Value = Engagement> {
    let links = select(vec![None, Some(0), Some(1), Some(2), Some(HONEYPOT_LINK)]);
    let class = select(NetworkClass::ALL.to_vec());
    let agent = select(vec!["Firefox", "Chrome", "GoogleImageProxy"]);
    let says_so = prop::bool::weighted(0.1);
    (links, 1..3_u128, 0..60_i64, class, agent, says_so).prop_map(
        |(link, send, seconds, class, agent, says_so)| {
            let mut engagement =
                link.map_or_else(|| open(seconds), |link| click(seconds, link, HOME));
            if let Action::Click { mail: of, .. } | Action::Open { mail: of } =
                &mut engagement.action
            {
                *of = mail(send);
            }
            engagement.client.class = class;
            engagement.client.user_agent = Some(agent.to_owned());
            if says_so {
                engagement.verdict = MachineVerdict::Certain(MachineReason::UserAgent);
            }
            engagement
        },
    )
}

/// Engagements in the order in which they are heard of, and the sizes of the batches.
fn tellings() -> impl Strategy<Value = (Vec<Engagement>, Vec<usize>)> {
    let shuffled = vec(engagements(), 1..20).prop_shuffle();
    (shuffled, vec(1..6_usize, 20))
}

fn told(mut rest: &[Engagement], sizes: impl IntoIterator<Item = usize>) -> Log {
    let mut log = Log::default();
    for size in sizes {
        let (batch, later) = rest.split_at(size.min(rest.len()));
        log.append(batch);
        rest = later;
    }
    assert!(rest.is_empty());
    log
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_order_and_no_batches_change_a_verdict((engagements, sizes) in tellings()) {
        let heard = told(&engagements, sizes);
        let mut in_order = engagements.clone();
        in_order.sort_by_key(|engagement| (engagement.occurred_at, engagement.id));
        let happened = told(&in_order, [1; 20]);
        let at_once = told(&engagements, [engagements.len()]);
        prop_assert_eq!(heard.verdicts(), happened.verdicts());
        prop_assert_eq!(heard.verdicts(), at_once.verdicts());
        for log in [heard, happened, at_once] {
            prop_assert_eq!(log.points_of_machines(), 0);
        }
    }
}
