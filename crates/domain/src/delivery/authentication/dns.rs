//! What is asked of the domain name system, and what it answers.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use thiserror::Error;
use url::Host;

/// Longest name, in bytes, without the dot at its end (RFC 1035 §2.3.4).
const NAME_MAX: usize = 253;
/// Longest label of a name, in bytes.
const LABEL_MAX: usize = 63;

/// A name below a top-level domain: lower case, ASCII (punycode), without the dot at its end.
///
/// It is never an address and never a single word, so that a lookup stays in the public tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// Reads a name as people and records write it; a Japanese one becomes punycode.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() || text.len() > 4 * NAME_MAX {
            return None;
        }
        let Ok(Host::Domain(name)) = Host::parse(text) else {
            return None;
        };
        let is_label = |label: &str| {
            let is_inside =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
            (1..=LABEL_MAX).contains(&label.len()) && label.bytes().all(is_inside)
        };
        let is_name = name.len() <= NAME_MAX && name.contains('.') && name.split('.').all(is_label);
        is_name.then_some(Self(name))
    }

    /// The name with `labels` in front, unless that is too long for a name.
    #[must_use]
    pub fn with(&self, labels: &str) -> Option<Self> {
        Self::parse(&format!("{labels}.{self}"))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name itself and those above it down to two labels, at most four: where a policy for it
    /// may stand.
    #[must_use]
    pub fn upwards(&self) -> Vec<Self> {
        let mut names = vec![self.clone()];
        let mut rest = self.0.as_str();
        while let Some((_, above)) = rest.split_once('.') {
            if above.contains('.') {
                names.push(Self(above.to_owned()));
            }
            rest = above;
        }
        if names.len() > WALK_MAX {
            names.drain(1..=names.len() - WALK_MAX);
        }
        names
    }

    /// Whether it is `above` or stands below it.
    #[must_use]
    pub fn is_within(&self, above: &Self) -> bool {
        let rest = self.0.strip_suffix(&above.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// Names that are asked for a policy.
const WALK_MAX: usize = 4;

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Text; the strings of one record are joined.
    Txt,
    /// Another name for which this one stands.
    Cname,
    /// A server that takes mail, as in `10 mx.example.jp`.
    Mx,
}

impl RecordKind {
    /// As zone files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Txt => "TXT",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
        }
    }
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// Of which name.
    pub name: DnsName,
    /// Which records.
    pub kind: RecordKind,
}

/// Why there are no records.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DnsError {
    /// The name does not exist, or has no record of this kind.
    #[error("there is no such record")]
    NoSuchName,
    /// Nobody answered in time, or the answer is none; asking again may help.
    #[error("no answer: {0}")]
    Unavailable(String),
}

/// The records of a question, at least one, in the text form of [`RecordKind`].
pub type DnsAnswer = Result<Vec<String>, DnsError>;

/// The domain name system.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait DnsLookup: Send + Sync {
    /// Asks everything at once and answers in the order of the questions, one answer each, after
    /// `patience` at the latest: what is still open then is [`DnsError::Unavailable`].
    ///
    /// What strangers publish is cut: at most twenty records of 4,096 bytes to a question.
    fn look_up(&self, questions: &[Question], patience: Duration) -> Vec<DnsAnswer>;
}

/// What was asked and answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(HashMap<Question, DnsAnswer>);

impl Answers {
    /// Asks what is not known yet.
    pub(super) fn ask(
        &mut self,
        dns: &dyn DnsLookup,
        mut questions: Vec<Question>,
        patience: Duration,
    ) {
        questions.retain(|question| !self.0.contains_key(question));
        let answers = dns.look_up(&questions, patience);
        self.0.extend(questions.into_iter().zip(answers));
    }

    /// The records; none is no error.
    pub(super) fn records(&self, name: &DnsName, kind: RecordKind) -> Result<&[String], NoAnswer> {
        let question = Question {
            name: name.clone(),
            kind,
        };
        match self.0.get(&question) {
            Some(Ok(records)) => Ok(records),
            Some(Err(DnsError::NoSuchName)) => Ok(&[]),
            Some(Err(DnsError::Unavailable(_))) | None => Err(NoAnswer),
        }
    }
}

/// It could not be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoAnswer;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> DnsName {
        DnsName::parse(text).unwrap()
    }

    #[test]
    fn a_japanese_name_becomes_punycode() {
        assert_eq!(name("春日大学.jp."), name("春日大学.jp"));
        assert!(name("春日大学.jp").as_str().starts_with("xn--"));
        assert_eq!(name("_SPF.Google.com").as_str(), "_spf.google.com");
    }

    // Nothing of the machine's own network is asked for.
    #[test]
    fn addresses_and_single_words_are_no_names() {
        for text in [
            "",
            ".",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "0x7f.1",
            "a..jp",
            "a b.jp",
        ] {
            assert_eq!(DnsName::parse(text), None, "{text}");
        }
        assert_eq!(DnsName::parse(&"a.".repeat(200)), None);
    }

    #[test]
    fn policies_stand_at_a_name_and_above_it() {
        let names = name("news.ao.kasuga.ac.jp").upwards();
        let names: Vec<&str> = names.iter().map(DnsName::as_str).collect();
        assert_eq!(
            names,
            [
                "news.ao.kasuga.ac.jp",
                "ao.kasuga.ac.jp",
                "kasuga.ac.jp",
                "ac.jp"
            ]
        );
        assert_eq!(name("a.b.c.d.e.example.jp").upwards().len(), WALK_MAX);
    }

    #[test]
    fn a_name_is_within_itself_and_those_above_it_only() {
        let above = name("example.jp");
        assert!(name("example.jp").is_within(&above) && name("a.example.jp").is_within(&above));
        assert!(
            !name("badexample.jp").is_within(&above) && !above.is_within(&name("a.example.jp"))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_a_name_or_none(text in ".{0,300}") {
            if let Some(name) = DnsName::parse(&text) {
                prop_assert_eq!(DnsName::parse(name.as_str()), Some(name.clone()));
                prop_assert!(name.upwards().len() <= WALK_MAX);
            }
        }
    }
}
