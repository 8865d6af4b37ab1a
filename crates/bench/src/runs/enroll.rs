//! P5: letting people into a campaign, one by one and all that a filter finds, beside the bare
//! `INSERT … SELECT` of the same rows.

use std::time::{Duration, Instant};

use adapters_postgres::{PgConfig, PgStore, migrate};
use anyhow::{Context as _, ensure};
use chrono::Utc;
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use domain::campaigns::{
    Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion, Delay, DelayUnit,
    EnrollCause, EnrollMany, EnrollPorts, Enrolled, Flow, ReEntry, Step, StepAction, Trigger,
    enroll, enroll_many,
};
use domain::ids::{CampaignId, StepId};
use domain::leads::{AsOf, LeadFilter};

use crate::cli::{EnrollOptions, Options};
use crate::measure::Percentiles;
use crate::population::Population;
use crate::report::{self, EnrollFigures};
use crate::scene::{Database, Scene};
use crate::terminal::remark;

/// Measures and prints.
pub(crate) fn run(options: &Options, what: &EnrollOptions) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    remark(format_args!("{} people …", what.people));
    let population = Population::of(what.people)?;
    let filled = scene.database("filled")?;
    migrate(filled.url())?;
    population.fill(&filled)?;
    let [one_by_one, all, bare] = campaigns(&filled, &population)?;

    remark(format_args!("one by one …"));
    let database = scene.copy(&filled, "product")?;
    let store = PgStore::new(&PgConfig::for_jobs(database.url()))?;
    let single = measure_single(&store, &population, one_by_one, what.single)?;
    remark(format_args!("all …"));
    let many = measure_many(&store, &population, all)?;
    let entered = count(&database, all)?;
    drop(store);
    scene.remove(&database)?;

    remark(format_args!("bare INSERT … SELECT …"));
    let database = scene.copy(&filled, "bare")?;
    let bound = measure_bare(&database, &population, bare)?;
    ensure!(
        entered == count(&database, bare)?,
        "product and bound let different numbers of people in"
    );
    let figures = EnrollFigures {
        people: what.people,
        single,
        many,
        bound,
    };
    report::print_enroll(options, &scene.version()?, &figures);
    Ok(())
}

/// Three active campaigns with one step.
fn campaigns(database: &Database, population: &Population) -> anyhow::Result<[CampaignId; 3]> {
    let store = PgStore::new(&PgConfig::new(database.url()))?;
    let mut made = [CampaignId::new(), CampaignId::new(), CampaignId::new()];
    for id in &mut made {
        let (campaign, version) = campaign(*id);
        CampaignStore::create(&store, population.tenant, &campaign)?;
        let now = Utc::now();
        let active = store.activate(population.tenant, &version, false, now)?;
        ensure!(active, "the campaign was not activated");
    }
    Ok(made)
}

fn campaign(id: CampaignId) -> (Campaign, CampaignVersion) {
    let step = Step {
        id: StepId::new(),
        name: String::new(),
        delay: Delay {
            value: 1,
            unit: DelayUnit::Days,
        },
        only_if: Vec::new(),
        not_later_than: None,
        action: StepAction::End,
    };
    let flow = Flow { steps: vec![step] };
    let version = CampaignVersion {
        campaign: id,
        version: 1,
        trigger: Trigger::Manual,
        entry: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow: flow.clone(),
        exits: Vec::new(),
        contents: Vec::new(),
    };
    let now = Utc::now();
    let campaign = Campaign {
        id,
        definition: CampaignDefinition {
            name: "Bench".to_owned(),
            description: String::new(),
            trigger: Trigger::Manual,
            entry: Vec::new(),
            exits: Vec::new(),
            re_entry: ReEntry::Never,
            tracking: true,
            flow,
        },
        live: None,
        status: CampaignStatus::Draft,
        version: 0,
        enrolled_count: 0,
        completed_count: 0,
        created_by: None,
        created_at: now,
        updated_at: now,
        activated_at: None,
        paused_at: None,
    };
    (campaign, version)
}

fn ports(store: &PgStore) -> EnrollPorts<'_> {
    EnrollPorts {
        campaigns: store,
        enrollments: store,
        leads: store,
    }
}

/// As a program of the customer's asks for it: one person, one answer.
fn measure_single(
    store: &PgStore,
    population: &Population,
    campaign: CampaignId,
    times: usize,
) -> anyhow::Result<Percentiles> {
    let mut latencies: Vec<Duration> = Vec::with_capacity(times);
    for person in population.people.iter().take(times) {
        let cause = EnrollCause {
            campaign,
            lead: person.lead,
            occasion: b"bench".to_vec(),
        };
        let begun = Instant::now();
        let answers = enroll(
            &ports(store),
            population.tenant,
            campaign,
            &[cause],
            Utc::now(),
        )?;
        latencies.push(begun.elapsed());
        ensure!(
            matches!(answers[..], [Enrolled::Now(_)]),
            "somebody was not let in: {answers:?}"
        );
    }
    Percentiles::of(latencies).context("nobody was let in")
}

/// As staff ask for it: everyone that a filter finds.
fn measure_many(
    store: &PgStore,
    population: &Population,
    campaign: CampaignId,
) -> anyhow::Result<Duration> {
    let many = EnrollMany {
        campaign,
        filter: LeadFilter::default(),
        occasion: b"bench".to_vec(),
    };
    let as_of = AsOf::new(Utc::now(), chrono_tz::Asia::Tokyo);
    let begun = Instant::now();
    let totals = enroll_many(&ports(store), store, population.tenant, &many, as_of)?;
    let elapsed = begun.elapsed();
    ensure!(
        usize::try_from(totals.now)? == population.people.len(),
        "not everyone was let in: {totals:?}"
    );
    Ok(elapsed)
}

const BARE: &str = "
    INSERT INTO campaign_enrollments (
        tenant_id, id, campaign_id, version, lead_id, status, current_step, next_step, next_at, since, enrolled_at)
    SELECT step.tenant_id, gen_random_uuid(), step.campaign_id, step.version, leads.id, 'active', 1,
        step.step_id, $3 + interval '1 day', $3, $3
    FROM campaign_steps AS step
    JOIN leads ON leads.tenant_id = step.tenant_id
    WHERE step.tenant_id = $1 AND step.campaign_id = $2";

/// One statement and one commit by the superuser: the same rows with the same indexes and foreign
/// keys, nobody looked at.
fn measure_bare(
    database: &Database,
    population: &Population,
    campaign: CampaignId,
) -> anyhow::Result<Duration> {
    let mut connection = database.connect()?;
    let begun = Instant::now();
    diesel::sql_query(BARE)
        .bind::<SqlUuid, _>(population.tenant.uuid())
        .bind::<SqlUuid, _>(campaign.uuid())
        .bind::<Timestamptz, _>(Utc::now())
        .execute(&mut connection)?;
    Ok(begun.elapsed())
}

fn count(database: &Database, campaign: CampaignId) -> anyhow::Result<i64> {
    database.number(&format!(
        "SELECT count(*) FROM campaign_enrollments WHERE campaign_id = '{campaign}'"
    ))
}
