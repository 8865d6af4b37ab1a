//! Whether a mail may go to a person, by what the person wants.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    CONFIRMATION_LIFETIME, Confirmation, Consent, ConsentHow, LeadPreferences, PrivacySettings,
    Topic,
};
use crate::delivery::SkipReason;

/// Why a mail does not go to a person now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The person was asked to confirm and has not answered.
    AwaitingConfirmation {
        /// When the question can no longer be answered.
        expires_at: DateTime<Utc>,
    },
    /// The tenant demands a record of consent and there is none.
    NoConsent,
    /// The person does not want this topic.
    TopicRefused,
    /// The person asked for a pause until then.
    Paused {
        /// When mail may come again.
        until: DateTime<Utc>,
    },
}

/// How soon a mail that waits for a confirmation is looked at again.
pub const CONFIRMATION_RECHECK: TimeDelta = TimeDelta::minutes(15);

impl Withheld {
    /// What is written down of a mail that is not sent for it.
    #[must_use]
    pub const fn reason(self) -> SkipReason {
        match self {
            Self::AwaitingConfirmation { .. } => SkipReason::AwaitingConfirmation,
            Self::NoConsent => SkipReason::NoConsent,
            Self::TopicRefused => SkipReason::TopicRefused,
            Self::Paused { .. } => SkipReason::PausedByLead,
        }
    }

    /// When the step of a campaign is tried again; `None`: it is skipped.
    ///
    /// A broadcast never waits: after thirty days it would be stale, and all of them would come at
    /// once. A campaign is somebody's own sequence and goes on where it stopped.
    #[must_use]
    pub fn step_goes_on_at(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::AwaitingConfirmation { expires_at } => {
                (expires_at > now).then_some(now + CONFIRMATION_RECHECK)
            }
            Self::Paused { until } => Some(until),
            Self::NoConsent | Self::TopicRefused => None,
        }
    }
}

/// What is known of a person when a mail is about to go out.
#[derive(Clone, Copy, Debug)]
pub struct Wishes<'a> {
    /// What the person wants.
    pub preferences: &'a LeadPreferences,
    /// What is recorded of the person's consent.
    pub consents: &'a [Consent],
    /// Whether the person was asked to confirm.
    pub confirmation: Option<&'a Confirmation>,
}

impl Consent {
    /// It is a ground to send mail: a double opt-in only once it was confirmed.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.how != ConsentHow::DoubleOptIn || self.confirmed_at.is_some()
    }
}

impl Wishes<'_> {
    /// What stops a mail of this topic (or of none) now. What lasts is told before what passes, so
    /// that a mail that would be refused anyway does not wait for the end of a pause.
    #[must_use]
    pub fn withhold(
        &self,
        settings: PrivacySettings,
        topic: Option<&Topic>,
        now: DateTime<Utc>,
    ) -> Option<Withheld> {
        let asked = self.confirmation.filter(|asked| asked.holds_mail_now());
        if let Some(asked) = asked {
            let expires_at = asked.requested_at + CONFIRMATION_LIFETIME;
            return Some(Withheld::AwaitingConfirmation { expires_at });
        }
        if settings.consent_required && !self.consents.iter().any(Consent::is_in_force) {
            return Some(Withheld::NoConsent);
        }
        if topic.is_some_and(|topic| !self.preferences.wants(topic)) {
            return Some(Withheld::TopicRefused);
        }
        let until = self.preferences.paused_until(now)?;
        Some(Withheld::Paused { until })
    }

    /// Until when the person's campaigns stand still; `None`: they go on. They stand still in a
    /// pause, and until the person has confirmed the address or can no longer do so.
    ///
    /// Not only their mails wait: steps that were done meanwhile would leave all mails for the end,
    /// and ask about mails that nobody has got.
    #[must_use]
    pub fn stands_still_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let asked = self.confirmation.filter(|asked| asked.holds_mail_now());
        let expires_at = asked.map(|asked| asked.requested_at + CONFIRMATION_LIFETIME);
        let expires_at = expires_at.filter(|expires_at| *expires_at > now);
        self.preferences.paused_until(now).max(expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PreferenceChange, Said, SaidBy};
    use super::*;
    use crate::ids::{ConfirmationId, ConsentId, LeadId, TopicId};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn consent(how: ConsentHow) -> Consent {
        Consent {
            id: ConsentId::new(),
            lead: LeadId::new(),
            given_at: NOW,
            how,
            source: "展示会".to_owned(),
            shown_text: None,
            network: None,
            recorded_by: SaidBy::Program,
            confirmed_at: None,
        }
    }

    fn withheld(
        preferences: &LeadPreferences,
        consents: &[Consent],
        required: bool,
    ) -> Option<Withheld> {
        let settings = PrivacySettings {
            consent_required: required,
            ..PrivacySettings::default()
        };
        let wishes = Wishes {
            preferences,
            consents,
            confirmation: None,
        };
        wishes.withhold(settings, None, NOW)
    }

    #[test]
    fn consent_is_asked_for_only_where_the_tenant_demands_it() {
        let nothing = LeadPreferences::default();
        assert_eq!(withheld(&nothing, &[], false), None);
        assert_eq!(withheld(&nothing, &[], true), Some(Withheld::NoConsent));
        let card = [consent(ConsentHow::BusinessCard)];
        assert_eq!(withheld(&nothing, &card, true), None);
        let unconfirmed = [consent(ConsentHow::DoubleOptIn)];
        assert_eq!(
            withheld(&nothing, &unconfirmed, true),
            Some(Withheld::NoConsent)
        );
    }

    #[test]
    fn a_pause_holds_mail_back_until_its_end() {
        let until = NOW + TimeDelta::days(30);
        let mut wanted = LeadPreferences::default();
        let said = Said {
            at: NOW,
            by: SaidBy::Person,
        };
        wanted.change(PreferenceChange::Pause { until }, said);
        assert_eq!(
            withheld(&wanted, &[], false),
            Some(Withheld::Paused { until })
        );
    }

    #[test]
    fn a_refused_topic_is_told_before_a_pause() {
        let topic = Topic {
            id: TopicId::new(),
            name: "お知らせ".to_owned(),
            description: None,
            default_on: false,
            position: 0,
        };
        let mut preferences = LeadPreferences::default();
        let said = Said {
            at: NOW,
            by: SaidBy::Person,
        };
        let until = NOW + TimeDelta::days(1);
        preferences.change(PreferenceChange::Pause { until }, said);
        let wishes = Wishes {
            preferences: &preferences,
            consents: &[],
            confirmation: None,
        };
        let stop = wishes.withhold(PrivacySettings::default(), Some(&topic), NOW);
        assert_eq!(stop, Some(Withheld::TopicRefused));
    }

    fn asked() -> Confirmation {
        Confirmation {
            id: ConfirmationId::new(),
            lead: LeadId::new(),
            holds_mail: true,
            source: "フォーム".to_owned(),
            shown_text: None,
            requested_at: NOW,
            sent_at: None,
            visited_at: None,
            confirmed_at: None,
        }
    }

    #[test]
    fn who_was_asked_and_has_not_answered_gets_nothing_else() {
        let asked = asked();
        let wishes = Wishes {
            preferences: &LeadPreferences::default(),
            consents: &[],
            confirmation: Some(&asked),
        };
        let stop = wishes.withhold(PrivacySettings::default(), None, NOW);
        let stop = stop.unwrap();
        assert_eq!(stop.reason(), SkipReason::AwaitingConfirmation);
        let again = Some(NOW + CONFIRMATION_RECHECK);
        assert_eq!(stop.step_goes_on_at(NOW), again);
        assert_eq!(stop.step_goes_on_at(NOW + CONFIRMATION_LIFETIME), None);
    }

    #[test]
    fn campaigns_stand_still_until_the_later_of_pause_and_confirmation() {
        let mut preferences = LeadPreferences::default();
        let until = NOW + TimeDelta::days(5);
        let said = Said {
            at: NOW,
            by: SaidBy::Person,
        };
        preferences.change(PreferenceChange::Pause { until }, said);
        let asked = asked();
        let still = |preferences: &LeadPreferences, confirmation, now| {
            let wishes = Wishes {
                preferences,
                consents: &[],
                confirmation,
            };
            wishes.stands_still_until(now)
        };
        let nothing = LeadPreferences::default();
        let expires = NOW + CONFIRMATION_LIFETIME;
        assert_eq!(still(&nothing, None, NOW), None);
        assert_eq!(still(&preferences, None, NOW), Some(until));
        assert_eq!(still(&preferences, Some(&asked), NOW), Some(expires));
        assert_eq!(still(&preferences, Some(&asked), expires), None);
        let confirmed = Confirmation {
            confirmed_at: Some(NOW),
            ..asked.clone()
        };
        assert_eq!(still(&nothing, Some(&confirmed), NOW), None);
    }
}
