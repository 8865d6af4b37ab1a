//! Passwords: what may become one, and the port that hashes them.

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::leads::EmailAddress;

const SHORTEST: usize = 10;
/// Far above any passphrase, and low enough that hashing stays cheap.
const LONGEST: usize = 200;

/// A password as typed, in NFKC, so that the same keys give the same password on every machine
/// (`Ａ` and `A`, composed and decomposed か+゛).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// Why a text may not become a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PasswordRefusal {
    /// It is easy to guess.
    #[error("the password needs at least {SHORTEST} characters")]
    TooShort,
    /// It is longer than any form field of ours takes.
    #[error("the password may have at most {LONGEST} characters")]
    TooLong,
    /// Whoever knows the address knows the password.
    #[error("the password must differ from the e-mail address")]
    IsTheAddress,
}

impl Password {
    /// A password typed at sign-in: any text, to be verified.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(text.nfkc().collect())
    }

    /// A new password for the account of `address`.
    ///
    /// # Errors
    /// See [`PasswordRefusal`]. Lengths count characters after NFKC.
    pub fn choose(text: &str, address: &EmailAddress) -> Result<Self, PasswordRefusal> {
        let password = Self::typed(text);
        match password.0.chars().count() {
            ..SHORTEST => Err(PasswordRefusal::TooShort),
            SHORTEST..=LONGEST if password.0.trim().to_lowercase() == address.as_str() => {
                Err(PasswordRefusal::IsTheAddress)
            }
            SHORTEST..=LONGEST => Ok(password),
            _ => Err(PasswordRefusal::TooLong),
        }
    }

    /// The text, for the hasher.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The hasher failed, which no choice of password explains.
#[derive(Debug, Error)]
#[error("the password could not be hashed: {0}")]
pub struct PasswordHashError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Turns passwords into what may be stored. Deliberately slow: call it off the event loop.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait PasswordHasher: Send + Sync {
    /// A salted hash with its parameters in it (PHC string); another one at each call.
    ///
    /// # Errors
    /// If the hasher cannot work.
    fn hash(&self, password: &Password) -> Result<String, PasswordHashError>;

    /// Whether the password is that of `hash`. Without a hash, or with one that cannot be read,
    /// it does as much work and answers false, so that the time tells nobody whether there is an
    /// account (V-24).
    #[expect(clippy::needless_lifetimes, reason = "mockall needs the name")]
    fn verify<'a>(&self, password: &Password, hash: Option<&'a str>) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, PasswordRefusal> {
        Password::choose(
            text,
            &EmailAddress::parse("sato.hanako@example.jp").unwrap(),
        )
    }

    #[test]
    fn ten_characters_are_enough() {
        assert_eq!(choose("123456789"), Err(PasswordRefusal::TooShort));
        assert!(choose("1234567890").is_ok());
        assert!(choose("温度を測る人は十人いる").is_ok());
    }

    #[test]
    fn two_hundred_characters_are_the_most() {
        assert!(choose(&"あ".repeat(200)).is_ok());
        assert_eq!(choose(&"あ".repeat(201)), Err(PasswordRefusal::TooLong));
    }

    #[test]
    fn the_address_is_no_password_however_it_is_written() {
        for text in [
            "sato.hanako@example.jp",
            "Sato.Hanako@Example.JP",
            "ｓａｔｏ．hanako@example.jp ",
        ] {
            assert_eq!(choose(text), Err(PasswordRefusal::IsTheAddress), "{text}");
        }
    }

    #[test]
    fn the_same_keys_give_the_same_password_on_every_machine() {
        assert_eq!(Password::typed("ｶﾞ１２ＡＢ"), Password::typed("ガ12AB"));
    }

    #[test]
    fn a_password_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Password::typed("geheim")), "Password(…)");
    }
}
