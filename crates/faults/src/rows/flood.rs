//! F-21: those who only want to be in the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::database::redirects;
use crate::load::{Connection, Kind, get};
use crate::plan::Budget;
use crate::report::Outcome;
use crate::statistics::told;
use crate::world::{Scene, World};

const PATIENCE: Duration = Duration::from_secs(10);
/// Who announces much waits no longer for an answer.
const LARGE_PATIENCE: Duration = Duration::from_secs(2);
/// Between two tokens of one who guesses: 400 a second by all of them.
const GUESS_EVERY: Duration = Duration::from_millis(20);
const GUESSERS: usize = 8;
const SENDERS_OF_MUCH: usize = 4;

/// What those in the way were answered.
#[derive(Debug, Default)]
struct Answers {
    slow: AtomicU64,
    refused_large: AtomicU64,
    taken_large: AtomicU64,
    refused_tokens: AtomicU64,
    honoured_tokens: AtomicU64,
}

pub(super) fn pester(world: &World, _budget: Budget, outcome: &mut Outcome) -> Result<()> {
    let mut scene = Scene::open(world, "f21", world.plan.rate)?;
    let calm = Instant::now();
    sleep(
        world
            .plan
            .length(Duration::from_secs(4), Duration::from_secs(20)),
    );
    let pestered = Instant::now();
    let answers = Arc::new(Answers::default());
    let tasks = pests(world, scene.server.options.port, &answers);
    sleep(
        world
            .plan
            .length(Duration::from_secs(8), Duration::from_secs(60)),
    );
    let end = Instant::now();
    for task in tasks {
        task.abort();
    }
    outcome.injected = 1;
    outcome.demand(scene.server.is_running(), || "the server ended".to_owned());
    let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
    outcome.remark(format!(
        "{} slow connections; {} bodies of 1 GB refused, {} taken; {} tokens refused, {} honoured",
        of(&answers.slow),
        of(&answers.refused_large),
        of(&answers.taken_large),
        of(&answers.refused_tokens),
        of(&answers.honoured_tokens)
    ));
    let wrongly = of(&answers.taken_large) + of(&answers.honoured_tokens);
    outcome.demand(wrongly == 0, || {
        format!("{wrongly} bad requests were honoured")
    });
    compare(world, &scene, (calm, pestered, end), outcome);
    redirects(&scene, calm, outcome);
    outcome.found(scene.close()?);
    Ok(())
}

/// What ordinary people notice of it.
fn compare(
    world: &World,
    scene: &Scene<'_>,
    (calm, pestered, end): (Instant, Instant, Instant),
    outcome: &mut Outcome,
) {
    for (kind, name) in [(Kind::PageView, "page views"), (Kind::Click, "redirects")] {
        let before = scene.load.samples.window(kind, calm, pestered);
        let during = scene.load.samples.window(kind, pestered, end);
        outcome.remark(format!(
            "{name}: p99 {} before, {} during",
            told(before.p99),
            told(during.p99)
        ));
        outcome.demand(during.failed == 0, || {
            format!("{} {name} failed", during.failed)
        });
        let doubled = during.p99 > before.p99.map(|before| before * 2);
        // A few seconds on a busy machine prove nothing about a percentile.
        outcome.demand(!world.plan.length(false, doubled), || {
            format!("p99 of {name} doubled")
        });
    }
}

fn pests(world: &World, port: u16, answers: &Arc<Answers>) -> Vec<JoinHandle<()>> {
    let runtime = world.runtime.handle();
    let mut tasks = Vec::new();
    for _ in 0..world.plan.length(1_000, 5_000) {
        tasks.push(runtime.spawn(hardly_send(port, Arc::clone(answers))));
    }
    for _ in 0..SENDERS_OF_MUCH {
        tasks.push(runtime.spawn(send_much(port, Arc::clone(answers))));
    }
    for number in 0..GUESSERS {
        let chance = world.plan.chance(&format!("guesser {number}"));
        tasks.push(runtime.spawn(guess(port, chance, Arc::clone(answers))));
    }
    tasks
}

/// One byte a second of a request that never ends.
async fn hardly_send(port: u16, answers: Arc<Answers>) {
    loop {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await {
            answers.slow.fetch_add(1, Ordering::Relaxed);
            let head = b"GET / HTTP/1.1\r\nX-Slow: "
                .iter()
                .chain(std::iter::repeat(&b'x'));
            for byte in head {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Announces a gigabyte, and sends the first of it.
async fn send_much(port: u16, answers: Arc<Answers>) {
    let start = [b'x'; 4096];
    loop {
        for path in ["/t/pv", "/webhooks/sendgrid/nobody"] {
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://school.example\r\n\
                 Content-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"
            );
            let request = [head.as_bytes(), &start].concat();
            // No status: the server hung up, which is as good.
            match Connection::to(port).ask(&request, LARGE_PATIENCE).await {
                Some(200..=399) => &answers.taken_large,
                _ => &answers.refused_large,
            }
            .fetch_add(1, Ordering::Relaxed);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Tokens that nobody signed, in a form that has to be checked.
async fn guess(port: u16, mut chance: fastrand::Rng, answers: Arc<Answers>) {
    let mut connection = Connection::to(port);
    loop {
        let payload: String = (0..160).map(|_| chance.alphanumeric()).collect();
        let tag: String = (0..43).map(|_| chance.alphanumeric()).collect();
        let request = get(&format!("/t/c/v1.k1.{payload}.{tag}"), "126.200.0.1");
        match connection.ask(&request, PATIENCE).await {
            Some(200..=399) => answers.honoured_tokens.fetch_add(1, Ordering::Relaxed),
            _ => answers.refused_tokens.fetch_add(1, Ordering::Relaxed),
        };
        tokio::time::sleep(GUESS_EVERY).await;
    }
}
