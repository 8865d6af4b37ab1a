//! What a person can mend in a form about people, as the keys of the texts that say how.

use domain::leads::EmailAddress;
use domain::tenancy::{PasswordRefusal, UserError};

use crate::pages::FormErrors;

/// Reads an address; what is none is an error of the field.
pub(super) fn address(typed: &str, errors: &mut FormErrors) -> Option<EmailAddress> {
    let address = EmailAddress::parse(typed).ok();
    if address.is_none() {
        errors.add("email", "tenancy-error-email");
    }
    address
}

/// Refuses an empty or endless name.
pub(super) fn name(field: &'static str, typed: &str, errors: &mut FormErrors) {
    const LONGEST: usize = 200;
    if typed.trim().is_empty() {
        errors.add(field, "tenancy-error-name");
    } else if typed.chars().count() > LONGEST {
        errors.add(field, "tenancy-error-name-long");
    }
}

/// Why a text may not become a password.
pub(super) const fn password(refusal: PasswordRefusal) -> &'static str {
    match refusal {
        PasswordRefusal::TooShort => "tenancy-error-password-short",
        PasswordRefusal::TooLong => "tenancy-error-password-long",
        PasswordRefusal::IsTheAddress => "tenancy-error-password-address",
    }
}

/// Why somebody was not made or changed, where the form can be mended.
///
/// # Errors
/// The error itself, where no change of the form would help.
pub(super) fn user(error: UserError) -> Result<FormErrors, UserError> {
    match error {
        UserError::NameMissing => Ok(FormErrors::one("name", "tenancy-error-name")),
        UserError::LastAdministrator(_) => {
            Ok(FormErrors::one("role", "tenancy-error-last-administrator"))
        }
        UserError::AddressTaken => Ok(FormErrors::one("email", "tenancy-error-address-taken")),
        UserError::Password(refusal) => Ok(FormErrors::one("password", password(refusal))),
        UserError::Unknown | UserError::Hash(_) | UserError::Store(_) => Err(error),
    }
}
