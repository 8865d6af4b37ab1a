//! Who gets into a campaign, while it is changed.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use domain::campaigns::{
    Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion, Delay,
    EnrollCause, Enrolled, EnrollmentStore, Flow, ReEntry, Step, StepAction, Trigger,
};
use domain::ids::{CampaignId, StepId, TenantId};
use domain::leads::{LeadDraft, LeadStore};
use domain::scoring::Band;
use test_support::builders::delivery::address;
use test_support::builders::tenancy::at;

use crate::database::{Database, lines};

const FROM_80: Trigger = Trigger::ScoreReached { score: 80 };
const FROM_WARM: Trigger = Trigger::BandReached { band: Band::Warm };

fn definition() -> CampaignDefinition {
    let end = Step {
        id: StepId::new(),
        name: String::new(),
        delay: Delay::NONE,
        only_if: Vec::new(),
        not_later_than: None,
        action: StepAction::End,
    };
    CampaignDefinition {
        name: "追客".to_owned(),
        description: String::new(),
        trigger: FROM_80,
        entry: Vec::new(),
        exits: Vec::new(),
        re_entry: ReEntry::AfterFinishing,
        tracking: false,
        flow: Flow { steps: vec![end] },
    }
}

/// A campaign that lets people in from 80 points on.
fn active(database: &Database, tenant: TenantId) -> CampaignId {
    let (store, definition) = (&database.store, definition());
    let campaign = Campaign {
        id: CampaignId::new(),
        definition: definition.clone(),
        live: None,
        status: CampaignStatus::Draft,
        version: 0,
        enrolled_count: 0,
        completed_count: 0,
        created_by: None,
        created_at: at(0),
        updated_at: at(0),
        activated_at: None,
        paused_at: None,
    };
    CampaignStore::create(store, tenant, &campaign).unwrap();
    let version = CampaignVersion {
        campaign: campaign.id,
        version: 1,
        trigger: definition.trigger,
        entry: definition.entry,
        re_entry: definition.re_entry,
        tracking: definition.tracking,
        flow: definition.flow,
        exits: definition.exits,
        contents: Vec::new(),
    };
    assert!(store.activate(tenant, &version, false, at(1)).unwrap());
    campaign.id
}

fn found(database: &Database, tenant: TenantId, id: CampaignId) -> Campaign {
    let found = CampaignStore::find(&database.store, tenant, id);
    found.unwrap().unwrap()
}

/// Staff save that from now on warm people get in.
fn save_from_warm(database: &Database, tenant: TenantId, id: CampaignId) {
    let before = found(database, tenant, id);
    let definition = CampaignDefinition {
        trigger: FROM_WARM,
        ..before.definition
    };
    let seen = before.updated_at;
    let saved = CampaignStore::update(&database.store, tenant, id, &definition, seen, at(9));
    assert!(saved.unwrap());
}

#[test]
fn who_gets_into_a_live_campaign_stays_the_same_on_the_way_down_and_up() {
    let database = Database::new();
    let (tenant, mut owner) = (database.tenant(), database.owner());
    let [same, changed, ended] = [(); 3].map(|()| active(&database, tenant));
    for id in [changed, ended] {
        save_from_warm(&database, tenant, id);
    }
    let completed = CampaignStatus::Completed;
    assert!(
        CampaignStore::change_status(&database.store, tenant, ended, completed, at(10)).unwrap()
    );
    let before = found(&database, tenant, same);

    let migrations = || FileBasedMigrations::from_path("../../migrations").unwrap();
    loop {
        let reverted = owner.revert_last_migration(migrations()).unwrap();
        if reverted.to_string().ends_with("000015") {
            break;
        }
    }
    let types = "SELECT trigger_type || ' ' || (trigger_conditions ->> 'type') AS line
                 FROM campaigns ORDER BY created_at, id";
    let told = [
        "score_reached score_reached",
        "score_reached score_reached",
        "band_reached band_reached",
    ];
    let mut by_id = [(same, told[0]), (changed, told[1]), (ended, told[2])];
    by_id.sort_unstable();
    assert_eq!(lines(&mut owner, types), by_id.map(|(_, told)| told));

    owner.run_pending_migrations(migrations()).unwrap();
    assert_eq!(found(&database, tenant, same), before);
    let changed = found(&database, tenant, changed);
    assert_eq!(changed.in_force().trigger, FROM_80);
    assert!(!changed.has_unpublished_changes());
    assert_eq!(
        found(&database, tenant, ended).definition.trigger,
        FROM_WARM
    );
}

/// The next version, the same as the first, in a transaction that is still open.
fn activate_half(connection: &mut PgConnection, id: CampaignId) {
    let of_campaign = format!("WHERE campaign_id = '{id}'");
    let activated = connection.batch_execute(&format!(
        "BEGIN;
         SELECT 1 FROM campaigns WHERE id = '{id}' FOR UPDATE;
         INSERT INTO campaign_versions
         SELECT (jsonb_populate_record(first, '{{\"version\": 2}}')).*
         FROM campaign_versions AS first {of_campaign};
         INSERT INTO campaign_steps
         SELECT (jsonb_populate_record(first, '{{\"version\": 2}}')).*
         FROM campaign_steps AS first {of_campaign};
         UPDATE campaigns SET version = 2 WHERE id = '{id}';"
    ));
    activated.unwrap();
}

fn until_somebody_waits_for_a_lock(connection: &mut PgConnection) {
    let waiting = "SELECT count(*)::text AS line FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..500 {
        if lines(connection, waiting) != ["0"] {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nobody waits");
}

#[test]
fn whoever_comes_in_while_a_version_is_activated_is_let_into_it() {
    // B17
    let database = Database::new();
    let (tenant, store) = (database.tenant(), &database.store);
    let campaign = active(&database, tenant);
    let draft = LeadDraft::new(address("sato@example.com"));
    let lead = LeadStore::create(store, tenant, draft, at(0)).unwrap().id;
    let cause = EnrollCause {
        campaign,
        lead,
        occasion: b"request".to_vec(),
    };
    let mut activating = database.owner();
    activate_half(&mut activating, campaign);
    let answers = std::thread::scope(|scope| {
        let coming = scope.spawn(|| store.enroll(tenant, campaign, &[cause], at(5)));
        until_somebody_waits_for_a_lock(&mut database.owner());
        activating.batch_execute("COMMIT").unwrap();
        coming.join().unwrap().unwrap()
    });
    let [Enrolled::Now(id)] = answers[..] else {
        panic!("{answers:?}");
    };
    let way = store.trace(tenant, id).unwrap().unwrap();
    assert_eq!(way.enrollment.version, 2);
}
