//! Several writers at once.

use std::sync::Barrier;
use std::thread;

use domain::ids::LeadId;
use domain::scoring::decide;
use domain::tracking::{Engagement, EngagementLog};
use test_support::builders::tracking::{
    HOME, arrival, click, mail, open, page_view, site, visitor,
};
use test_support::contracts::tracking::Leads;

use super::World;

/// Appends each writer's batches, all writers at the same moment. None may fail.
pub(super) fn at_once(world: &World, writers: &[Vec<Vec<Engagement>>]) -> usize {
    let start = Barrier::new(writers.len());
    let append = |batches: &[Vec<Engagement>]| {
        start.wait();
        let batches = batches.iter();
        let answers = batches.flat_map(|batch| world.store().append(batch, &decide).unwrap());
        answers.filter(|answer| answer.is_new).count()
    };
    let append = &append;
    thread::scope(|scope| {
        let threads: Vec<_> = writers
            .iter()
            .map(|batches| scope.spawn(move || append(batches)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    })
}

fn score(world: &World, lead: LeadId) -> i32 {
    world.database.find(world.tenant, lead).unwrap().score
}

const SUMS_THAT_DIFFER: &str = "
    SELECT leads.id::text AS line FROM leads
    WHERE engagement_score <> (SELECT COALESCE(sum(points), 0) FROM score_history
                               WHERE score_history.lead_id = leads.id)";

#[test]
fn two_writers_of_one_lead_lose_no_point() {
    // A18, A47
    let world = World::new();
    let clicks = |parity: u8| -> Vec<Vec<Engagement>> {
        let mails = (0..50).map(|n| mail(world.lead, n * 2 + parity));
        mails
            .map(|mail| vec![click(world.tenant, &mail, 0, HOME, 0)])
            .collect()
    };
    assert_eq!(at_once(&world, &[clicks(0), clicks(1)]), 100);
    assert_eq!(score(&world, world.lead), 300);
    assert_eq!(world.lines(SUMS_THAT_DIFFER), Vec::<String>::new());
    let issued = "SELECT count(*)::text AS line FROM visitors";
    assert_eq!(world.lines(issued), ["1"], "one visitor id is issued");
}

#[test]
fn two_writers_of_the_same_leads_in_opposite_order_never_wait_for_each_other_in_a_circle() {
    let world = World::new();
    let leads: Vec<LeadId> = (0..20).map(|_| world.database.add(world.tenant)).collect();
    let opens = |number: u8| -> Vec<Engagement> {
        let mails = leads.iter().map(|lead| mail(*lead, number));
        mails.map(|mail| open(world.tenant, &mail, 0)).collect()
    };
    let forwards = (0..25).map(&opens).collect();
    let backwards = (100..125)
        .map(|number| opens(number).into_iter().rev().collect())
        .collect();
    assert_eq!(at_once(&world, &[forwards, backwards]), 1000);
    for lead in leads {
        assert_eq!(score(&world, lead), 50);
    }
}

#[test]
fn two_writers_of_the_same_new_browsers_count_one_session_each() {
    // A13
    let world = World::new();
    let store = world.store();
    use domain::tracking::SiteStore;
    store.register_site(world.tenant, &site(HOME, 0)).unwrap();
    let browsers: Vec<_> = (0..20).map(|_| visitor()).collect();
    let views = |second: i64| -> Vec<Engagement> {
        let browsers = browsers.iter();
        browsers
            .map(|browser| page_view(world.tenant, *browser, HOME, second))
            .collect()
    };
    let backwards = views(1).into_iter().rev().collect();
    assert_eq!(at_once(&world, &[vec![views(0)], vec![backwards]]), 40);
    let sessions = "SELECT concat_ws(' ', count(*), sum(page_views)) AS line FROM web_sessions";
    assert_eq!(world.lines(sessions), ["20 40"]);
}

#[test]
fn the_same_batch_at_once_is_written_once() {
    // The outcome of a commit was unknown, and two writers repeat it.
    let world = World::new();
    let tid = world.identified();
    let batch: Vec<_> = (0..30)
        .flat_map(|n| {
            let mail = mail(world.lead, n);
            [
                click(world.tenant, &mail, 0, HOME, 0),
                page_view(world.tenant, tid, HOME, i64::from(n) * 2000),
            ]
        })
        .collect();
    let writers = [vec![batch.clone()], vec![batch.clone()], vec![batch]];
    assert_eq!(at_once(&world, &writers), 60);
    assert_eq!(score(&world, world.lead), 3 + 30 * 3 + 30);
    assert_eq!(world.lines(SUMS_THAT_DIFFER), Vec::<String>::new());
}

#[test]
fn a_stranger_who_arrives_while_another_page_view_comes_loses_nothing() {
    // D15
    let world = World::new();
    let tid = world.identified();
    for round in 0..20 {
        let stranger = visitor();
        let seconds = i64::from(round) * 3600;
        let page = |n: i64| format!("https://school.example/{round}/{n}");
        let views = (0..5)
            .map(|n| vec![page_view(world.tenant, stranger, &page(n), seconds)])
            .collect();
        let arrives = vec![vec![arrival(
            world.tenant,
            tid,
            stranger,
            &page(9),
            seconds,
        )]];
        at_once(&world, &[views, arrives]);
    }
    assert_eq!(score(&world, world.lead), 3 + 20 * 6);
    let strangers = "SELECT id::text AS line FROM engagement_events WHERE lead_id IS NULL";
    assert_eq!(world.lines(strangers), Vec::<String>::new());
}

#[test]
fn overlapping_batches_at_once_count_everything_once() {
    // A18, A47, A64: the same leads, browsers and ids, in other batches and another order.
    let world = World::new();
    let tenant = world.tenant;
    let leads: Vec<LeadId> = (0..8).map(|_| world.database.add(tenant)).collect();
    let introductions: Vec<_> = leads
        .iter()
        .map(|lead| click(tenant, &mail(*lead, 255), 0, HOME, -86_400))
        .collect();
    let answers = world.append(&introductions);
    let tids: Vec<_> = answers.iter().map(|a| a.tracking_id.unwrap()).collect();
    let strangers: Vec<_> = (0..4).map(|_| visitor()).collect();
    for round in 0..50_i64 {
        let number = u8::try_from(round).unwrap();
        let second = round * 1800;
        let mut all = Vec::new();
        for (lead, tid) in leads.iter().zip(&tids) {
            all.push(click(tenant, &mail(*lead, number), 0, HOME, second));
            all.push(open(tenant, &mail(*lead, number), second));
            all.push(page_view(tenant, *tid, HOME, second));
        }
        let views = strangers
            .iter()
            .map(|id| page_view(tenant, *id, HOME, second));
        all.extend(views);
        let (first, second) = (all[..20].to_vec(), all[8..].to_vec());
        let backwards = second.into_iter().rev().collect();
        let new = at_once(&world, &[vec![first], vec![backwards]]);
        assert_eq!(new, all.len());
    }
    for lead in leads {
        assert_eq!(score(&world, lead), 3 + 50 * (3 + 1 + 1));
    }
    assert_eq!(world.lines(SUMS_THAT_DIFFER), Vec::<String>::new());
    let rolled_up = "SELECT concat_ws(' ', event_type, sum(human)) AS line
                     FROM daily_engagement GROUP BY event_type ORDER BY 1";
    assert_eq!(
        world.lines(rolled_up),
        ["click 408", "open 400", "page_view 600"]
    );
    let views = "SELECT sum(page_views)::text AS line FROM web_sessions";
    assert_eq!(world.lines(views), ["600"]);
}
