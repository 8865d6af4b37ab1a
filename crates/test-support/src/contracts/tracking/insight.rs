use chrono::TimeDelta;
use domain::leads::{Activity, AsOf};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{APPLY, HOME, by_machine, click, mail, open, page_view};

const DAY: i64 = 86_400;

/// What people did in seven days counts, today included; machines and older things do not.
// A38
pub fn activity_counts_what_people_did_in_seven_days(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    ports.append_one(&page_view(tenant, tid, HOME, -7 * DAY));
    ports.append_one(&page_view(tenant, tid, HOME, -6 * DAY));
    ports.append_one(&open(tenant, &mail(lead, 1), 0));
    ports.append_one(&page_view(tenant, tid, HOME, 1));
    ports.append_one(&page_view(tenant, tid, APPLY, 2));
    ports.append_one(&by_machine(click(tenant, &mail(lead, 1), 0, HOME, 3)));
    let as_of = AsOf::new(at(60), chrono_tz::Asia::Tokyo);
    let activity = |tenant, lead| ports.insight.activity(tenant, lead, as_of).unwrap();
    let week = Activity {
        opens: 1,
        clicks: 1,
        page_views: 3,
        important_page_views: 1,
        sessions: 2,
    };
    assert_eq!(activity(tenant, lead), week);
    let other = ports.leads.add(tenant);
    assert_eq!(activity(tenant, other), Activity::default());
    let stranger = ports.leads.tenant();
    assert_eq!(activity(stranger, lead), Activity::default());
}

/// Each important page once with its views, the latest first, none from before.
// A50
pub fn important_views_name_each_page_once(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    let entry = "https://school.example/apply/entry";
    ports.append_one(&page_view(tenant, tid, APPLY, -40 * DAY));
    ports.append_one(&page_view(tenant, tid, APPLY, 0));
    ports.append_one(&page_view(tenant, tid, entry, 60));
    ports.append_one(&page_view(tenant, tid, APPLY, 120));
    ports.append_one(&page_view(tenant, tid, HOME, 180));
    let since = at(0) - TimeDelta::days(30);
    let views = |limit| {
        let views = ports.insight.important_views(tenant, lead, since, limit);
        views.unwrap()
    };
    let found: Vec<_> = views(9)
        .into_iter()
        .map(|view| (view.url, view.views, view.last_at))
        .collect();
    let expected = [
        (APPLY.to_owned(), 2, at(120)),
        (entry.to_owned(), 1, at(60)),
    ];
    assert_eq!(found, expected);
    assert_eq!(views(1)[0].title.as_deref(), Some("出願案内"));
    assert_eq!(views(1).len(), 1);
}

/// The same rule for the same page is one cause; the strongest comes first.
// A48
pub fn the_strongest_causes_of_a_score_come_first(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    ports.identified(tenant, lead);
    ports.append_one(&open(tenant, &mail(lead, 1), 0));
    ports.append_one(&click(tenant, &mail(lead, 1), 0, HOME, 60));
    ports.append_one(&click(tenant, &mail(lead, 1), 1, APPLY, 120));
    let quiet = ports.leads.add(tenant);
    let causes = |tenant, each| {
        let leads = [lead, quiet];
        ports.insight.score_causes(tenant, &leads, each).unwrap()
    };
    let mut found = causes(tenant, 2);
    let strongest: Vec<_> = found
        .remove(&lead)
        .unwrap()
        .into_iter()
        .map(|cause| (cause.url, cause.points, cause.times))
        .collect();
    let expected = [
        (Some(HOME.to_owned()), 6, 2),
        (Some(APPLY.to_owned()), 5, 1),
    ];
    assert_eq!(strongest, expected);
    assert!(found.is_empty(), "a lead without points has no causes");
    assert_eq!(causes(tenant, 9)[&lead].len(), 3);
    assert!(causes(ports.leads.tenant(), 9).is_empty());
}

/// Points that were taken back are no cause.
pub fn what_was_taken_back_is_no_cause(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    for link in 0..4 {
        ports.append_one(&click(tenant, &mail(lead, 1), link, HOME, i64::from(link)));
    }
    assert_eq!(ports.score(tenant, lead), 0);
    let causes = ports.insight.score_causes(tenant, &[lead], 9).unwrap();
    assert!(causes.is_empty(), "{causes:?}");
}
