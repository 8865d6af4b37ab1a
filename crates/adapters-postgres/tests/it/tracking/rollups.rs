//! Roll-ups: what the screens read, by the tenant's days. (A38, C15)

use domain::tracking::{Engagement, ReportKind, Subject};
use test_support::builders::tracking::{
    APPLY, HOME, arrival, by_machine, click, custom, mail, open, page_view, report, visitor,
};

use super::World;

/// 2026-11-21 09:30 in Tokyo is second 0: 00:30 of the 21st there is nine hours before.
const MIDNIGHT: i64 = -(9 * 60 + 30) * 60;

const ENGAGEMENT: &str = "
    SELECT concat_ws(' ', day, event_type, human, machine) AS line
    FROM daily_engagement ORDER BY day, event_type";
const ACTIVITY: &str = "
    SELECT concat_ws(' ', day, opens, clicks, page_views, important_page_views, sessions,
                     machine_events) AS line
    FROM lead_daily_activity ORDER BY day";
const PAGES: &str = "
    SELECT concat_ws(' ', day, page, views, clicks) AS line
    FROM daily_important_pages ORDER BY day, page";
const BANDS: &str = "
    SELECT concat_ws(' ', day, became_warm, became_hot, left_hot) AS line
    FROM daily_bands ORDER BY day";

fn with_important_pages(world: &World) {
    use domain::scoring::ScoringRules;
    use domain::scoring::preset::TEMPERATURE;
    use test_support::builders::tenancy::at;
    let store = world.store();
    store
        .apply_preset(world.tenant, &TEMPERATURE, at(0))
        .unwrap();
}

#[test]
fn a_day_is_the_tenants_day() {
    // 2026-11-20T15:30Z is the 21st in Tokyo.
    let world = World::new();
    let mail = mail(world.lead, 1);
    let utc_20th = -9 * 3600;
    let late_on_the_20th = MIDNIGHT - 1;
    let opens = [utc_20th, MIDNIGHT, late_on_the_20th].map(|at| open(world.tenant, &mail, at));
    assert_eq!(
        opens[0].occurred_at.to_rfc3339(),
        "2026-11-20T15:30:00+00:00"
    );
    world.append(&opens);
    let expected = ["2026-11-20 open 1 0", "2026-11-21 open 2 0"];
    assert_eq!(world.lines(ENGAGEMENT), expected);
    let expected = ["2026-11-20 1 0 0 0 0 0", "2026-11-21 2 0 0 0 0 0"];
    assert_eq!(world.lines(ACTIVITY), expected);
}

#[test]
fn each_kind_is_counted_for_the_lead_and_for_the_tenant() {
    // A38
    let world = World::new();
    with_important_pages(&world);
    let (tenant, mail) = (world.tenant, mail(world.lead, 1));
    let clicked = click(tenant, &mail, 0, APPLY, 0);
    let tid = world.append(&[clicked]).remove(0).tracking_id.unwrap();
    let batch = [
        open(tenant, &mail, 1),
        by_machine(open(tenant, &mail, 2)),
        page_view(tenant, tid, HOME, 3),
        page_view(tenant, tid, APPLY, 4),
        by_machine(page_view(tenant, tid, APPLY, 5)),
        page_view(tenant, visitor(), APPLY, 6),
        report(tenant, &mail, ReportKind::Delivered, 7),
        report(tenant, &mail, ReportKind::Click, 8),
        custom(tenant, Subject::Lead(world.lead), "trial_started", 9),
    ];
    for _ in 0..2 {
        world.append(&batch);
        let expected = [
            "2026-11-21 click 1 0",
            "2026-11-21 custom 1 0",
            "2026-11-21 delivered 1 0",
            "2026-11-21 open 1 1",
            "2026-11-21 page_view 3 1",
            "2026-11-21 provider_click 1 0",
        ];
        assert_eq!(world.lines(ENGAGEMENT), expected);
        assert_eq!(world.lines(ACTIVITY), ["2026-11-21 1 1 2 1 1 2"]);
        assert_eq!(world.lines(PAGES), ["2026-11-21 school.example/apply 2 1"]);
    }
}

#[test]
fn what_is_taken_back_is_subtracted_where_it_was_counted() {
    // A38, complaint 1: the first click was on the 20th, the burst shows on the 21st.
    let world = World::new();
    with_important_pages(&world);
    let mail = mail(world.lead, 1);
    world.append(&[click(world.tenant, &mail, 0, APPLY, MIDNIGHT - 1)]);
    assert_eq!(world.lines(ENGAGEMENT), ["2026-11-20 click 1 0"]);
    world.append(&[click(world.tenant, &mail, 1, HOME, MIDNIGHT)]);
    let expected = ["2026-11-20 click 0 1", "2026-11-21 click 0 1"];
    assert_eq!(world.lines(ENGAGEMENT), expected);
    let expected = ["2026-11-20 0 0 0 0 0 1", "2026-11-21 0 0 0 0 0 1"];
    assert_eq!(world.lines(ACTIVITY), expected);
    assert_eq!(world.lines(PAGES), ["2026-11-20 school.example/apply 0 0"]);
}

#[test]
fn a_strangers_page_views_are_the_leads_once_they_join_and_the_tenants_once_only() {
    // D15, A38
    let world = World::new();
    with_important_pages(&world);
    let (tid, stranger) = (world.identified(), visitor());
    let day_before = MIDNIGHT - 3600;
    world.append(&[
        page_view(world.tenant, stranger, APPLY, day_before),
        page_view(world.tenant, stranger, HOME, day_before + 1),
    ]);
    let engagement = world.lines(ENGAGEMENT);
    assert_eq!(world.lines(ACTIVITY), ["2026-11-20 0 1 0 0 0 0"]);
    world.append(&[arrival(world.tenant, tid, stranger, HOME, 0)]);
    let expected = ["2026-11-20 0 1 2 1 1 0", "2026-11-21 0 0 1 0 1 0"];
    assert_eq!(world.lines(ACTIVITY), expected);
    let after = world.lines(ENGAGEMENT);
    assert_eq!(after[..2], engagement[..2]);
    assert_eq!(after[2..], ["2026-11-21 page_view 1 0"]);
    assert_eq!(world.lines(PAGES), ["2026-11-20 school.example/apply 1 0"]);
}

#[test]
fn a_change_of_band_is_counted_on_its_day() {
    // A46
    let world = World::new();
    with_important_pages(&world);
    let (tenant, lead) = (world.tenant, world.lead);
    let clicks = |seconds: i64| -> [Engagement; 2] {
        [1, 2].map(|n| click(tenant, &mail(lead, n), 0, APPLY, seconds))
    };
    let [first, second] = clicks(0);
    world.append(&[first]);
    assert_eq!(world.lines(BANDS), ["2026-11-21 1 0 0"]);
    world.append(&[second]);
    assert_eq!(world.lines(BANDS), ["2026-11-21 1 1 0"]);
    // Both turn out to be a scanner's.
    for n in [1, 2] {
        world.append(&[click(tenant, &mail(lead, n), 1, HOME, 1)]);
    }
    assert_eq!(world.lines(BANDS), ["2026-11-21 1 1 1"]);
    world.append(&clicks(86_400));
    assert_eq!(world.lines(BANDS), ["2026-11-21 1 1 1", "2026-11-22 0 1 0"]);
}

#[test]
fn an_engagement_that_moves_no_band_leaves_no_row_of_bands() {
    let world = World::new();
    world.append(&[open(world.tenant, &mail(world.lead, 1), 0)]);
    assert_eq!(world.lines(BANDS), Vec::<String>::new());
}
