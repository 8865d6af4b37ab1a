//! P6: a broadcast to a local provider, beside what that provider takes at most.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fake_provider::{Protocol, Provider};

use crate::cli::{By, Options, SendOptions};
use crate::mailing::{School, blast, start_broadcast};
use crate::measure::Meter;
use crate::ondo::{Ondo, filled};
use crate::population::Population;
use crate::report::{self, SendRow};
use crate::scene::{Database, Scene};
use crate::terminal::remark;

const POLL: Duration = Duration::from_millis(5);
/// Without a further mail for so long, something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures and prints.
pub(crate) fn run(options: &Options, send: &SendOptions) -> anyhow::Result<()> {
    let scene = Scene::open(options.pg_bin.as_deref())?;
    remark(format_args!("{} people …", send.mails));
    let population = Population::of(send.mails)?;
    let filled = filled(&scene, options, &population)?;
    let mut rows = Vec::new();
    for by in &send.by {
        for senders in &send.senders {
            remark(format_args!("{by}, {senders} senders …"));
            let database = scene.copy(&filled, "sending")?;
            rows.push(measure(
                options,
                &scene,
                &database,
                &population,
                *by,
                *senders,
            )?);
            scene.remove(&database)?;
        }
    }
    report::print_send(options, &scene.version()?, &rows);
    Ok(())
}

fn measure(
    options: &Options,
    scene: &Scene,
    database: &Database,
    population: &Population,
    by: By,
    senders: usize,
) -> anyhow::Result<SendRow> {
    let sink = sink(by)?;
    let school = School::open(database, population, by, sink.address())?;
    let also = [
        ("ONDO_SENDGRID_URL", format!("http://{}", sink.address())),
        ("ONDO_MAIL_SENDERS", senders.to_string()),
    ];
    let ondo = Ondo::start_with(scene, options, database, &also)?;
    let meters = [
        Meter::of_all_below(ondo.id())?,
        Meter::of_all_below(scene.postmaster()?)?,
        Meter::of_this_process()?,
    ];
    start_broadcast(ondo.address, &school)?;
    let mails = population.people.len();
    let taken = wait_for(&sink, mails).with_context(|| ondo.last_words())?;
    let each = |meter: &Meter| micros_each(meter, mails);
    let [server_us, database_us, sink_us] =
        [each(&meters[0])?, each(&meters[1])?, each(&meters[2])?];
    drop(ondo);
    let accepted = database.number("SELECT count(*) FROM send_logs WHERE state = 'accepted'")?;
    ensure!(
        accepted == i64::try_from(mails)?,
        "{accepted} of {mails} mails are accepted"
    );
    let content = first_content(&sink)?;
    let time = Duration::from_secs(options.seconds.min(5));
    let limit = blast(by, self::sink(by)?.address(), &content, senders, time)?;
    Ok(SendRow {
        by,
        senders,
        rate: taken,
        limit,
        server_us,
        database_us,
        sink_us,
    })
}

fn sink(by: By) -> anyhow::Result<Provider> {
    let protocol = match by {
        By::Sendgrid => Protocol::SendGrid,
        By::Smtp => Protocol::Smtp,
    };
    let sink = Provider::start(protocol, 1)?;
    sink.keep_first();
    Ok(sink)
}

/// The bytes of a mail as the product sent it.
fn first_content(sink: &Provider) -> anyhow::Result<Vec<u8>> {
    let taken = sink.ledger().taken();
    let first = taken.into_iter().find_map(|taken| taken.content);
    first.context("the sink kept no mail")
}

fn micros_each(meter: &Meter, mails: usize) -> anyhow::Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
    let mails = mails as f64;
    Ok(meter.used()?.as_secs_f64() * 1e6 / mails)
}

/// Mails a second, from the first to the last.
fn wait_for(sink: &Provider, mails: usize) -> anyhow::Result<f64> {
    let (mut count, mut since) = (0, Instant::now());
    while count < mails {
        thread::sleep(POLL);
        let now = sink.ledger().count();
        if now > count {
            (count, since) = (now, Instant::now());
        }
        ensure!(since.elapsed() < PATIENCE, "only {count} of {mails} came");
    }
    let taken = sink.ledger().taken();
    let (first, last) = taken.first().zip(taken.last()).context("no mail")?;
    #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
    let mails = taken.len() as f64;
    Ok(mails / last.at.duration_since(first.at).as_secs_f64())
}
