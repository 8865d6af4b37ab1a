//! What stands between what the editor sends and a stored template.

use domain::content::{MailRenderer, TemplateDraft, TemplateProblem};
use domain::store::{StoreError, StoreResult};

use super::form::{TemplateForm, field_errors};
use crate::pages::FormErrors;
use crate::security::SignedIn;

/// Why a draft was not stored; the person can mend it in the editor.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) errors: FormErrors,
    pub(super) problems: Vec<TemplateProblem>,
}

/// The template that the editor holds, with all that is wrong with its markup and its tags.
pub(super) fn typeset(
    renderer: &dyn MailRenderer,
    form: &TemplateForm,
) -> (TemplateDraft, Vec<TemplateProblem>) {
    let (name, subject) = (form.name.trim().to_owned(), form.subject.clone());
    let text = Some(form.text.clone());
    TemplateDraft::typeset(renderer, name, subject, form.manuscript(), text)
}

/// Refuses what could not be sent (V-08), so that it is found while its author looks at it.
pub(super) fn examine(
    renderer: &dyn MailRenderer,
    form: &TemplateForm,
    me: &SignedIn,
) -> Result<TemplateDraft, Refusal> {
    let (draft, problems) = typeset(renderer, form);
    let errors = field_errors(&draft.faults());
    if errors.is_empty() && problems.is_empty() {
        let by = Some(me.user().id);
        Ok(TemplateDraft { by, ..draft })
    } else {
        Err(Refusal { errors, problems })
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
