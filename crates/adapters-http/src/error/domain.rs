//! What the errors of the domain are to a caller. Handlers first take out what a person can mend
//! in the form in front of them; the rest comes here.

use std::time::Duration;

use chrono::TimeDelta;
use domain::campaigns::{ActivateRefused, CampaignProblem, StartRefused};
use domain::delivery::AbsorbError;
use domain::leads::{ExportError, FieldFault};
use domain::tenancy::{PasswordChangeError, SetUpError, SignInError, UserError};

use super::{Complaint, Failure};

impl From<SetUpError> for Failure {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::AlreadySetUp => Self::NotFound,
            SetUpError::Password(refusal) => impossible("password", &refusal),
            SetUpError::Hash(cause) => Self::unexpected(cause),
            SetUpError::Store(error) => error.into(),
        }
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::SignedOut,
            SignInError::Throttled { retry_after } => too_many(retry_after),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Unknown => Self::NotFound,
            UserError::NameMissing => impossible("name", &error),
            UserError::LastAdministrator(refusal) => impossible("role", &refusal),
            UserError::AddressTaken => Self::Conflict(Complaint::about("email", error.to_string())),
            UserError::Password(refusal) => impossible("password", &refusal),
            UserError::Hash(cause) => Self::unexpected(cause),
            UserError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordChangeError> for Failure {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::WrongPassword => impossible("current", &error),
            PasswordChangeError::Throttled { retry_after } => too_many(retry_after),
            PasswordChangeError::Unknown => Self::NotFound,
            PasswordChangeError::Password(refusal) => impossible("password", &refusal),
            PasswordChangeError::Hash(cause) => Self::unexpected(cause),
            PasswordChangeError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Io(cause) => Self::unexpected(cause),
            ExportError::TooManyRows => impossible("format", &error),
        }
    }
}

impl From<FieldFault> for Failure {
    fn from(fault: FieldFault) -> Self {
        impossible(&fault.field.name(), &fault.fault)
    }
}

impl From<StartRefused> for Failure {
    fn from(refused: StartRefused) -> Self {
        match refused {
            StartRefused::NotFound => Self::NotFound,
            StartRefused::NotADraft => Self::Conflict(Complaint::about_all(refused.to_string())),
            StartRefused::SenderIncomplete(items) => {
                let names: Vec<_> = items.iter().map(|item| item.as_str()).collect();
                let reason = format!("the sender profile lacks {}", names.join(", "));
                Self::Impossible(Complaint::about("sender", reason))
            }
            StartRefused::TemplateProblems(problems) => {
                let places: Vec<_> = problems.iter().map(ToString::to_string).collect();
                Self::Impossible(Complaint::about("template_id", places.join("; ")))
            }
            StartRefused::VariantGone => impossible("ab_test", &refused),
            StartRefused::InThePast | StartRefused::TooFarAhead => {
                impossible("scheduled_at", &refused)
            }
            StartRefused::Store(error) => error.into(),
        }
    }
}

impl From<ActivateRefused> for Failure {
    fn from(refused: ActivateRefused) -> Self {
        match refused {
            ActivateRefused::NotFound => Self::NotFound,
            ActivateRefused::Changed => Self::Conflict(Complaint::about_all(refused.to_string())),
            ActivateRefused::Problems(problems) => {
                let keys = problems
                    .iter()
                    .map(|problem: &CampaignProblem| problem.fault.key());
                let keys: Vec<_> = keys.collect();
                Self::Impossible(Complaint::about("flow", keys.join("; ")))
            }
            ActivateRefused::Store(error) => error.into(),
        }
    }
}

impl From<AbsorbError> for Failure {
    fn from(error: AbsorbError) -> Self {
        match error {
            AbsorbError::Store(error) => error.into(),
            AbsorbError::NotKept(refused) => Self::NotKept(refused),
        }
    }
}

fn impossible(field: &str, reason: &dyn std::error::Error) -> Failure {
    Failure::Impossible(Complaint::about(field, reason.to_string()))
}

fn too_many(retry_after: TimeDelta) -> Failure {
    Failure::TooMany {
        retry_after: retry_after.to_std().unwrap_or(Duration::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use domain::delivery::SenderItem;
    use domain::store::StoreError;
    use domain::tenancy::{LastAdministrator, PasswordHashError, PasswordRefusal};

    use super::*;

    fn statuses<E: Into<Failure>>(errors: Vec<E>) -> Vec<u16> {
        errors
            .into_iter()
            .map(|error| error.into().status().as_u16())
            .collect()
    }

    fn no_hash() -> PasswordHashError {
        PasswordHashError("no memory".into())
    }

    #[test]
    fn every_error_of_tenancy_has_its_status() {
        let wait = TimeDelta::seconds(3);
        let set_up = vec![
            SetUpError::AlreadySetUp,
            SetUpError::Password(PasswordRefusal::TooShort),
            SetUpError::Hash(no_hash()),
            SetUpError::Store(StoreError::unavailable("away")),
        ];
        assert_eq!(statuses(set_up), [404, 422, 500, 503]);
        let sign_in = vec![
            SignInError::Refused,
            SignInError::Throttled { retry_after: wait },
            SignInError::Store(StoreError::unavailable("away")),
        ];
        assert_eq!(statuses(sign_in), [401, 429, 503]);
        let user = vec![
            UserError::Unknown,
            UserError::NameMissing,
            UserError::LastAdministrator(LastAdministrator),
            UserError::AddressTaken,
            UserError::Password(PasswordRefusal::TooLong),
            UserError::Hash(no_hash()),
            UserError::Store(StoreError::unexpected("broken")),
        ];
        assert_eq!(statuses(user), [404, 422, 422, 409, 422, 500, 500]);
        let password = vec![
            PasswordChangeError::WrongPassword,
            PasswordChangeError::Throttled { retry_after: wait },
            PasswordChangeError::Unknown,
            PasswordChangeError::Password(PasswordRefusal::IsTheAddress),
            PasswordChangeError::Hash(no_hash()),
            PasswordChangeError::Store(StoreError::unavailable("away")),
        ];
        assert_eq!(statuses(password), [422, 429, 404, 422, 500, 503]);
    }

    #[test]
    fn every_refusal_of_a_start_has_its_status() {
        let refused = vec![
            StartRefused::NotFound,
            StartRefused::NotADraft,
            StartRefused::SenderIncomplete(vec![SenderItem::Contact]),
            StartRefused::TemplateProblems(Vec::new()),
            StartRefused::Store(StoreError::unavailable("away")),
        ];
        assert_eq!(statuses(refused), [404, 409, 422, 422, 503]);
    }

    #[test]
    fn every_refusal_of_an_activation_has_its_status() {
        let refused = vec![
            ActivateRefused::NotFound,
            ActivateRefused::Changed,
            ActivateRefused::Problems(Vec::new()),
            ActivateRefused::Store(StoreError::unavailable("away")),
        ];
        assert_eq!(statuses(refused), [404, 409, 422, 503]);
    }

    #[test]
    fn the_wait_is_that_of_the_domain() {
        let failure = Failure::from(SignInError::Throttled {
            retry_after: TimeDelta::seconds(8),
        });
        assert_eq!(failure.retry_after(), Some(Duration::from_secs(8)));
    }
}
