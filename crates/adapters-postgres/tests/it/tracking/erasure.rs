//! What still comes of a lead that was erased, or is just being erased. (D21)

use std::sync::Barrier;
use std::thread;

use domain::ids::LeadId;
use domain::leads::LeadRemoval;
use domain::scoring::decide;
use domain::store::StoreError;
use domain::tracking::{EngagementLog, JOINED_HISTORY, VisitorId};
use test_support::builders::tracking::{HOME, arrival, click, mail, open, page_view, visitor};
use test_support::contracts::tracking::Leads;

use super::World;

/// Every row that a lead and its browsers have anywhere.
fn traces(world: &World, lead: LeadId, browsers: &[VisitorId]) -> Vec<String> {
    let browsers: Vec<String> = browsers
        .iter()
        .map(|id| format!("'{}'", id.uuid()))
        .collect();
    let browsers = browsers.join(", ");
    world.lines(&format!(
        "SELECT tableoid::regclass::text AS line FROM engagement_events
            WHERE lead_id = '{lead}' OR visitor_id IN ({browsers})
         UNION ALL SELECT 'visitors' FROM visitors
            WHERE lead_id = '{lead}' OR id IN ({browsers})
         UNION ALL SELECT 'web_sessions' FROM web_sessions
            WHERE lead_id = '{lead}' OR visitor_id IN ({browsers})
         UNION ALL SELECT 'score_history' FROM score_history WHERE lead_id = '{lead}'
         UNION ALL SELECT 'score_grants' FROM score_grants WHERE lead_id = '{lead}'
         UNION ALL SELECT 'lead_daily_activity' FROM lead_daily_activity WHERE lead_id = '{lead}'
         UNION ALL SELECT 'lead_link_clicks' FROM lead_link_clicks WHERE lead_id = '{lead}'"
    ))
}

#[test]
fn a_dropped_engagement_leaves_no_row() {
    let world = World::new();
    let (tenant, lead, tid) = (world.tenant, world.lead, world.identified());
    assert!(world.store().remove(tenant, lead).unwrap());
    let counts = "SELECT concat_ws(' ', event_type, human, machine) AS line FROM daily_engagement";
    let before = world.lines(counts);
    let companion = visitor();
    world.append(&[
        click(tenant, &mail(lead, 1), 0, HOME, 0),
        page_view(tenant, tid, HOME, 1),
        arrival(tenant, companion, tid, HOME, 2),
    ]);
    assert_eq!(
        traces(&world, lead, &[tid, companion]),
        Vec::<String>::new()
    );
    assert_eq!(
        world.lines("SELECT id::text AS line FROM engagement_events"),
        Vec::<String>::new()
    );
    assert_eq!(world.lines(counts), before);
}

#[test]
fn what_a_browser_did_too_long_ago_to_join_is_erased_as_well() {
    // D15, D21
    let world = World::new();
    let (tenant, lead, tid) = (world.tenant, world.lead, world.identified());
    let (theirs, other) = (visitor(), visitor());
    let long_ago = -JOINED_HISTORY.num_seconds();
    world.append(&[theirs, other].map(|id| page_view(tenant, id, HOME, long_ago)));
    world.append(&[arrival(tenant, tid, theirs, HOME, 5)]);
    assert!(world.store().remove(tenant, lead).unwrap());
    assert_eq!(traces(&world, lead, &[tid, theirs]), Vec::<String>::new());
    assert_eq!(traces(&world, lead, &[other]).len(), 3, "nobody's yet");
}

#[test]
fn a_lead_erased_while_it_is_busy_leaves_no_row_and_stops_nobody() {
    let world = World::new();
    let (tenant, store) = (world.tenant, world.store());
    for _ in 0..30 {
        let lead = world.database.add(tenant);
        let introduction = click(tenant, &mail(lead, 255), 0, HOME, -86_400);
        let tid = world.append(&[introduction]).remove(0).tracking_id.unwrap();
        let strangers: Vec<VisitorId> = (0..4).map(|_| visitor()).collect();
        let start = Barrier::new(3);
        let write = |parity: u8| {
            start.wait();
            for (n, stranger) in (0..4_u8).zip(&strangers) {
                let at = i64::from(n) * 60 + i64::from(parity);
                let batch = [
                    open(tenant, &mail(lead, n), at),
                    click(tenant, &mail(lead, n), 0, HOME, at),
                    page_view(tenant, *stranger, HOME, at),
                    arrival(tenant, tid, *stranger, HOME, at + 1),
                    page_view(tenant, tid, HOME, at + 2),
                ];
                store.append(&batch, &decide).unwrap();
            }
        };
        let remove = || -> Result<bool, StoreError> {
            start.wait();
            store.remove(tenant, lead)
        };
        thread::scope(|scope| {
            let writers = [0, 1].map(|parity| scope.spawn(move || write(parity)));
            assert!(remove().unwrap());
            for writer in writers {
                writer.join().unwrap();
            }
        });
        // A stranger whose arrival was dropped stays a stranger.
        let known = "SELECT id::text AS line FROM engagement_events WHERE lead_id IS NOT NULL";
        assert_eq!(world.lines(known), Vec::<String>::new());
        assert_eq!(traces(&world, lead, &[tid]), Vec::<String>::new());
    }
}
