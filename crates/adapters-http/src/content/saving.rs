//! What stands between a draft and a stored template.

use domain::content::{MailRenderer, TemplateDraft, TemplateProblem};
use domain::store::{StoreError, StoreResult};

use super::form::field_errors;
use crate::pages::FormErrors;

/// Why a draft was not stored; the person can mend it in the editor.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) errors: FormErrors,
    pub(super) problems: Vec<TemplateProblem>,
}

/// Refuses what could not be sent (V-08), so that it is found while its author looks at it.
pub(super) fn examine(renderer: &dyn MailRenderer, draft: &TemplateDraft) -> Result<(), Refusal> {
    let refusal = Refusal {
        errors: field_errors(&draft.faults()),
        problems: renderer.check(&draft.source),
    };
    if refusal.errors.is_empty() && refusal.problems.is_empty() {
        Ok(())
    } else {
        Err(refusal)
    }
}

/// A name that another template has is an error of its field.
///
/// # Errors
/// What else the storage answered.
pub(super) fn taken_name_refused<T>(stored: StoreResult<T>) -> StoreResult<Result<T, Refusal>> {
    match stored {
        Ok(value) => Ok(Ok(value)),
        Err(StoreError::Duplicate(_)) => Ok(Err(Refusal {
            errors: FormErrors::one("name", "content-error-name-taken"),
            ..Refusal::default()
        })),
        Err(
            error @ (StoreError::Unavailable(_)
            | StoreError::InUse(_)
            | StoreError::Refused(_)
            | StoreError::Unexpected(_)),
        ) => Err(error),
    }
}
