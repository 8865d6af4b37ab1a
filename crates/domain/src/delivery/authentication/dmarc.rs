//! DMARC records (RFC 7489): what receivers do with mail that only claims to be of a domain.

use super::tags::{tags, value};

/// A record that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DmarcRecord {
    /// For mail of the domain itself.
    pub(super) policy: DmarcPolicy,
    /// For mail of the names below it.
    pub(super) below: DmarcPolicy,
    /// Whether anybody gets the daily reports.
    pub(super) has_reports: bool,
    /// Whether the signing domain has to be the domain of the sender exactly.
    pub(super) strict_dkim: bool,
}

/// What becomes of mail that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DmarcPolicy {
    None,
    Quarantine,
    Reject,
}

impl DmarcPolicy {
    fn parse(text: &str) -> Option<Self> {
        [
            ("none", Self::None),
            ("quarantine", Self::Quarantine),
            ("reject", Self::Reject),
        ]
        .into_iter()
        .find_map(|(name, policy)| text.eq_ignore_ascii_case(name).then_some(policy))
    }
}

/// Whether a TXT record is meant as DMARC, be it right or not.
pub(super) fn is_dmarc(text: &str) -> bool {
    let first = text.split(';').next().unwrap_or_default();
    let version = first.split_once('=');
    version.is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("v") && value.trim() == "DMARC1"
    })
}

impl DmarcRecord {
    /// Reads a record that [`is_dmarc`]; `None` where receivers would pass it over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let tags = tags(text)?;
        let policy = DmarcPolicy::parse(value(&tags, "p")?)?;
        let below = match value(&tags, "sp") {
            Some(text) => DmarcPolicy::parse(text)?,
            None => policy,
        };
        let reports = value(&tags, "rua").unwrap_or_default();
        Some(Self {
            policy,
            below,
            has_reports: reports
                .split(',')
                .any(|to| to.trim().len() > "mailto:".len()),
            strict_dkim: value(&tags, "adkim").is_some_and(|mode| mode.eq_ignore_ascii_case("s")),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // B72
    #[test]
    fn a_usual_record_is_read() {
        let record =
            DmarcRecord::parse("v=DMARC1; p=quarantine; sp=None; rua=mailto:d@example.jp; adkim=s");
        let expected = DmarcRecord {
            policy: DmarcPolicy::Quarantine,
            below: DmarcPolicy::None,
            has_reports: true,
            strict_dkim: true,
        };
        assert_eq!(record, Some(expected));
    }

    #[test]
    fn a_record_without_a_policy_is_none() {
        for text in [
            "v=DMARC1",
            "v=DMARC1; p=",
            "v=DMARC1; p=maybe",
            "v=DMARC1; p=none; p=none",
        ] {
            assert!(is_dmarc(text));
            assert_eq!(DmarcRecord::parse(text), None, "{text}");
        }
        assert!(!is_dmarc("v=DMARC2; p=none") && !is_dmarc("p=none; v=DMARC1") && !is_dmarc(""));
        let silent = DmarcRecord::parse("v=DMARC1; p=none; rua=").unwrap();
        assert!(!silent.has_reports);
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_breaks_it(text in "(v=DMARC1; ?p=)?.{0,400}") {
            // Both are made of tags.
            prop_assert!(text.contains('=') || !is_dmarc(&text));
            prop_assert!(text.contains('=') || DmarcRecord::parse(&text).is_none());
        }
    }
}
