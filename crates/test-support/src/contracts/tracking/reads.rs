use domain::scoring::ScoreReason;
use domain::tracking::{EngagementType, ReportKind};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{APPLY, HOME, arrival, click, mail, open, page_view, report};

/// Newest first, in pages that neither repeat nor leave out a line.
// B32
pub fn the_history_is_newest_first_and_read_page_by_page(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    // Several lines of one time, which only their ids tell apart.
    let opens: Vec<_> = (0..11)
        .map(|n| open(tenant, &mail(lead, n), i64::from(n / 4)))
        .collect();
    ports.append(&opens);
    let all = ports.lines(tenant, lead);
    assert_eq!(all.len(), 11);
    assert!(all.is_sorted_by_key(|line| std::cmp::Reverse((line.occurred_at, line.id))));

    let (mut read, mut before) = (Vec::new(), None);
    loop {
        let page = ports
            .history
            .score_history(tenant, lead, before, 3)
            .unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.occurred_at, last.id));
        read.extend(page);
    }
    assert_eq!(read, all);
}

/// A line names its rule, its engagement and its page, and the score before and after.
// B32, complaint 8
pub fn the_history_says_what_gave_the_points(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let first = open(tenant, &mail(lead, 1), 0);
    let second = click(tenant, &mail(lead, 1), 0, APPLY, 60);
    ports.append(&[first, second.clone()]);
    let line = ports.lines(tenant, lead).remove(0);
    assert_eq!(line.engagement, Some(second.id));
    assert_eq!(line.occurred_at, at(60));
    assert_eq!(
        (line.rule.as_str(), line.kind),
        ("重要ページへのクリック", Some(EngagementType::Click))
    );
    assert_eq!((line.points, line.old_score, line.new_score), (5, 1, 6));
    assert_eq!(
        (line.url.as_deref(), line.reason),
        (Some(APPLY), ScoreReason::Granted)
    );
}

/// Only the kinds asked for, newest first, in pages.
// A38, A50
pub fn the_timeline_shows_the_kinds_asked_for_page_by_page(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    for n in 0..4 {
        let mail = mail(lead, n);
        ports.append(&[
            report(tenant, &mail, ReportKind::Delivered, 0),
            open(tenant, &mail, 10),
            page_view(tenant, tid, HOME, 10),
        ]);
    }
    let kinds = [EngagementType::Open, EngagementType::PageView];
    let read = |before, limit| {
        let page = ports.timeline.timeline(tenant, lead, &kinds, before, limit);
        page.unwrap()
    };
    let all = read(None, 100);
    assert_eq!(all.len(), 8);
    assert!(all.iter().all(|entry| kinds.contains(&entry.kind)));
    assert!(all.is_sorted_by_key(|entry| std::cmp::Reverse((entry.occurred_at, entry.id))));
    let (mut paged, mut before) = (Vec::new(), None);
    loop {
        let page = read(before, 3);
        let Some(last) = page.last() else { break };
        before = Some((last.occurred_at, last.id));
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert_eq!(ports.entries(tenant, lead).len(), 1 + 12);
}

/// Each entry shows what it gave in the end, and by which rule.
// A50, complaint 8
pub fn the_timeline_shows_points_after_anything_taken_back(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (first, second) = (mail(lead, 1), mail(lead, 2));
    ports.append_one(&click(tenant, &first, 0, HOME, 0));
    ports.append_one(&click(tenant, &first, 1, HOME, 1));
    let tid = ports
        .append_one(&click(tenant, &second, 0, APPLY, 60))
        .tracking_id
        .unwrap();
    ports.append_one(&page_view(tenant, tid, APPLY, 61));
    ports.append_one(&page_view(tenant, tid, APPLY, 62));
    let entries = ports.entries(tenant, lead);
    let points: Vec<_> = entries.iter().map(|entry| entry.points).collect();
    assert_eq!(points, [0, 3, 5, 0, 0]);
    let rules: Vec<_> = entries
        .iter()
        .map(|entry| entry.rule.as_ref().map(|(_, name)| name.as_str()))
        .collect();
    let expected = [
        None,
        Some("重要ページの閲覧"),
        Some("重要ページへのクリック"),
        None,
        Some("メールのクリック"),
    ];
    assert_eq!(rules, expected);
    let page = &entries[0];
    assert_eq!(page.url.as_deref(), Some(APPLY));
    assert_eq!(page.title.as_deref(), Some("出願案内"));
    assert_eq!(
        (page.important, page.kind),
        (true, EngagementType::PageView)
    );
}

/// Neither another lead's nor another tenant's engagements are in it.
// C9
pub fn a_timeline_holds_the_leads_own_engagements_only(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other_tenant, other_lead) = ports.tenant_and_lead();
    let neighbour = ports.leads.add(tenant);
    let (mine, theirs) = (
        ports.identified(tenant, lead),
        ports.identified(tenant, neighbour),
    );
    ports.append(&[
        open(tenant, &mail(lead, 1), 0),
        open(tenant, &mail(neighbour, 1), 0),
        open(other_tenant, &mail(other_lead, 1), 0),
        arrival(tenant, theirs, mine, HOME, 5),
    ]);
    assert_eq!(ports.entries(tenant, lead).len(), 2);
    assert_eq!(ports.entries(tenant, neighbour).len(), 3);
    assert!(ports.entries(other_tenant, lead).is_empty());
    assert!(ports.lines(other_tenant, lead).is_empty());
    assert!(ports.entries(tenant, other_lead).is_empty());
}
