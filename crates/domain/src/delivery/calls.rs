//! Several mails with a provider at the same time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Mailer, OutgoingMail, SendOutcome};

/// Hands these mails over, `at_once` of them at the same time, and answers in their order when all
/// of them have their answer. What a mailer does that panics, nobody knows.
pub(super) fn call_all(
    mailer: &dyn Mailer,
    mails: &[&OutgoingMail],
    at_once: usize,
) -> Vec<SendOutcome> {
    let next = AtomicUsize::new(0);
    let answers: Vec<OnceLock<SendOutcome>> = mails.iter().map(|_| OnceLock::new()).collect();
    let work = || {
        let mine = || next.fetch_add(1, Ordering::Relaxed);
        let given = |place: usize| mails.get(place).zip(answers.get(place));
        while let Some((mail, answer)) = given(mine()) {
            answer.get_or_init(|| call(mailer, mail));
        }
    };
    thread::scope(|scope| {
        for _ in 1..at_once.min(mails.len()) {
            let another = thread::Builder::new().spawn_scoped(scope, work);
            if another.is_err() {
                // The machine has no thread left; this one is still here.
                break;
            }
        }
        work();
    });
    let unknown = || panicked("the worker panicked");
    answers
        .into_iter()
        .map(|answer| answer.into_inner().unwrap_or_else(unknown))
        .collect()
}

fn call(mailer: &dyn Mailer, mail: &OutgoingMail) -> SendOutcome {
    catch_unwind(AssertUnwindSafe(|| mailer.send(mail)))
        .unwrap_or_else(|_panic| panicked("the mailer panicked"))
}

fn panicked(reason: &str) -> SendOutcome {
    SendOutcome::Unknown {
        reason: reason.to_owned(),
    }
}
