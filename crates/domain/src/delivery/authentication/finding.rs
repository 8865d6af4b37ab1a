//! What was found about a sending domain, and what to publish.

use chrono::{DateTime, Utc};

use super::dns::{DnsName, RecordKind};
use super::note::Note;

/// Records that are shown of what was found.
const SHOWN_RECORDS: usize = 6;
/// Characters that are shown of one.
const SHOWN_CHARACTERS: usize = 600;

/// What was found about a sending domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// The domain of the sending address.
    pub domain: DnsName,
    /// One for each topic, in the order of [`Topic`].
    pub findings: Vec<Finding>,
    /// When it was looked up.
    pub checked_at: DateTime<Utc>,
}

/// What receivers look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Which servers may send (RFC 7208).
    Spf,
    /// Whether the mail is signed by the domain (RFC 6376).
    Dkim,
    /// What becomes of mail that is neither (RFC 7489).
    Dmarc,
    /// Where mail that cannot be delivered comes back to.
    ReturnPath,
    /// Whether the sending address can receive at all.
    Mx,
}

impl Topic {
    /// The name in texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spf => "spf",
            Self::Dkim => "dkim",
            Self::Dmarc => "dmarc",
            Self::ReturnPath => "return-path",
            Self::Mx => "mx",
        }
    }
}

/// How a topic stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As receivers want it.
    Good,
    /// It works, and something is better done about it.
    Warning,
    /// It is not there, or receivers drop it: something has to be done.
    Missing,
    /// It cannot be found out: nobody answered, or it cannot be asked.
    Unknown,
}

impl Verdict {
    /// The name in texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found about one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub topic: Topic,
    /// How it stands.
    pub verdict: Verdict,
    /// The records that are there, cut to what a screen shows.
    pub found: Vec<String>,
    /// Why the verdict is what it is, the weightiest first.
    pub notes: Vec<Note>,
    /// What to publish to mend it; empty where there is nothing to do or nothing that we could know.
    pub publish: Vec<PublishedRecord>,
}

/// A record as it is entered at the domain's provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRecord {
    /// Its name, whole.
    pub name: String,
    /// Its kind.
    pub kind: RecordKind,
    /// Its value.
    pub value: String,
}

impl Finding {
    /// A topic about which nothing is known to be wrong yet.
    pub(super) fn good(topic: Topic, found: &[String]) -> Self {
        let shown = |record: &String| record.chars().take(SHOWN_CHARACTERS).collect();
        Self {
            topic,
            verdict: Verdict::Good,
            found: found.iter().take(SHOWN_RECORDS).map(shown).collect(),
            notes: Vec::new(),
            publish: Vec::new(),
        }
    }

    /// A topic that could not be asked about.
    pub(super) fn unanswered(topic: Topic) -> Self {
        Self::good(topic, &[]).but(Verdict::Unknown, Note::NoAnswer)
    }

    /// The same with something to say about it. A verdict only gets worse.
    pub(super) fn but(mut self, verdict: Verdict, note: Note) -> Self {
        let weight = |verdict| match verdict {
            Verdict::Good => 0,
            Verdict::Warning => 1,
            Verdict::Unknown => 2,
            Verdict::Missing => 3,
        };
        if weight(verdict) > weight(self.verdict) {
            self.verdict = verdict;
            self.notes.insert(0, note);
        } else {
            self.notes.push(note);
        }
        self
    }

    /// The same with something worth knowing.
    pub(super) fn noting(self, note: Note) -> Self {
        self.but(Verdict::Good, note)
    }

    /// The same with what to publish.
    pub(super) fn publish(mut self, name: impl ToString, kind: RecordKind, value: String) -> Self {
        self.publish.push(PublishedRecord {
            name: name.to_string(),
            kind,
            value,
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_note_stands_first() {
        let finding = Finding::good(Topic::Spf, &[])
            .noting(Note::SpfLookups(3))
            .but(Verdict::Missing, Note::SpfNone)
            .but(Verdict::Warning, Note::SpfOpenEnd);
        assert_eq!(finding.verdict, Verdict::Missing);
        assert_eq!(finding.notes[0], Note::SpfNone);
    }

    #[test]
    fn what_strangers_publish_is_cut() {
        let finding = Finding::good(Topic::Spf, &vec!["x".repeat(5_000); 50]);
        assert_eq!(finding.found.len(), SHOWN_RECORDS);
        assert_eq!(finding.found[0].len(), SHOWN_CHARACTERS);
    }
}
