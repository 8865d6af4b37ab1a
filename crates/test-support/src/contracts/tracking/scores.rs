use domain::scoring::Band;

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{
    APPLY, HOME, arrival, click, important_page, mail, open, page_view, visitor,
};

/// An open is worth 1, a click 3, a page view 1.
// A39, A40, A41, A63, A64
pub fn each_kind_scores_by_its_rule(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    assert_eq!(ports.points(tenant, lead), [3]);
    ports.append_one(&open(tenant, &mail(lead, 1), 0));
    ports.append_one(&page_view(tenant, tid, HOME, 1));
    assert_eq!(ports.points(tenant, lead), [1, 1, 3]);
}

/// The same link of a mail, and the same mail's open, score once; all of it is recorded.
// D8, complaint 8
pub fn repeated_clicks_and_opens_score_once(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (first, second) = (mail(lead, 1), mail(lead, 2));
    for day in 0..3 {
        ports.append(&[
            open(tenant, &first, day * 86_400),
            open(tenant, &first, day * 86_400 + 1),
            click(tenant, &first, 0, HOME, day * 86_400 + 2),
        ]);
        ports.append_one(&click(tenant, &first, 0, HOME, day * 86_400 + 3));
    }
    assert_eq!(ports.score(tenant, lead), 1 + 3);
    assert_eq!(ports.entries(tenant, lead).len(), 12);
    ports.append(&[
        open(tenant, &second, 0),
        click(tenant, &second, 0, HOME, 60),
        click(tenant, &first, 1, HOME, 60),
    ]);
    assert_eq!(ports.score(tenant, lead), 4 + 1 + 3 + 3);
}

/// A page scores once for each lead in each half hour of the clock.
// D8
pub fn a_page_scores_once_in_half_an_hour(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    for second in [0, 1, 1799] {
        ports.append_one(&page_view(tenant, tid, HOME, second));
    }
    ports.append_one(&page_view(
        tenant,
        tid,
        "https://school.example/?page=2",
        60,
    ));
    assert_eq!(ports.score(tenant, lead), 3 + 1);
    ports.append_one(&page_view(tenant, tid, HOME, 1800));
    ports.append_one(&page_view(tenant, tid, "https://school.example/map", 0));
    assert_eq!(ports.score(tenant, lead), 3 + 3);
}

/// A click to an important page is worth 5 instead of 3, its view 3 instead of 1.
// A42, A43, A45, D4
pub fn an_important_page_replaces_the_plain_rule(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let clicked = click(tenant, &mail(lead, 1), 0, APPLY, 0);
    let tid = ports.append_one(&clicked).tracking_id.unwrap();
    // 入試, percent-encoded as browsers send it; then a fragment that is in query and host only.
    let exam = "https://school.example/%E5%85%A5%E8%A9%A6/2027";
    let not_important = "https://apply.example/?next=/apply";
    ports.append_one(&page_view(tenant, tid, exam, 60));
    ports.append_one(&page_view(tenant, tid, not_important, 70));
    assert_eq!(ports.points(tenant, lead), [1, 3, 5]);
    let important: Vec<_> = ports
        .entries(tenant, lead)
        .iter()
        .map(|entry| entry.important)
        .collect();
    assert_eq!(important, [false, true, true]);
}

/// A change of the list judges what comes after it, also for what joins a lead later.
// A45, D15
pub fn what_was_important_when_it_happened_stays_so(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    let page = "https://school.example/open-campus";
    ports.append_one(&page_view(tenant, stranger, page, -900));
    let added = important_page("/open-campus");
    ports
        .important_pages
        .add_important_page(tenant, &added, at(0))
        .unwrap();
    let arrives = arrival(tenant, tid, stranger, page, 5);
    ports.append_one(&arrives);
    assert_eq!(ports.points(tenant, lead), [3, 1, 3]);
}

/// With its score a lead's band, last engagement and last click move.
// A7, A8, A46, A47
pub fn every_score_moves_band_and_last_engagement(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let mail = mail(lead, 1);
    let steps = [
        (open(tenant, &mail, 0), 1, Band::Cold, 0),
        (click(tenant, &mail, 0, HOME, 60), 4, Band::Warm, 60),
        (click(tenant, &mail, 1, APPLY, 30), 9, Band::Hot, 60),
        (open(tenant, &mail, 90), 9, Band::Hot, 90),
    ];
    for (engagement, score, band, seconds) in steps {
        ports.append_one(&engagement);
        let lead = ports.lead(tenant, lead);
        assert_eq!((lead.score, lead.engagement_score), (score, score));
        assert_eq!(lead.band, band);
        assert_eq!(lead.last_engaged_at, Some(at(seconds)));
    }
    let last_click = ports.lead(tenant, lead).last_click;
    assert_eq!(last_click, Some((at(60), HOME.to_owned())));
}

/// Every point is a line of the history.
// D5, complaint 8
pub fn the_sum_of_the_history_is_the_score(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    for n in 0..6 {
        let mail = mail(lead, n);
        let seconds = i64::from(n) * 5;
        ports.append(&[
            open(tenant, &mail, seconds),
            click(tenant, &mail, 0, APPLY, seconds),
            page_view(tenant, stranger, APPLY, seconds),
        ]);
        ports.append_one(&click(tenant, &mail, u16::from(n % 3), HOME, seconds + 2));
    }
    ports.append_one(&arrival(tenant, tid, stranger, HOME, 60));
    let lines = ports.lines(tenant, lead);
    let sum: i32 = lines.iter().map(|line| line.points).sum();
    assert_eq!(sum, ports.lead(tenant, lead).engagement_score);
    assert!(lines.iter().any(|line| line.points < 0));
    let mut ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), lines.len());
}
