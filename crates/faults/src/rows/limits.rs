//! F-07, F-20: no room, no descriptors.

use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use diesel::connection::SimpleConnection as _;

use super::database::redirects;
use super::server::RECOVERY_PATIENCE;
use crate::load::Kind;
use crate::plan::Budget;
use crate::report::Outcome;
use crate::world::{Confinement, Scene, World, small_file_systems};

const SMALL: u32 = 1;
const LARGE: u32 = 64;
/// How long it may take until both are full.
const FILL_PATIENCE: Duration = Duration::from_secs(60);

/// What a full disk looks like to a client of PostgreSQL, by its own SQLSTATE 53100. The disk of
/// the cluster itself stays as it is: other rows need it.
const FILL_DATABASE: &str = "
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON engagement_events EXECUTE FUNCTION no_room()";
const FREE_DATABASE: &str = "
    DROP TRIGGER no_room ON engagement_events;
    DROP FUNCTION no_room()";

pub(super) fn fill_disks(world: &World, budget: Budget, outcome: &mut Outcome) -> Result<()> {
    if world.plan.short && !small_file_systems() {
        outcome.remark("no small file system can be mounted here; run the full form where it can");
        return Ok(());
    }
    let small = Confinement::SmallSpool(SMALL);
    let scene = Scene::confined(world, "f07", world.plan.rate, small, Vec::new())?;
    let began = Instant::now();
    while budget.allows(outcome.injected) {
        sleep(Duration::from_secs(1));
        let mut owner = world.postgres.owner(&scene.database)?;
        let filled = Instant::now();
        owner.batch_execute(FILL_DATABASE)?;
        outcome.injected += 1;
        let turned_away = wait_until_turned_away(&scene, filled);
        outcome.demand(turned_away, || "nothing was ever turned away".to_owned());
        sleep(Duration::from_secs(2));
        scene.server.resize_spool(LARGE)?;
        let freed = Instant::now();
        if turned_away {
            let recovered = scene.load.recovery(freed, RECOVERY_PATIENCE);
            outcome
                .recoveries
                .push(recovered.context("no recovery with room in the spool")?);
        }
        owner.batch_execute(FREE_DATABASE)?;
        scene
            .load
            .recovery(Instant::now(), RECOVERY_PATIENCE)
            .context("no recovery")?;
        ensure!(scene.spool_empties(), "the spool did not drain");
        scene.server.resize_spool(SMALL)?;
    }
    outcome.remark(format!(
        "the spool on a tmpfs of {SMALL} MiB; the database's answer 53100 by a trigger; recovery: \
         from room in the spool to the next page view that is kept"
    ));
    redirects(&scene, began, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

/// Whether page views are turned away, because neither spool nor database has room.
fn wait_until_turned_away(scene: &Scene<'_>, since: Instant) -> bool {
    while since.elapsed() < FILL_PATIENCE {
        sleep(Duration::from_millis(100));
        let views = scene
            .load
            .samples
            .window(Kind::PageView, since, Instant::now());
        if views.turned_away >= 20 {
            return true;
        }
    }
    false
}

pub(super) fn few_descriptors(world: &World, _budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let few = Confinement::OpenFiles(256);
    let mut scene = Scene::confined(world, "f20", world.plan.rate, few, Vec::new())?;
    sleep(Duration::from_secs(1));
    let crowded = Instant::now();
    let address = ("127.0.0.1", scene.server.options.port);
    let crowd: Vec<TcpStream> = (0..400)
        .filter_map(|_| TcpStream::connect(address).ok())
        .collect();
    outcome.injected = 1;
    let until = Instant::now()
        + world
            .plan
            .length(Duration::from_secs(8), Duration::from_secs(600));
    let mut most_memory = 0;
    while Instant::now() < until {
        sleep(Duration::from_millis(200));
        most_memory = most_memory.max(scene.server.resident().unwrap_or(0));
        outcome.demand(scene.server.is_running(), || "the server ended".to_owned());
        if !outcome.violations.is_empty() {
            break;
        }
    }
    let views = scene
        .load
        .samples
        .window(Kind::PageView, crowded, Instant::now());
    outcome.remark(format!(
        "{} idle connections; {} of {} page views not kept at once; most memory: {most_memory} MiB",
        crowd.len(),
        views.failed,
        views.count
    ));
    drop(crowd);
    let recovered = scene.load.recovery(Instant::now(), RECOVERY_PATIENCE);
    outcome
        .recoveries
        .push(recovered.context("no recovery with descriptors")?);
    outcome.found(scene.close()?);
    Ok(())
}
