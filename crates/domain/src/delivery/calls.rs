//! Several mails with a provider at the same time.

use std::thread::{self, ScopedJoinHandle};

use super::{Mailer, OutgoingMail, SendOutcome};

/// Hands each of these mails over in a thread of its own, and answers in their order when all of
/// them have their answer. What a mailer does that panics, nobody knows.
pub(super) fn call_all(mailer: &dyn Mailer, mails: &[&OutgoingMail]) -> Vec<SendOutcome> {
    let Some((last, others)) = mails.split_last() else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let calls: Vec<_> = others
            .iter()
            .map(|mail| thread::Builder::new().spawn_scoped(scope, || mailer.send(mail)))
            .collect();
        let last = mailer.send(last);
        let answers = calls
            .into_iter()
            .zip(others)
            .map(|(call, mail)| match call {
                Ok(call) => answer(call),
                // The machine has no thread left; this one is still here.
                Err(_no_thread) => mailer.send(mail),
            });
        answers.chain([last]).collect()
    })
}

fn answer(call: ScopedJoinHandle<'_, SendOutcome>) -> SendOutcome {
    call.join().unwrap_or_else(|_panic| SendOutcome::Unknown {
        reason: "the mailer panicked".to_owned(),
    })
}
