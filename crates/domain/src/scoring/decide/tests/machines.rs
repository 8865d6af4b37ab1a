//! What becomes of engagements that are a machine's. (H3, H4, H6, H7, H8)

use super::*;
use crate::tracking::{HONEYPOT_LINK, NetworkClass};

#[test]
fn a_machine_scores_nothing_and_gets_no_visitor_id() {
    let mut scanned = click(0, 0, HOME);
    scanned.verdict = MachineVerdict::Certain(MachineReason::UserAgent);
    let change = decided(&lead(), &[scanned]);
    assert_eq!(change, LeadChange::default());
}

#[test]
fn ten_links_in_one_second_score_nothing_and_a_later_click_does() {
    // H4, A18
    let burst: Vec<_> = (0..10).map(|link| click(0, link, HOME)).collect();
    let change = decided(&lead(), &burst);
    assert_eq!(change.score, 0);
    assert_eq!(change.verdicts.len(), 10);
    let with_person = [burst.as_slice(), &[click(120, 4, HOME)]].concat();
    assert_eq!(decided(&lead(), &with_person).score, 3);
}

fn recent(first: &Engagement) -> RecentClick {
    RecentClick {
        click: BurstClick::of(first).unwrap(),
        verdict: MachineVerdict::None,
        url: None,
        granted: Some(Granted {
            rule: None,
            rule_name: "click".to_owned(),
            points: 3,
            once: OnceKey::of(first),
        }),
    }
}

#[test]
fn points_given_before_a_burst_was_recognised_are_taken_back() {
    let first = click(0, 0, HOME);
    let lead = LeadState {
        engagement_score: 3,
        recent_clicks: vec![recent(&first)],
        ..lead()
    };
    let change = decided(&lead, &[click(1, 1, HOME)]);
    assert_eq!(change.score, 0);
    assert_eq!(change.history.len(), 1);
    assert_eq!(change.history[0].points, -3);
    assert_eq!(change.history[0].reason, ScoreReason::MachineRecognised);
    assert_eq!(change.released, Vec::from_iter(OnceKey::of(&first)));
    assert_eq!(change.reclassified.len(), 1);
}

#[test]
fn a_click_taken_back_once_is_not_taken_back_again() {
    let mut taken = recent(&click(0, 0, HOME));
    taken.verdict = MachineVerdict::Suspected(MachineReason::Burst);
    let lead = LeadState {
        recent_clicks: vec![taken],
        ..lead()
    };
    let change = decided(&lead, &[click(1, 1, HOME)]);
    assert!(change.history.is_empty() && change.reclassified.is_empty());
}

fn suspected(reason: MachineReason) -> MachineVerdict {
    MachineVerdict::Suspected(reason)
}

/// The verdict on one engagement of a mail that was handed over at [`at`]`(0)`.
fn verdict_after_hand_over(engagement: &Engagement) -> MachineVerdict {
    let new = NewEngagement {
        handed_over_at: Some(at(0)),
        ..new(engagement)
    };
    let change = decide(&policy(), &lead(), &[new]);
    let verdict = change.verdicts.get(&engagement.id).copied();
    let verdict = verdict.unwrap_or(engagement.verdict);
    assert_eq!(change.score == 0, !verdict.is_human());
    verdict
}

fn from(class: NetworkClass, engagement: Engagement) -> Engagement {
    let client = Client {
        class,
        ..Client::default()
    };
    Engagement {
        client,
        ..engagement
    }
}

#[test]
fn a_vendor_of_mail_security_is_suspected_for_ten_minutes() {
    // H6
    let scanner = suspected(MachineReason::SecurityVendor);
    for (seconds, verdict) in [
        (-2, scanner),
        (0, scanner),
        (600, scanner),
        (601, MachineVerdict::None),
    ] {
        for engagement in [click(seconds, 0, HOME), open(seconds)] {
            let engagement = from(NetworkClass::SecurityVendor, engagement);
            assert_eq!(verdict_after_hand_over(&engagement), verdict, "{seconds}");
        }
    }
}

#[test]
fn a_quick_click_from_a_computing_centre_is_suspected() {
    // H7, H8
    let quick = suspected(MachineReason::QuickCloud);
    for (seconds, verdict) in [(0, quick), (30, quick), (31, MachineVerdict::None)] {
        let click = from(NetworkClass::Cloud, click(seconds, 0, HOME));
        assert_eq!(verdict_after_hand_over(&click), verdict, "{seconds}");
    }
}

#[test]
fn neither_haste_nor_a_computing_centre_alone_is_a_sign() {
    // H7, H8: a person who waits for a mail; a person behind a gateway; an open, ever.
    for person in [
        click(1, 0, HOME),
        from(NetworkClass::Cloud, click(3600, 0, HOME)),
        from(NetworkClass::Cloud, open(1)),
        from(NetworkClass::Apple, click(1, 0, HOME)),
    ] {
        assert_eq!(verdict_after_hand_over(&person), MachineVerdict::None);
    }
}

#[test]
fn without_the_time_of_the_hand_over_nobody_is_suspected() {
    // H6, H7: the report that the provider took the mail may be late.
    for class in [NetworkClass::SecurityVendor, NetworkClass::Cloud] {
        let change = decided(&lead(), &[from(class, click(0, 0, HOME))]);
        assert_eq!((change.score, change.verdicts.len()), (3, 0));
    }
}

#[test]
fn gmails_proxy_is_a_person_but_for_the_first_ten_seconds() {
    let prefetch = suspected(MachineReason::ImagePrefetch);
    for (seconds, verdict) in [(0, prefetch), (10, prefetch), (11, MachineVerdict::None)] {
        let mut open = open(seconds);
        open.client.user_agent = Some("Mozilla/5.0 (via ggpht.com GoogleImageProxy)".to_owned());
        assert_eq!(verdict_after_hand_over(&open), verdict, "{seconds}");
    }
}

#[test]
fn the_honeypot_catches_itself_and_the_clicks_around_it() {
    // H3
    let clicks = [
        click(-11, 0, HOME),
        click(-10, 1, HOME),
        click(0, HONEYPOT_LINK, HOME),
        click(10, 2, HOME),
        click(30, 3, HOME),
    ];
    let change = decided(&lead(), &clicks);
    let near = suspected(MachineReason::Honeypot);
    let caught = MachineVerdict::Certain(MachineReason::Honeypot);
    let found = [1, 2, 3].map(|n| change.verdicts[&clicks[n].id]);
    assert_eq!(found, [near, caught, near]);
    assert_eq!((change.verdicts.len(), change.score), (4, 3));
    let burst = suspected(MachineReason::Burst);
    assert_eq!(change.verdicts[&clicks[0].id], burst, "beside link 1");
}

#[test]
fn points_given_before_the_honeypot_was_hit_are_taken_back() {
    // H3
    let first = click(0, 0, HOME);
    let lead = LeadState {
        engagement_score: 3,
        recent_clicks: vec![recent(&first)],
        ..lead()
    };
    let change = decided(&lead, &[click(8, HONEYPOT_LINK, HOME)]);
    assert_eq!((change.score, change.history[0].points), (0, -3));
    let verdict = change.reclassified[0].verdict;
    assert_eq!(verdict, suspected(MachineReason::Honeypot));
}

#[test]
fn a_burst_gives_way_to_the_honeypot_without_being_counted_again() {
    // H3, H4
    let mut logged = recent(&click(0, 0, HOME));
    logged.verdict = suspected(MachineReason::Burst);
    let lead = LeadState {
        recent_clicks: vec![logged],
        ..lead()
    };
    let change = decided(&lead, &[click(8, HONEYPOT_LINK, HOME)]);
    assert!(change.history.is_empty() && change.reclassified.is_empty());
    let restated: Vec<_> = change.restated.iter().map(|old| old.verdict).collect();
    assert_eq!(restated, [suspected(MachineReason::Honeypot)]);
}
