//! What the ports of [`domain::privacy`] promise.

mod confirmations;
mod preferences;
mod sending;
mod topics;

use chrono::{DateTime, Utc};
use domain::ids::{ConfirmationId, ConsentId, LeadId, TopicId};
use domain::privacy::{
    Confirmation, ConfirmationStore, Consent, ConsentHow, ConsentStore, LeadPreferences,
    PreferenceChange, PreferenceStore, Said, SaidBy, Topic, TopicStore,
};

use super::mail::MailPorts;
use crate::builders::tenancy::at;

pub use confirmations::*;
pub use preferences::*;
pub use sending::*;
pub use topics::*;

/// The ports of privacy beside those of mail, over one and the same storage.
#[derive(Clone, Copy)]
#[expect(missing_docs, reason = "the fields are the ports of those names")]
pub struct PrivacyPorts<'a> {
    pub mail: MailPorts<'a>,
    pub topics: &'a dyn TopicStore,
    pub preferences: &'a dyn PreferenceStore,
    pub consents: &'a dyn ConsentStore,
    pub confirmations: &'a dyn ConfirmationStore,
}

impl<'a> PrivacyPorts<'a> {
    /// One storage for all of them.
    pub fn of<S>(store: &'a S, mail: MailPorts<'a>) -> Self
    where
        S: TopicStore + PreferenceStore + ConsentStore + ConfirmationStore,
    {
        Self {
            mail,
            topics: store,
            preferences: store,
            consents: store,
            confirmations: store,
        }
    }

    fn topic(&self, name: &str, default_on: bool) -> Topic {
        let topic = topic(name, default_on);
        self.topics
            .add_topic(self.mail.tenant, &topic, at(0))
            .unwrap();
        topic
    }

    fn wants(&self, lead: LeadId) -> LeadPreferences {
        self.preferences
            .preferences(self.mail.tenant, lead)
            .unwrap()
    }

    /// The person changes something.
    fn change(&self, lead: LeadId, change: PreferenceChange, seconds: i64) -> bool {
        self.preferences
            .change_preferences(self.mail.tenant, lead, &[change], said(seconds))
            .unwrap()
    }

    fn consents_of(&self, lead: LeadId) -> Vec<Consent> {
        self.consents.consents(self.mail.tenant, lead).unwrap()
    }
}

fn topic(name: &str, default_on: bool) -> Topic {
    Topic {
        id: TopicId::new(),
        name: name.to_owned(),
        description: Some("月に一度".to_owned()),
        default_on,
        position: 1,
    }
}

fn said(seconds: i64) -> Said {
    Said {
        at: at(seconds),
        by: SaidBy::Person,
    }
}

fn consent(lead: LeadId, how: ConsentHow, given_at: DateTime<Utc>) -> Consent {
    Consent {
        id: ConsentId::new(),
        lead,
        given_at,
        how,
        source: "資料請求フォーム".to_owned(),
        shown_text: Some("メールでのご案内に同意します（2026年4月版）".to_owned()),
        network: Some("203.0.113.0/24".to_owned()),
        recorded_by: SaidBy::Program,
        confirmed_at: None,
    }
}

fn question(lead: LeadId, seconds: i64) -> Confirmation {
    Confirmation {
        id: ConfirmationId::new(),
        lead,
        holds_mail: true,
        source: "資料請求フォーム".to_owned(),
        shown_text: None,
        requested_at: at(seconds),
        sent_at: None,
        visited_at: None,
        confirmed_at: None,
    }
}

/// Writes one test for each contract; `$on_storage` gives it the ports over an empty storage.
#[macro_export]
macro_rules! privacy_contracts {
    ($on_storage:path) => {
        $crate::privacy_contracts! { $on_storage:
            topics_come_back_in_their_order,
            a_name_makes_one_topic,
            a_topic_in_use_stays,
            a_removed_topic_takes_its_choices_along,
            what_a_person_wants_comes_back,
            a_choice_for_no_topic_is_passed_over,
            nobody_there_wants_nothing,
            records_of_consent_come_back_newest_first,
            what_a_tenant_demands_comes_back,
            a_question_is_asked_again_under_its_id,
            confirming_counts_once_and_records_consent,
            confirming_lifts_the_persons_own_refusal_only,
            who_refused_after_confirming_can_be_asked_and_confirm_anew,
            an_expired_question_confirms_nothing,
            the_funnel_counts_how_far_people_got,
            another_tenant_sees_nothing_of_what_people_want,
            a_refused_topic_stops_its_mail_before_and_after_the_claim,
            a_topic_that_is_off_goes_to_those_who_chose_it,
            a_pause_skips_broadcasts_and_holds_campaigns_back,
            consent_is_asked_for_where_the_tenant_demands_it,
            who_has_not_confirmed_gets_no_other_mail,
            tracking_that_was_stopped_is_out_of_the_next_mail,
        }
    };
    ($on_storage:path: $($contract:ident,)+) => {$(
        #[test]
        fn $contract() {
            $on_storage($crate::contracts::privacy::$contract);
        }
    )+};
}
