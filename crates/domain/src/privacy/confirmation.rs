//! Double opt-in: mail goes to an address only after its owner has said so from its mailbox.
//!
//! One click in the mail, one on the page it opens. Looking at the page confirms nothing, because
//! scanners look, too.

use chrono::{DateTime, TimeDelta, Utc};

use super::Consent;
use crate::ids::{ConfirmationId, LeadId};

/// How long a mail that asks for confirmation can be answered.
pub const CONFIRMATION_LIFETIME: TimeDelta = TimeDelta::days(7);
/// Whoever was asked is not asked again before this time is over, however often a program wants it.
pub const ASKED_RECENTLY: TimeDelta = TimeDelta::hours(24);

/// A person was asked whether the address is theirs and mail is wanted. One for each lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its id, which the mail carries.
    pub id: ConfirmationId,
    /// Who is asked.
    pub lead: LeadId,
    /// Until it is answered, no other mail goes to this person.
    pub holds_mail: bool,
    /// Where the person said to want mail.
    pub source: String,
    /// What they read there.
    pub shown_text: Option<String>,
    /// When it was asked for last.
    pub requested_at: DateTime<Utc>,
    /// When the mail was handed to the provider.
    pub sent_at: Option<DateTime<Utc>>,
    /// When a browser first showed the page.
    pub visited_at: Option<DateTime<Utc>>,
    /// When the person confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
}

impl Confirmation {
    /// It was not answered in its time.
    #[must_use]
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.confirmed_at.is_none() && now >= self.requested_at + CONFIRMATION_LIFETIME
    }

    /// Mail waits for the answer.
    #[must_use]
    pub const fn holds_mail_now(&self) -> bool {
        self.holds_mail && self.confirmed_at.is_none()
    }
}

/// What to do when a program wants a person to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// Send the mail; hold other mail back if so.
    Ask {
        /// See [`Confirmation::holds_mail`].
        holds_mail: bool,
    },
    /// The person has confirmed, and has not refused since.
    Confirmed,
    /// The person was asked a short while ago and can still answer.
    AskedRecently,
}

/// Whether to ask a person to confirm. `refused_at`: since when they refuse all mail, if they do.
///
/// A confirmation counts until the person refuses. Whoever wants mail again after that is asked
/// anew, and at once: an answered mail cannot be answered a second time.
///
/// Somebody who is here already goes on getting mail while the question is open: otherwise anybody
/// who types a customer's address into a form would stop that customer's mail.
#[must_use]
pub fn asking(
    earlier: Option<&Confirmation>,
    consents: &[Consent],
    refused_at: Option<DateTime<Utc>>,
    lead_is_new: bool,
    now: DateTime<Utc>,
) -> Asking {
    let answered = earlier.and_then(|earlier| earlier.confirmed_at);
    let confirmed = consents.iter().filter_map(|consent| consent.confirmed_at);
    let counts = |at: DateTime<Utc>| refused_at.is_none_or(|refused| at > refused);
    if confirmed.chain(answered).any(counts) {
        return Asking::Confirmed;
    }
    let Some(earlier) = earlier else {
        return Asking::Ask {
            holds_mail: lead_is_new,
        };
    };
    let asked_recently = earlier.sent_at.is_some_and(|at| now < at + ASKED_RECENTLY);
    if answered.is_none() && asked_recently {
        return Asking::AskedRecently;
    }
    Asking::Ask {
        holds_mail: earlier.holds_mail_now(),
    }
}

/// How far those got who were asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Were asked.
    pub requested: u64,
    /// Opened the page.
    pub visited: u64,
    /// Confirmed.
    pub confirmed: u64,
}

#[cfg(test)]
mod tests {
    use super::super::{ConsentHow, SaidBy};
    use super::*;
    use crate::ids::ConsentId;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn asked() -> Confirmation {
        Confirmation {
            id: ConfirmationId::new(),
            lead: LeadId::new(),
            holds_mail: true,
            source: "資料請求フォーム".to_owned(),
            shown_text: None,
            requested_at: at(0),
            sent_at: Some(at(0)),
            visited_at: None,
            confirmed_at: None,
        }
    }

    fn confirmed() -> Confirmation {
        Confirmation {
            confirmed_at: Some(at(1)),
            ..asked()
        }
    }

    fn consent(confirmed_hour: i64) -> Consent {
        Consent {
            id: ConsentId::new(),
            lead: LeadId::new(),
            given_at: at(0),
            how: ConsentHow::PreferencePage,
            source: "配信設定".to_owned(),
            shown_text: None,
            network: None,
            recorded_by: SaidBy::Person,
            confirmed_at: Some(at(confirmed_hour)),
        }
    }

    #[test]
    fn mail_waits_for_new_people_and_goes_on_for_others() {
        let ask = |is_new| asking(None, &[], None, is_new, at(0));
        assert_eq!(ask(true), Asking::Ask { holds_mail: true });
        assert_eq!(ask(false), Asking::Ask { holds_mail: false });
    }

    #[test]
    fn nobody_is_asked_twice_a_day() {
        let earlier = asked();
        let ask = |hour| asking(Some(&earlier), &[], None, false, at(hour));
        assert_eq!(ask(23), Asking::AskedRecently);
        assert_eq!(ask(24), Asking::Ask { holds_mail: true });
        let unsent = Confirmation {
            sent_at: None,
            ..asked()
        };
        let again = asking(Some(&unsent), &[], None, false, at(1));
        assert_eq!(again, Asking::Ask { holds_mail: true });
    }

    #[test]
    fn who_confirmed_and_did_not_refuse_is_never_asked_again() {
        let earlier = confirmed();
        assert_eq!(
            asking(Some(&earlier), &[], None, false, at(900)),
            Asking::Confirmed
        );
        assert!(!earlier.holds_mail_now());
        assert!(!earlier.is_expired(at(900)));
    }

    // 特電法 art. 3-3
    #[test]
    fn only_a_confirmation_after_the_refusal_counts() {
        let earlier = confirmed();
        let ask = |refused, consents: &[Consent]| {
            asking(Some(&earlier), consents, Some(at(refused)), false, at(3))
        };
        assert_eq!(ask(0, &[]), Asking::Confirmed);
        for refused in [1, 2] {
            let anew = Asking::Ask { holds_mail: false };
            assert_eq!(ask(refused, &[]), anew, "refused at {refused}");
            assert_eq!(ask(refused, &[consent(1)]), anew, "refused at {refused}");
        }
        assert_eq!(ask(1, &[consent(2)]), Asking::Confirmed);
    }

    #[test]
    fn an_open_question_is_not_repeated_within_a_day_for_a_refusal() {
        let again = asking(Some(&asked()), &[], Some(at(1)), false, at(2));
        assert_eq!(again, Asking::AskedRecently);
    }

    #[test]
    fn a_question_expires_after_a_week() {
        assert!(!asked().is_expired(at(7 * 24 - 1)));
        assert!(asked().is_expired(at(7 * 24)));
    }
}
