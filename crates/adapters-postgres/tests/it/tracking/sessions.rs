//! Web sessions: page views of one browser without half an hour of silence. (A13)

use chrono::{DateTime, TimeDelta, Utc};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{APPLY, HOME, arrival, page_view, visitor};

use super::World;

const SESSIONS: &str = "
    SELECT concat_ws(' ', extract(epoch FROM started_at)::bigint - 1795221000,
                     extract(epoch FROM last_seen_at)::bigint - 1795221000, page_views,
                     CASE WHEN lead_id IS NULL THEN 'stranger' ELSE 'lead' END) AS line
    FROM web_sessions ORDER BY started_at, visitor_id";

const LEAD_SESSIONS: &str = "
    SELECT sum(sessions)::text AS line FROM lead_daily_activity";

const MINUTE: i64 = 60;

#[test]
fn half_an_hour_of_silence_begins_a_new_session() {
    // A13
    let world = World::new();
    let tid = world.identified();
    for minute in [0, 29, 59, 90] {
        world.append(&[page_view(world.tenant, tid, HOME, minute * MINUTE)]);
    }
    assert_eq!(world.lines(SESSIONS), ["0 3540 3 lead", "5400 5400 1 lead"]);
    assert_eq!(world.lines(LEAD_SESSIONS), ["2"]);
}

#[test]
fn one_batch_makes_the_same_sessions_as_many() {
    // A13
    let world = World::new();
    let tid = world.identified();
    let views =
        [90, 0, 59, 29, 0].map(|minute| page_view(world.tenant, tid, HOME, minute * MINUTE));
    world.append(&views);
    assert_eq!(world.lines(SESSIONS), ["0 3540 4 lead", "5400 5400 1 lead"]);
    assert_eq!(world.lines(LEAD_SESSIONS), ["2"]);
}

#[test]
fn a_page_view_that_comes_late_finds_its_visit() {
    // A13
    let world = World::new();
    let tid = world.identified();
    let view = |minute: i64| page_view(world.tenant, tid, HOME, minute * MINUTE);
    world.append(&[view(20), view(300)]);
    let arrived_late = [view(5), view(25), view(100), view(120)];
    for late in &arrived_late {
        world.append(std::slice::from_ref(late));
    }
    world.append(&[view(310)]);
    let sessions = ["300 1500 3 lead", "6000 7200 2 lead", "18000 18600 2 lead"];
    assert_eq!(world.lines(SESSIONS), sessions);
    world.append(&arrived_late);
    world.append(&[view(320)]);
    let sessions = ["300 1500 3 lead", "6000 7200 2 lead", "18000 19200 3 lead"];
    assert_eq!(world.lines(SESSIONS), sessions, "a repeat moves nothing");
    assert_eq!(world.lines(LEAD_SESSIONS), ["3"]);
}

#[test]
fn a_session_is_named_by_its_first_page() {
    let world = World::new();
    let tid = world.identified();
    world.append(&[page_view(world.tenant, tid, HOME, 60)]);
    world.append(&[page_view(world.tenant, tid, APPLY, 30)]);
    let entry = "SELECT entry_url AS line FROM web_sessions";
    assert_eq!(world.lines(entry), [APPLY]);
    let of_events = "SELECT count(DISTINCT session_id)::text AS line FROM engagement_events
                     WHERE event_type = 'page_view' AND session_id = (SELECT id FROM web_sessions)";
    assert_eq!(world.lines(of_events), ["1"]);
}

#[test]
fn a_duplicate_counts_nothing() {
    // A13, A64
    let world = World::new();
    let tid = world.identified();
    let views = [0, 10].map(|second| page_view(world.tenant, tid, HOME, second));
    world.append(&views);
    world.append(&[views[1].clone(), views[0].clone(), views[1].clone()]);
    assert_eq!(world.lines(SESSIONS), ["0 10 2 lead"]);
}

#[test]
fn the_sessions_of_a_stranger_join_the_lead() {
    // D15
    let world = World::new();
    let (tid, stranger) = (world.identified(), visitor());
    world.append(&[page_view(world.tenant, stranger, HOME, -7200)]);
    assert_eq!(world.lines(SESSIONS), ["-7200 -7200 1 stranger"]);
    let batch = [
        page_view(world.tenant, stranger, HOME, 0),
        arrival(world.tenant, tid, stranger, APPLY, 10),
    ];
    world.append(&batch);
    let sessions = world.lines(SESSIONS);
    assert_eq!(
        sessions,
        ["-7200 -7200 1 lead", "0 0 1 lead", "10 10 1 lead"]
    );
    assert_eq!(world.lines(LEAD_SESSIONS), ["3"]);
}

#[test]
fn page_views_within_a_microsecond_are_told_apart() {
    // A64: the database keeps microseconds, the clock gives nanoseconds.
    let world = World::new();
    let tid = world.identified();
    let at_nanos = |nanos: i64| -> DateTime<Utc> { at(0) + TimeDelta::nanoseconds(nanos) };
    let views = [1, 999].map(|nanos| {
        let mut view = page_view(world.tenant, tid, HOME, 0);
        view.occurred_at = at_nanos(nanos);
        view
    });
    let is_new = |answers: Vec<domain::tracking::Appended>| -> Vec<bool> {
        answers.iter().map(|answer| answer.is_new).collect()
    };
    assert_eq!(is_new(world.append(&views)), [true, true]);
    assert_eq!(is_new(world.append(&views)), [false, false]);
}
