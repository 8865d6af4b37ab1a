//! What became of each link: clicks, people, machines. (C27, C31)

use std::collections::BTreeSet;

use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use domain::ids::{BroadcastId, CampaignId, LeadId};
use domain::leads::LeadRemoval;
use domain::scoring::decide;
use domain::tracking::{Action, Engagement, EngagementLog, HONEYPOT_LINK, MailRef, MailSource};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use test_support::builders::tracking::{
    APPLY, HOME, broadcast_mail, by_machine, click, mail, open,
};
use test_support::contracts::tracking::Leads;
use test_support::stories::{Cast, Pace, stories};

use super::World;
use super::concurrency::at_once;
use crate::database::{Database, lines};

/// Link, clicks, people, clicks of machines.
const TOTALS: &str = "
    SELECT concat_ws(' ', link_index, clicks, people, machine_clicks) AS line
    FROM link_totals ORDER BY source_id, link_index";

/// Links whose counts are not what the log says.
const DISAGREEMENTS: &str = "
    WITH logged AS (
        SELECT tenant_id, broadcast_id AS source_id, link_index,
            count(*) FILTER (WHERE machine = 'none') AS clicks,
            count(DISTINCT lead_id) FILTER (WHERE machine = 'none') AS people,
            count(*) FILTER (WHERE machine <> 'none') AS machine_clicks
        FROM engagement_events
        WHERE event_type = 'click' AND broadcast_id IS NOT NULL
        GROUP BY 1, 2, 3
    )
    SELECT concat_ws(' ', link_index, logged, total) AS line
    FROM logged FULL JOIN link_totals AS total USING (tenant_id, source_id, link_index)
    WHERE (logged.clicks, logged.people, logged.machine_clicks)
        IS DISTINCT FROM (total.clicks, total.people, total.machine_clicks)";

/// Leads whose clicks on a link are not what the log says.
const DISAGREEMENTS_ON_LEADS: &str = "
    WITH logged AS (
        SELECT tenant_id, lead_id, broadcast_id AS source_id, link_index, count(*) AS clicks
        FROM engagement_events
        WHERE event_type = 'click' AND machine = 'none'
            AND broadcast_id IS NOT NULL AND lead_id IS NOT NULL
        GROUP BY 1, 2, 3, 4
    )
    SELECT concat_ws(' ', link_index, logged.clicks, counted.clicks) AS line
    FROM logged
    FULL JOIN lead_link_clicks AS counted USING (tenant_id, lead_id, source_id, link_index)
    WHERE COALESCE(logged.clicks, 0) <> COALESCE(counted.clicks, 0)";

fn broadcast_of(world: &World) -> MailRef {
    broadcast_mail(BroadcastId::new(), world.lead)
}

#[test]
fn a_person_who_follows_a_link_again_is_one_person() {
    // C31
    let world = World::new();
    let (tenant, mail) = (world.tenant, broadcast_of(&world));
    let batch = [
        click(tenant, &mail, 3, APPLY, 0),
        click(tenant, &mail, 3, APPLY, 60),
        open(tenant, &mail, 61),
    ];
    for _ in 0..2 {
        world.append(&batch);
        assert_eq!(world.lines(TOTALS), ["3 2 1 0"], "a repeat counts nothing");
    }
    world.append(&[click(tenant, &mail, 3, APPLY, 3600)]);
    assert_eq!(world.lines(TOTALS), ["3 3 1 0"]);
    let other = MailRef {
        lead: world.database.add(tenant),
        ..mail.clone()
    };
    world.append(&[click(tenant, &other, 3, APPLY, 7200)]);
    assert_eq!(world.lines(TOTALS), ["3 4 2 0"]);
}

#[test]
fn machines_are_counted_apart() {
    let world = World::new();
    let (tenant, mail) = (world.tenant, broadcast_of(&world));
    world.append(&[
        by_machine(click(tenant, &mail, 0, HOME, 0)),
        by_machine(click(tenant, &mail, 1, APPLY, 1)),
        click(tenant, &mail, 1, APPLY, 600),
    ]);
    assert_eq!(world.lines(TOTALS), ["0 0 0 1", "1 1 1 1"]);
    let leads = "SELECT concat_ws(' ', link_index, clicks) AS line FROM lead_link_clicks";
    assert_eq!(world.lines(leads), ["1 1"], "no row is kept for machines");
}

#[test]
fn a_burst_is_taken_back_and_so_are_its_people() {
    // Complaint 1: the first click of a burst looks like a person's.
    let world = World::new();
    let (tenant, mail) = (world.tenant, broadcast_of(&world));
    world.append(&[click(tenant, &mail, 0, HOME, 0)]);
    assert_eq!(world.lines(TOTALS), ["0 1 1 0"]);
    world.append(&[click(tenant, &mail, 1, APPLY, 1)]);
    assert_eq!(world.lines(TOTALS), ["0 0 0 1", "1 0 0 1"]);
    world.append(&[click(tenant, &mail, 1, APPLY, 3600)]);
    assert_eq!(world.lines(TOTALS), ["0 0 0 1", "1 1 1 1"]);
}

#[test]
fn whoever_had_clicked_before_a_burst_stays_a_person() {
    let world = World::new();
    let (tenant, mail) = (world.tenant, broadcast_of(&world));
    world.append(&[click(tenant, &mail, 0, HOME, -3600)]);
    world.append(&[click(tenant, &mail, 0, HOME, 0)]);
    assert_eq!(world.lines(TOTALS), ["0 2 1 0"]);
    world.append(&[click(tenant, &mail, 1, APPLY, 1)]);
    assert_eq!(world.lines(TOTALS), ["0 1 1 1", "1 0 0 1"]);
}

#[test]
fn a_click_by_nobody_is_a_click_and_no_person() {
    let world = World::new();
    let mail = broadcast_mail(BroadcastId::new(), LeadId::new());
    world.append(&[click(world.tenant, &mail, 0, HOME, 0)]);
    assert_eq!(world.lines(TOTALS), ["0 1 0 0"]);
}

#[test]
fn mails_of_campaigns_count_and_tests_and_the_hidden_link_do_not() {
    // C27, H3
    let world = World::new();
    let (tenant, test) = (world.tenant, mail(world.lead, 1));
    let of_campaign = MailRef {
        source: Some(MailSource::Campaign(CampaignId::new())),
        ..mail(world.lead, 2)
    };
    world.append(&[
        click(tenant, &test, 0, HOME, 0),
        click(tenant, &of_campaign, 7, HOME, 600),
        by_machine(click(tenant, &of_campaign, HONEYPOT_LINK, HOME, 1200)),
    ]);
    assert_eq!(world.lines(TOTALS), ["7 1 1 0"]);
}

#[test]
fn whoever_is_erased_leaves_the_counts_and_nothing_else() {
    // C15, D21
    let world = World::new();
    world.append(&[click(world.tenant, &broadcast_of(&world), 0, HOME, 0)]);
    assert!(LeadRemoval::remove(world.store(), world.tenant, world.lead).unwrap());
    assert_eq!(world.lines(TOTALS), ["0 1 1 0"]);
    let leads = "SELECT lead_id::text AS line FROM lead_link_clicks";
    assert_eq!(world.lines(leads), Vec::<String>::new());
}

#[test]
fn what_was_clicked_before_links_were_counted_is_counted_by_the_migration() {
    let world = World::new();
    let (tenant, mail) = (world.tenant, broadcast_of(&world));
    let nobody = MailRef {
        lead: LeadId::new(),
        ..mail.clone()
    };
    world.append(&[
        click(tenant, &mail, 0, HOME, 0),
        click(tenant, &mail, 0, HOME, 600),
        click(tenant, &nobody, 0, HOME, 700),
        by_machine(click(tenant, &mail, 1, APPLY, 1200)),
        by_machine(click(tenant, &mail, HONEYPOT_LINK, HOME, 1800)),
    ]);
    let before = world.lines(TOTALS);
    assert_eq!(before, ["0 3 1 0", "1 0 0 1"]);
    let mut owner = world.database.owner();
    let migrations = || FileBasedMigrations::from_path("../../migrations").unwrap();
    loop {
        let reverted = owner.revert_last_migration(migrations()).unwrap();
        if reverted.to_string().ends_with("000014") {
            break;
        }
    }
    owner.run_pending_migrations(migrations()).unwrap();
    assert_eq!(world.lines(TOTALS), before);
    for query in [DISAGREEMENTS, DISAGREEMENTS_ON_LEADS] {
        let query = query.replace("'click'", "'click' AND link_index < 32767");
        assert_eq!(world.lines(&query), Vec::<String>::new());
    }
}

#[test]
fn writers_of_the_same_links_at_once_count_everybody_once() {
    let world = World::new();
    let broadcast = BroadcastId::new();
    let leads: Vec<LeadId> = (0..10).map(|_| world.database.add(world.tenant)).collect();
    let clicks = |round: i64| -> Vec<Engagement> {
        let links = leads.iter().zip(0_u16..);
        let click = |(lead, n): (&LeadId, u16)| {
            let mail = broadcast_mail(broadcast, *lead);
            click(world.tenant, &mail, n % 4, HOME, round * 600)
        };
        links.map(click).collect()
    };
    let forwards = (0..20).map(&clicks).collect();
    let backwards = (20..40).map(|round| clicks(round).into_iter().rev().collect());
    assert_eq!(at_once(&world, &[forwards, backwards.collect()]), 400);
    let expected = ["0 120 3 0", "1 120 3 0", "2 80 2 0", "3 80 2 0"];
    assert_eq!(world.lines(TOTALS), expected);
}

fn as_of_broadcast(mut engagement: Engagement, broadcast: BroadcastId) -> Engagement {
    match &mut engagement.action {
        Action::Open { mail } | Action::Click { mail, .. } | Action::Report { mail, .. } => {
            mail.source = Some(MailSource::Broadcast(broadcast));
        }
        Action::PageView { .. } | Action::Custom { .. } => {}
    }
    engagement
}

fn tell(database: &Database, batches: Vec<Vec<Engagement>>) {
    let broadcast = BroadcastId::new();
    for batch in batches {
        let batch: Vec<_> = batch
            .into_iter()
            .map(|engagement| as_of_broadcast(engagement, broadcast))
            .collect();
        database.store.append(&batch, &decide).unwrap();
    }
}

#[test]
fn after_any_story_links_count_what_the_log_says() {
    let database = Database::new();
    let config = ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let verdicts = std::cell::RefCell::new(BTreeSet::new());
    TestRunner::new(config)
        .run(&stories(Pace::Hectic), |story| {
            let tenant = database.tenant();
            let cast = Cast::of(tenant, [(); 3].map(|()| database.add(tenant)));
            tell(&database, story.deliveries(&cast));
            let mut owner = database.owner();
            for query in [DISAGREEMENTS, DISAGREEMENTS_ON_LEADS] {
                prop_assert_eq!(lines(&mut owner, query), Vec::<String>::new());
            }
            let reasons = "SELECT DISTINCT machine_reason AS line FROM engagement_events
                           WHERE event_type = 'click' AND machine_reason IS NOT NULL";
            verdicts.borrow_mut().extend(lines(&mut owner, reasons));
            Ok(())
        })
        .unwrap();
    assert!(verdicts.borrow().len() > 1, "no story had a burst");
}
