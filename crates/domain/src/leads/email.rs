//! E-mail addresses, in the one form in which they are stored and compared.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use url::Host;

/// Longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_MAX: usize = 64;
/// Longest address, in bytes (RFC 5321 §4.5.3.1.3, less the angle brackets).
const ADDRESS_MAX: usize = 254;

/// An e-mail address: NFKC, lower case, the domain in ASCII (punycode).
///
/// Two spellings of one address are equal, so that one person is one lead. `Debug` shows the
/// masked form only, because addresses do not belong in logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// Why a text is not an e-mail address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailAddressError {
    /// There is nothing in it.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or more than one.
    #[error("the address needs exactly one @")]
    AtSign,
    /// A space, a line break or another control character is in it.
    #[error("the address contains a space or a control character")]
    Forbidden,
    /// The part before the `@` is empty or has characters or dots where mail servers refuse them.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// The part after the `@` is not the name of a mail domain.
    #[error("the part after the @ is not a domain name")]
    Domain,
    /// It is longer than mail servers accept.
    #[error("the address is too long")]
    TooLong,
}

impl EmailAddress {
    /// Reads an address as people type and paste it: full-width letters, capitals and
    /// surrounding spaces are mended, a Japanese domain becomes punycode.
    ///
    /// # Errors
    /// See [`EmailAddressError`]. Nothing is guessed: what is left must be a plain address.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        use EmailAddressError as Refusal;
        if text.len() > 4 * ADDRESS_MAX {
            return Err(Refusal::TooLong);
        }
        let text = fold(text);
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Refusal::Forbidden);
        }
        let (local, domain) = text.split_once('@').ok_or(Refusal::AtSign)?;
        if domain.contains('@') {
            return Err(Refusal::AtSign);
        }
        check_local_part(local)?;
        let address = format!("{local}@{}", ascii_domain(domain)?);
        if address.len() > ADDRESS_MAX {
            return Err(Refusal::TooLong);
        }
        Ok(Self(address))
    }

    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// For screens that need not show whose address it is: `s***@example.jp` (A60).
    #[must_use]
    pub fn masked(&self) -> String {
        let initial: String = self.0.chars().take(1).collect();
        format!("{initial}***@{}", self.domain())
    }
}

/// Lower case can leave a text that NFKC would change again, hence twice.
fn fold(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower.nfkc().collect()
}

/// The dot-atom of RFC 5322 §3.2.3; quoted local parts are refused, as most mail servers do.
fn check_local_part(local: &str) -> Result<(), EmailAddressError> {
    if local.len() > LOCAL_PART_MAX {
        return Err(EmailAddressError::TooLong);
    }
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    if local.split('.').all(is_atom) {
        Ok(())
    } else {
        Err(EmailAddressError::LocalPart)
    }
}

fn ascii_domain(domain: &str) -> Result<String, EmailAddressError> {
    // The host parser would decode percent signs, which mean nothing in an address.
    if domain.contains('%') {
        return Err(EmailAddressError::Domain);
    }
    let Ok(Host::Domain(ascii)) = Host::parse(domain) else {
        return Err(EmailAddressError::Domain);
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if ascii.contains('.') && ascii.split('.').all(is_label) {
        Ok(ascii)
    } else {
        Err(EmailAddressError::Domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> String {
        EmailAddress::parse(text).unwrap().to_string()
    }

    #[test]
    fn one_person_typed_in_several_ways_is_one_address() {
        assert_eq!(parsed("  Sato@Example.JP "), "sato@example.jp");
        assert_eq!(parsed("ｓａｔｏ＠ｅｘａｍｐｌｅ．ｊｐ"), "sato@example.jp");
        assert_eq!(parsed("sato+ma@example.jp"), "sato+ma@example.jp");
    }

    #[test]
    fn a_japanese_domain_becomes_punycode() {
        assert_eq!(parsed("sato@日本語.jp"), "sato@xn--wgv71a119e.jp");
        assert_eq!(parsed("sato@日本語。jp"), "sato@xn--wgv71a119e.jp");
    }

    #[test]
    fn what_mail_servers_refuse_is_refused_with_the_reason() {
        use EmailAddressError as Refusal;
        for (text, refusal) in [
            ("", Refusal::Empty),
            ("\u{3000}", Refusal::Empty),
            ("sato", Refusal::AtSign),
            ("a@b@example.jp", Refusal::AtSign),
            ("sato @example.jp", Refusal::Forbidden),
            ("sato@example.jp\r\nBcc: all@example.jp", Refusal::Forbidden),
            ("sa\0to@example.jp", Refusal::Forbidden),
            ("@example.jp", Refusal::LocalPart),
            ("sa..to@example.jp", Refusal::LocalPart),
            ("佐藤@example.jp", Refusal::LocalPart),
            ("<sato@example.jp>", Refusal::LocalPart),
            ("sato@localhost", Refusal::Domain),
            ("sato@192.0.2.1", Refusal::Domain),
            ("sato@ex%61mple.jp", Refusal::Domain),
            ("sato@-example.jp", Refusal::Domain),
            ("sato@example..jp", Refusal::Domain),
            ("sato@example.jp.", Refusal::Domain),
        ] {
            assert_eq!(EmailAddress::parse(text), Err(refusal), "{text:?}");
        }
        let long = format!("{}@example.jp", "a".repeat(65));
        assert_eq!(EmailAddress::parse(&long), Err(Refusal::TooLong));
        let long = format!("a@{}example.jp", "abcdefgh.".repeat(28));
        assert_eq!(EmailAddress::parse(&long), Err(Refusal::TooLong));
    }

    #[test]
    fn logs_and_modest_screens_do_not_show_the_address() {
        // A60
        let address = EmailAddress::parse("sato@example.jp").unwrap();
        assert_eq!(address.masked(), "s***@example.jp");
        assert!(!format!("{address:?}").contains("sato"));
    }

    #[test]
    fn reading_stored_json_checks_the_address() {
        let address: EmailAddress = serde_json::from_str("\"SATO@example.jp\"").unwrap();
        assert_eq!(address.as_str(), "sato@example.jp");
        assert!(serde_json::from_str::<EmailAddress>("\"sato\"").is_err());
    }

    proptest! {
        #[test]
        fn a_parsed_address_parses_to_itself(text in "\\PC{1,12}@\\PC{1,12}\\.(jp|ｃｏｍ|日本)") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address));
            }
        }
    }
}
