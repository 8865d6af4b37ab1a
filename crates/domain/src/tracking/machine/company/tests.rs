use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::*;
use crate::ids::{LeadId, TenantId};
use crate::tracking::{Client, MachineVerdict, MailRef, PageUrl, VisitorId};

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap()
}

fn send(number: u128) -> SendId {
    SendId::from_uuid(Uuid::from_u128(number))
}

/// Times that often lie exactly as far apart as a rule says.
fn times() -> impl Strategy<Value = i64> {
    prop_oneof![0..60_000_i64, (0..24_i64).prop_map(|n| n * 2_500)]
}

fn clicks() -> impl Strategy<Value = Vec<BurstClick>> {
    let links = select(vec![0, 1, 2, 3, HONEYPOT_LINK]);
    let sources = select(vec!["a", "b", "c"]);
    vec((1..3_u128, links, sources, times()), 0..30).prop_map(|all| {
        let click = |((mail, link_index, source, millis), id)| BurstClick {
            id: EngagementId::from_uuid(Uuid::from_u128(id)),
            send: send(mail),
            link_index,
            at: at(millis),
            source: str::to_owned(source),
        };
        all.into_iter().zip(1..).map(click).collect()
    })
}

/// The rules as they read: each click against all others.
fn by_definition(clicks: &[BurstClick]) -> BTreeMap<EngagementId, MachineReason> {
    let reason = |click: &BurstClick| {
        let near = |within: Duration| {
            clicks.iter().filter(move |other| {
                other.send == click.send && (other.at - click.at).abs() <= within
            })
        };
        if near(HONEYPOT_COMPANY).any(|other| other.link_index == HONEYPOT_LINK) {
            return Some(MachineReason::Honeypot);
        }
        let same_source = near(SAME_SOURCE)
            .any(|other| other.source == click.source && other.link_index != click.link_index);
        let links: BTreeSet<u16> = near(ANY_SOURCE).map(|other| other.link_index).collect();
        (same_source || links.len() >= 3).then_some(MachineReason::Burst)
    };
    clicks
        .iter()
        .filter_map(|click| Some((click.id, reason(click)?)))
        .collect()
}

fn engagement((mail, millis): (u128, i64)) -> Engagement {
    let mail = MailRef {
        send: send(mail),
        lead: LeadId::from_uuid(Uuid::from_u128(1)),
        queued_at: at(0),
        source: None,
        event: None,
    };
    Engagement {
        id: EngagementId::new(),
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        occurred_at: at(millis),
        received_at: at(millis),
        action: Action::Click {
            mail,
            link_index: 0,
            target: PageUrl::parse("https://school.example/").unwrap(),
            candidate: VisitorId::from_random_bytes([5; 16]),
        },
        client: Client::default(),
        verdict: MachineVerdict::None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // H3, H4
    #[test]
    fn going_through_in_order_finds_what_the_rules_say(clicks in clicks()) {
        prop_assert_eq!(by_company(&clicks), by_definition(&clicks));
    }

    #[test]
    fn a_moment_near_a_new_click_is_in_one_window_and_any_other_in_none(
        new in vec((1..3_u128, (0..40_i64).prop_map(|n| n * 5_000)), 0..12),
        mail in 1..3_u128,
        millis in (-5..45_i64).prop_map(|n| n * 5_000),
    ) {
        let engagements: Vec<Engagement> = new.iter().copied().map(engagement).collect();
        let windows = burst_windows(&engagements);
        let is_near = new.iter().any(|(of, other)| {
            *of == mail && (at(*other) - at(millis)).abs() <= BURST_REACH
        });
        let holds = |window: &&BurstWindow| {
            window.send == send(mail) && (window.from..=window.to).contains(&at(millis))
        };
        prop_assert_eq!(windows.iter().filter(holds).count(), usize::from(is_near));
    }
}
