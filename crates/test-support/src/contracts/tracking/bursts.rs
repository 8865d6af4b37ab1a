use std::cell::RefCell;

use chrono::TimeDelta;
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::scoring::{ScoreReason, decide};
use domain::tracking::{Appended, BURST_VIEW, Engagement, MachineVerdict};

use super::{BURST, TrackingPorts};
use crate::builders::tenancy::at;
use crate::builders::tracking::{APPLY, HOME, by_machine, click, mail, open};

fn ten_links(tenant: TenantId, lead: LeadId, second: i64) -> Vec<Engagement> {
    (0..10)
        .map(|link| click(tenant, &mail(lead, 1), link, HOME, second))
        .collect()
}

fn verdicts(ports: &TrackingPorts<'_>, tenant: TenantId, lead: LeadId) -> Vec<MachineVerdict> {
    let entries = ports.entries(tenant, lead);
    entries.iter().map(|entry| entry.verdict).collect()
}

/// All ten are recorded with the reason, and the lead is as it was.
// A18, complaint 1
pub fn ten_links_within_a_second_are_recorded_and_score_nothing(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let before = ports.lead(tenant, lead);
    let answers = ports.append(&ten_links(tenant, lead, 0));
    assert!(answers.iter().all(|answer| answer.verdict == BURST));
    assert!(answers.iter().all(|answer| answer.tracking_id.is_none()));
    assert_eq!(verdicts(ports, tenant, lead), [BURST; 10]);
    assert_eq!(ports.lead(tenant, lead), before);
    assert!(ports.lines(tenant, lead).is_empty());
}

/// The first link scored by itself; when the second shows a scanner, a line takes the points back.
// D5, complaint 1
pub fn points_given_before_a_burst_was_recognised_are_taken_back(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    for (engagement, n) in ten_links(tenant, lead, 0).iter().zip(0..) {
        let answer = ports.append_one(engagement);
        let expected = [MachineVerdict::None, BURST][usize::from(n > 0)];
        assert_eq!(answer.verdict, expected);
    }
    assert_eq!(ports.score(tenant, lead), 0);
    assert_eq!(verdicts(ports, tenant, lead), [BURST; 10]);
    let mut lines: Vec<_> = ports
        .lines(tenant, lead)
        .iter()
        .map(|line| (line.points, line.reason, line.old_score, line.new_score))
        .collect();
    lines.sort_unstable_by_key(|line| line.0);
    let expected = [
        (-3, ScoreReason::MachineRecognised, 3, 0),
        (3, ScoreReason::Granted, 0, 3),
    ];
    assert_eq!(lines, expected);
}

/// After the scanner has passed, a person's click of the same link scores, once.
// complaint 1
pub fn a_later_lone_click_scores_again(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    for engagement in &ten_links(tenant, lead, 0) {
        ports.append_one(engagement);
    }
    for second in [600, 700] {
        let answer = ports.append_one(&click(tenant, &mail(lead, 1), 0, HOME, second));
        assert_eq!(answer.verdict, MachineVerdict::None);
        assert!(answer.tracking_id.is_some());
    }
    assert_eq!(ports.score(tenant, lead), 3);
    let lead = ports.lead(tenant, lead);
    assert_eq!(lead.last_engaged_at, Some(at(700)));
}

/// Three links from three clients within ten seconds of the middle one: in whatever order they
/// come, the middle one is a machine's.
// complaint 1
pub fn a_burst_is_recognised_whichever_click_comes_last(ports: &TrackingPorts<'_>) {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        let (tenant, lead) = ports.tenant_and_lead();
        let clicks = [0, 1, 2].map(|link| {
            let mut click = click(tenant, &mail(lead, 1), link, HOME, i64::from(link) * 9);
            click.client.user_agent = Some(format!("browser {link}"));
            click
        });
        for n in order {
            ports.append_one(&clicks[n]);
        }
        let expected = [MachineVerdict::None, BURST, MachineVerdict::None];
        assert_eq!(verdicts(ports, tenant, lead), expected, "{order:?}");
        assert_eq!(ports.score(tenant, lead), 6, "{order:?}");
    }
}

/// What a program did is recorded as that; it neither scores nor engages the lead.
// A18, A24, complaint 3
pub fn a_machine_scores_nothing_and_is_given_no_visitor_id(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let before = ports.lead(tenant, lead);
    let mail = mail(lead, 1);
    let scanned = [
        by_machine(click(tenant, &mail, 0, APPLY, 0)),
        by_machine(open(tenant, &mail, 0)),
    ];
    for answer in ports.append(&scanned) {
        assert!(answer.is_new);
        assert_eq!(answer.verdict, scanned[0].verdict);
        assert_eq!((answer.lead, answer.tracking_id), (Some(lead), None));
    }
    assert_eq!(ports.lead(tenant, lead), before);
    assert_eq!(verdicts(ports, tenant, lead), [scanned[0].verdict; 2]);
    ports.append_one(&click(tenant, &mail, 0, APPLY, 60));
    assert_eq!(ports.score(tenant, lead), 5, "a person may still score");
}

/// A batch may hold clicks of several mails and hours: each finds the logged ones around it, and no
/// others.
// H4, complaint 1
pub fn each_burst_of_a_batch_is_seen_by_itself(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let click = |number, link, second| click(tenant, &mail(lead, number), link, HOME, second);
    for (mail, link, second) in [(1, 0, 0), (1, 0, 1000), (1, 5, 3000), (2, 0, 0)] {
        ports.append_one(&click(mail, link, second));
    }
    let answers = ports.append(&[click(1, 1, 1), click(1, 2, 1002), click(2, 1, 30)]);
    let found: Vec<_> = answers.iter().map(|answer| answer.verdict).collect();
    assert_eq!(found, [BURST, BURST, MachineVerdict::None]);
    // Newest first: the lone click of the first mail is a person's, as are both of the second.
    let humans: Vec<_> = verdicts(ports, tenant, lead)
        .iter()
        .map(|verdict| verdict.is_human())
        .collect();
    assert_eq!(humans[..4], [true, false, false, true]);
    assert_eq!(humans.iter().filter(|is_human| !**is_human).count(), 4);
    assert_eq!(ports.score(tenant, lead), 3 + 3 + 3);
}

/// Appends the batch, and says which logged clicks were in view.
fn append_seeing(
    ports: &TrackingPorts<'_>,
    batch: &[Engagement],
) -> (Vec<Appended>, Vec<EngagementId>) {
    let seen = RefCell::new(Vec::new());
    let answers = ports.log.append(batch, &|policy, lead, new| {
        let recent = lead.recent_clicks.iter().map(|recent| recent.click.id);
        seen.borrow_mut().extend(recent);
        decide(policy, lead, new)
    });
    let mut seen = seen.into_inner();
    seen.sort_unstable();
    (answers.unwrap(), seen)
}

/// Whoever has a mail can send thousands of clicks on its link: each batch looks at the newest of the
/// log only, all are recorded, and a burst among the newest is still one.
// H4, complaint 1
pub fn a_flood_of_clicks_on_one_mail_is_looked_at_from_its_end(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let click_at = |link, millis| {
        let mut click = click(tenant, &mail(lead, 1), link, HOME, 0);
        click.occurred_at += TimeDelta::milliseconds(millis);
        click
    };
    let flood: Vec<Engagement> = (0..3_000).map(|n| click_at(0, n * 20)).collect();
    for (batch, before) in flood.chunks(500).zip((0_usize..).step_by(500)) {
        let (answers, seen) = append_seeing(ports, batch);
        assert!(answers.iter().all(|answer| answer.is_new));
        assert!(answers.iter().all(|answer| answer.verdict.is_human()));
        let newest = &flood[before.saturating_sub(BURST_VIEW)..before];
        let mut expected: Vec<_> = newest.iter().map(|click| click.id).collect();
        expected.sort_unstable();
        assert_eq!(seen, expected);
    }
    assert_eq!(ports.points(tenant, lead), [3]);
    let (answers, seen) = append_seeing(ports, &[click_at(1, 60_000)]);
    assert_eq!((answers[0].verdict, seen.len()), (BURST, BURST_VIEW));
}
