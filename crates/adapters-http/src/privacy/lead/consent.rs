//! Staff note that, how and where a person consented.

use actix_web::web;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::ids::{ConsentId, LeadId};
use domain::leads::{AsOf, audit};
use domain::privacy::{Consent, ConsentHow, SaidBy};
use domain::tenancy::AuditEntry;
use serde::Deserialize;

use crate::blocking::blocking;
use crate::error::{Complaint, Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::privacy::CONSENT_RECORDED;
use crate::security::SignedIn;
use crate::state::State;

/// Longest text of a record. Characters.
const MAX_CHARS: usize = 2_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::privacy) struct ConsentForm {
    how: String,
    source: String,
    #[serde(default)]
    shown_text: String,
    /// The day it was given; today if left out.
    #[serde(default)]
    given_on: Option<NaiveDate>,
}

impl ConsentForm {
    fn consent(self, lead: LeadId, me: &SignedIn) -> Result<Consent, Failure> {
        let wrong = |field, why: &str| Failure::Invalid(Complaint::about(field, why));
        let how = ConsentHow::parse(&self.how).filter(|how| how.is_noted_by_staff());
        let how = how.ok_or_else(|| wrong("how", "it is no ground that staff may note"))?;
        let (source, shown_text) = (self.source.trim(), self.shown_text.trim());
        if source.is_empty() {
            return Err(wrong("source", "say where or on what occasion"));
        }
        if source.chars().count().max(shown_text.chars().count()) > MAX_CHARS {
            return Err(wrong("source", "it is too long"));
        }
        let now = me.now();
        let given_at = given_at(self.given_on, me.tenant().time_zone, now);
        if given_at > now {
            return Err(wrong("given_on", "it lies in the future"));
        }
        Ok(Consent {
            id: ConsentId::new(),
            lead,
            given_at,
            how,
            source: source.to_owned(),
            shown_text: (!shown_text.is_empty()).then(|| shown_text.to_owned()),
            network: None,
            recorded_by: SaidBy::Staff(me.user().id),
            confirmed_at: None,
        })
    }
}

/// The moment that is recorded for a day: of today, now, because at its beginning a consent would
/// be older than a refusal of this morning, which it is to lift; of another day, its beginning.
fn given_at(day: Option<NaiveDate>, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = AsOf::new(now, zone).today;
    let other = day.filter(|day| *day != today);
    let begins = |day: NaiveDate| {
        let local = zone.from_local_datetime(&day.and_time(NaiveTime::MIN));
        local.earliest().map(|local| local.to_utc())
    };
    other.and_then(begins).unwrap_or(now)
}

pub(in crate::privacy) async fn record(
    me: SignedIn,
    state: State,
    lead: web::Path<LeadId>,
    Form(form): Form<ConsentForm>,
) -> PageResult {
    let (tenant, actor, lead) = (me.tenant_id(), me.actor(), lead.into_inner());
    let consent = form.consent(lead, &me)?;
    let recorded = blocking(move || {
        let recorded = state.ports.consents.record_consent(tenant, &consent)?;
        if recorded {
            let target = audit::lead(lead);
            let entry = AuditEntry::new(actor, CONSENT_RECORDED, target, state.now())
                .with_detail(consent.how.as_str());
            state.ports.audit.append(tenant, &entry)?;
        }
        Ok::<_, Failure>(recorded)
    })
    .await?;
    if !recorded {
        return Err(Failure::NotFound.into());
    }
    let flash = Flash::success("privacy-consent-recorded");
    Ok(redirect(&format!("/ui/leads/{lead}#wishes"), Some(flash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_of_today_is_given_now_and_one_of_another_day_at_its_beginning() {
        let moment = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        // Shortly after midnight in Tokyo, when it is still the day before in UTC.
        for now in ["2026-11-21T15:00:01Z", "2026-11-22T05:00:00Z"].map(moment) {
            let given =
                |day| given_at(NaiveDate::from_ymd_opt(2026, 11, day), Tz::Asia__Tokyo, now);
            assert_eq!(given(22), now);
            assert_eq!(given(21), moment("2026-11-20T15:00:00Z"));
            assert_eq!(given(23), moment("2026-11-22T15:00:00Z"));
            assert_eq!(given_at(None, Tz::Asia__Tokyo, now), now);
        }
    }
}
