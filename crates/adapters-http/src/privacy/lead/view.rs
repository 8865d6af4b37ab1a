//! A lead's consent and wishes as the template shows them.

use chrono::{DateTime, Utc};
use domain::privacy::{Confirmation, Consent, ConsentHow, Said, SaidBy, Topic};
use serde::Serialize;

use super::LeadWishes;

#[derive(Serialize)]
pub(crate) struct View {
    consents: Vec<Record>,
    confirmation: Option<Asked>,
    topics: Vec<Choice>,
    paused_until: Option<DateTime<Utc>>,
    pause: Option<Word>,
    tracking_stopped: Option<Word>,
    /// The grounds that staff may note.
    grounds: Vec<&'static str>,
}

#[derive(Serialize)]
struct Record {
    given_at: DateTime<Utc>,
    how: &'static str,
    source: String,
    shown_text: Option<String>,
    network: Option<String>,
    confirmed_at: Option<DateTime<Utc>>,
    by: Speaker,
}

#[derive(Serialize)]
struct Asked {
    requested_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    is_expired: bool,
}

#[derive(Serialize)]
struct Choice {
    id: String,
    name: String,
    wanted: bool,
    word: Option<Word>,
}

/// When something was said, and by whom.
#[derive(Serialize)]
struct Word {
    at: DateTime<Utc>,
    by: Speaker,
}

#[derive(Serialize)]
struct Speaker {
    kind: &'static str,
    /// The member of staff, while they have an account.
    name: Option<String>,
}

impl LeadWishes {
    pub(crate) fn view(&self, now: DateTime<Utc>) -> View {
        let wanted = &self.preferences;
        let paused_until = wanted.paused_until(now);
        let grounds = ConsentHow::ALL.into_iter();
        View {
            consents: self.consents.iter().map(|it| self.record(it)).collect(),
            confirmation: self.confirmation.as_ref().map(|it| Asked::of(it, now)),
            topics: self.topics.iter().map(|topic| self.choice(topic)).collect(),
            pause: paused_until
                .and(wanted.pause)
                .map(|pause| self.word(pause.said)),
            paused_until,
            tracking_stopped: wanted.tracking_stopped.map(|said| self.word(said)),
            grounds: grounds
                .filter(|how| how.is_noted_by_staff())
                .map(ConsentHow::as_str)
                .collect(),
        }
    }

    fn record(&self, consent: &Consent) -> Record {
        Record {
            given_at: consent.given_at,
            how: consent.how.as_str(),
            source: consent.source.clone(),
            shown_text: consent.shown_text.clone(),
            network: consent.network.clone(),
            confirmed_at: consent.confirmed_at,
            by: self.speaker(consent.recorded_by),
        }
    }

    fn choice(&self, topic: &Topic) -> Choice {
        let choice = self.preferences.topics.get(&topic.id);
        Choice {
            id: topic.id.to_string(),
            name: topic.name.clone(),
            wanted: self.preferences.wants(topic),
            word: choice.map(|choice| self.word(choice.said)),
        }
    }

    fn word(&self, said: Said) -> Word {
        Word {
            at: said.at,
            by: self.speaker(said.by),
        }
    }

    fn speaker(&self, by: SaidBy) -> Speaker {
        let of_staff = |id| self.staff.iter().find(|user| user.id == id);
        Speaker {
            kind: by.as_str(),
            name: by.user().and_then(of_staff).map(|user| user.name.clone()),
        }
    }
}

impl Asked {
    fn of(confirmation: &Confirmation, now: DateTime<Utc>) -> Self {
        Self {
            requested_at: confirmation.requested_at,
            confirmed_at: confirmation.confirmed_at,
            is_expired: confirmation.is_expired(now),
        }
    }
}
