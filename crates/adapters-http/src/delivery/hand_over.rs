//! Handing one mail to the provider at once, for tests that a person waits for.

use domain::delivery::{MailersError, OutgoingMail, SendOutcome};

use crate::error::Failure;
use crate::state::AppState;

/// Longest part of a provider's words that is shown.
const SHOWN: usize = 300;

/// What became of it.
#[derive(Debug)]
pub(crate) enum HandedOver {
    /// The provider has it.
    Taken,
    /// It has not, or may not have; in words for a person.
    NotTaken(String),
}

/// One try, without a log: nobody but the person who waits needs to know.
///
/// # Errors
/// If the settings cannot be read.
pub(crate) fn hand_over(state: &AppState, mail: &OutgoingMail) -> Result<HandedOver, Failure> {
    let mailer = match state.ports.mailers.mailer_of(mail.tenant) {
        Ok(mailer) => mailer,
        Err(MailersError::Store(error)) => return Err(error.into()),
        Err(MailersError::Settings(reason)) => return Ok(not_taken(&reason)),
    };
    Ok(match mailer.send(mail) {
        SendOutcome::Accepted { .. } => HandedOver::Taken,
        SendOutcome::Rejected { reason }
        | SendOutcome::Deferred { reason, .. }
        | SendOutcome::Unknown { reason }
        | SendOutcome::ProviderRefused { reason } => not_taken(&reason),
    })
}

fn not_taken(reason: &str) -> HandedOver {
    HandedOver::NotTaken(reason.chars().take(SHOWN).collect())
}
