use domain::ids::{LeadId, TenantId};
use domain::tracking::{Engagement, JOINED_HISTORY, JOINED_PAGE_VIEWS, VisitorId};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{APPLY, HOME, arrival, click, mail, page_view, visitor};

/// The first click of a person issues the lead's visitor id, once; page views with it are the lead's.
// A28, A30, A64
pub fn a_click_issues_a_visitor_id_that_brings_page_views_to_the_lead(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let mail = mail(lead, 1);
    let issued = ports.append_one(&click(tenant, &mail, 0, HOME, 0));
    let tid = issued.tracking_id.unwrap();
    assert_eq!(ports.lead(tenant, lead).tracking_id, Some(tid));

    let later = ports.append_one(&click(tenant, &mail, 1, HOME, 60));
    assert_eq!(later.tracking_id, Some(tid), "issued once");

    let seen = ports.append_one(&page_view(tenant, tid, HOME, 61));
    assert_eq!((seen.lead, seen.tracking_id), (Some(lead), Some(tid)));
    assert_eq!(ports.score(tenant, lead), 3 + 3 + 1);
    assert_eq!(ports.entries(tenant, lead).len(), 3);
}

/// A visitor id that was never issued is nobody's; the page view is kept all the same.
// D15
pub fn an_unknown_visitor_is_stored_as_a_stranger(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let before = ports.lead(tenant, lead);
    let view = page_view(tenant, visitor(), APPLY, 0);
    let answer = ports.append_one(&view);
    assert!(answer.is_new);
    assert_eq!((answer.lead, answer.tracking_id), (None, None));
    assert!(!ports.append_one(&view).is_new);
    assert_eq!(ports.lead(tenant, lead), before);
}

/// A visitor id means something to the tenant that issued it only.
// C9
pub fn a_visitor_of_another_tenant_is_a_stranger(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other, _) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    let before = ports.lead(tenant, lead);
    assert_eq!(ports.append_one(&page_view(other, tid, HOME, 0)).lead, None);
    let joins = arrival(other, tid, tid, HOME, 1);
    assert_eq!(ports.append_one(&joins).lead, None);
    assert_eq!(ports.lead(tenant, lead), before);
}

/// A lead with a visitor id, and a stranger with three page views of two pages.
fn lead_and_stranger(ports: &TrackingPorts<'_>) -> (TenantId, LeadId, VisitorId, VisitorId) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    ports.append(&[
        page_view(tenant, stranger, HOME, -900),
        page_view(tenant, stranger, HOME, -890),
    ]);
    ports.append(&[page_view(tenant, stranger, APPLY, -800)]);
    (tenant, lead, tid, stranger)
}

/// A stranger who arrives through a mail is that lead: what it did before joins and scores.
// D15, complaint 6
pub fn a_strangers_history_joins_the_lead_it_turns_out_to_be(ports: &TrackingPorts<'_>) {
    let (tenant, lead, tid, stranger) = lead_and_stranger(ports);
    assert_eq!(ports.score(tenant, lead), 3);
    let answer = ports.append_one(&arrival(tenant, tid, stranger, HOME, 5));
    assert_eq!(answer.lead, Some(lead));
    // The click, 1 for the page before and 3 for the important one, 1 for the page on arrival.
    assert_eq!(ports.score(tenant, lead), 3 + 1 + 3 + 1);
    let times: Vec<_> = ports
        .entries(tenant, lead)
        .iter()
        .map(|entry| entry.occurred_at)
        .collect();
    assert_eq!(times, [5, -800, -890, -900, -86_400].map(at));
    let later = ports.append_one(&page_view(tenant, stranger, HOME, 7200));
    assert_eq!(later.lead, Some(lead), "the browser is the lead's now");
}

/// What a browser did longer ago than a quarter of a year before the arrival stays a stranger's.
// D15
pub fn history_from_long_ago_does_not_join(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    let earliest = 5 - JOINED_HISTORY.num_seconds();
    ports.append(&[earliest - 1, earliest].map(|time| page_view(tenant, stranger, HOME, time)));
    ports.append_one(&arrival(tenant, tid, stranger, HOME, 5));
    let entries = ports.entries(tenant, lead);
    let times: Vec<_> = entries.iter().map(|entry| entry.occurred_at).collect();
    assert_eq!(times, [5, -86_400, earliest].map(at));
    assert_eq!(ports.score(tenant, lead), 1 + 3 + 1);
}

/// A screen that shows the site anew all day and then opens a mail's link: only its newest page views
/// join.
// D15
pub fn the_newest_page_views_of_a_busy_browser_join(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    let views: Vec<Engagement> = (-10_000..)
        .take(JOINED_PAGE_VIEWS + 2)
        .map(|time| page_view(tenant, stranger, HOME, time))
        .collect();
    ports.append(&views);
    ports.append_one(&arrival(tenant, tid, stranger, HOME, 5));
    let entries = ports.timeline.timeline(tenant, lead, &[], None, 2_000);
    let ids: Vec<_> = entries.unwrap().iter().map(|entry| entry.id).collect();
    let joined: Vec<_> = views[2..].iter().rev().map(|view| view.id).collect();
    assert_eq!(ids[1..=JOINED_PAGE_VIEWS], joined);
    assert_eq!(ids.len(), 1 + JOINED_PAGE_VIEWS + 1);
}

/// What joined has joined: nothing of it scores a second time.
// D15, complaint 8
pub fn a_strangers_history_joins_once(ports: &TrackingPorts<'_>) {
    let (tenant, lead, tid, stranger) = lead_and_stranger(ports);
    let first = arrival(tenant, tid, stranger, HOME, 5);
    ports.append_one(&first);
    let (before, lines) = (ports.lead(tenant, lead), ports.lines(tenant, lead));
    ports.append_one(&first);
    let again = arrival(tenant, tid, stranger, HOME, 10);
    ports.append(&[again.clone(), again]);
    assert_eq!(ports.lead(tenant, lead).score, before.score);
    assert_eq!(ports.lines(tenant, lead), lines);
}

/// Page view and arrival may come in one batch, in any order.
// D15
pub fn a_strangers_page_views_of_the_same_batch_join(ports: &TrackingPorts<'_>) {
    for arrives_first in [false, true] {
        let (tenant, lead) = ports.tenant_and_lead();
        let (tid, stranger) = (ports.identified(tenant, lead), visitor());
        let mut batch = [
            page_view(tenant, stranger, APPLY, 0),
            arrival(tenant, tid, stranger, HOME, 60),
        ];
        if arrives_first {
            batch.reverse();
        }
        let answers = ports.append(&batch);
        assert!(answers.iter().all(|answer| answer.lead == Some(lead)));
        assert_eq!(ports.points(tenant, lead), [1, 3, 3]);
    }
}

/// A page view that was kept in the spool while the browser became a lead's is that lead's.
// D15
pub fn a_strangers_page_view_that_is_late_belongs_to_the_lead(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, stranger) = (ports.identified(tenant, lead), visitor());
    ports.append_one(&arrival(tenant, tid, stranger, HOME, 60));
    let late = ports.append_one(&page_view(tenant, stranger, APPLY, 0));
    assert_eq!(late.lead, Some(lead));
    assert_eq!(ports.points(tenant, lead), [1, 3, 3]);
}

/// A browser of one lead that follows the link of another's mail begins anew: nothing moves.
// D15, complaint 6
pub fn a_forwarded_mail_moves_no_history(ports: &TrackingPorts<'_>) {
    let (tenant, first) = ports.tenant_and_lead();
    let second = ports.leads.add(tenant);
    let (first_tid, second_tid) = (
        ports.identified(tenant, first),
        ports.identified(tenant, second),
    );
    ports.append_one(&page_view(tenant, first_tid, APPLY, 0));
    let (before, timeline) = (ports.lead(tenant, first), ports.entries(tenant, first));

    let answer = ports.append_one(&arrival(tenant, second_tid, first_tid, HOME, 60));
    assert_eq!(answer.lead, Some(second));
    assert_eq!(ports.lead(tenant, first), before);
    assert_eq!(ports.entries(tenant, first), timeline);
    assert_eq!(ports.points(tenant, second), [1, 3]);
    assert_eq!(ports.lead(tenant, second).tracking_id, Some(second_tid));
    let own = ports.append_one(&page_view(tenant, first_tid, HOME, 7200));
    assert_eq!(own.lead, Some(first), "the first binding stays");
}

/// A stranger's browser that became one lead's stays it, whoever's mail it opens later.
// D15, complaint 6
pub fn two_identified_leads_never_merge(ports: &TrackingPorts<'_>) {
    let (tenant, first, first_tid, stranger) = lead_and_stranger(ports);
    let second = ports.leads.add(tenant);
    let second_tid = ports.identified(tenant, second);
    ports.append_one(&arrival(tenant, first_tid, stranger, HOME, 5));
    let before = ports.entries(tenant, first);
    for earlier in [stranger, first_tid] {
        ports.append_one(&arrival(tenant, second_tid, earlier, HOME, 60));
        ports.append_one(&arrival(tenant, first_tid, second_tid, HOME, 70));
    }
    let entries = ports.entries(tenant, first);
    assert_eq!(entries[entries.len() - before.len()..], before);
    assert_eq!(entries.len(), before.len() + 2);
    assert_eq!(ports.entries(tenant, second).len(), 1 + 2);
    let ids = [first, second].map(|lead| ports.lead(tenant, lead).tracking_id);
    assert_eq!(ids, [Some(first_tid), Some(second_tid)]);
}
