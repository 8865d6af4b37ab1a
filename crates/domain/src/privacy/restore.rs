//! A person wants mail again after having refused it.

use chrono::{DateTime, SubsecRound, Utc};

use super::{Consent, ConsentHow, ConsentStore, SaidBy};
use crate::delivery::{Suppression, SuppressionReason, Suppressions};
use crate::ids::{ConsentId, TenantId};
use crate::leads::LeadStore;
use crate::store::StoreResult;
use crate::tracking::MailRef;

/// What restoring needs from outside.
pub struct RestorePorts<'a> {
    /// Who wants mail.
    pub leads: &'a dyn LeadStore,
    /// Where refusals are kept.
    pub suppressions: &'a dyn Suppressions,
    /// Where it is recorded that mail is wanted.
    pub consents: &'a dyn ConsentStore,
}

/// What asking for mail again did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Restored {
    /// The refusal is lifted.
    Now(Suppression),
    /// Nothing was refused, or the lead is gone.
    NothingToLift,
    /// Something else stops mail: it comes back, was reported as spam, or staff stopped it. The
    /// person cannot lift that with a button.
    StoppedOtherwise(SuppressionReason),
}

/// Lifts the person's own refusal, and records that they asked for it (特電法 art. 3-2). By POST
/// only, with the token of a mail that went to the person.
///
/// # Errors
/// Only those of the storage.
pub fn restore(
    ports: &RestorePorts<'_>,
    tenant: TenantId,
    mail: &MailRef,
    network: Option<String>,
    now: DateTime<Utc>,
) -> StoreResult<Restored> {
    let Some(lead) = ports.leads.find(tenant, mail.lead)? else {
        return Ok(Restored::NothingToLift);
    };
    let Some(stop) = ports.suppressions.find(tenant, &lead.email)? else {
        return Ok(Restored::NothingToLift);
    };
    if stop.reason != SuppressionReason::Unsubscribed {
        return Ok(Restored::StoppedOtherwise(stop.reason));
    }
    let now = now.trunc_subsecs(6);
    let consent = Consent {
        id: ConsentId::new(),
        lead: lead.id,
        given_at: now,
        how: ConsentHow::PreferencePage,
        source: format!("send {}", mail.send),
        shown_text: None,
        network,
        recorded_by: SaidBy::Person,
        confirmed_at: Some(now),
    };
    // First the record: without it no mail may go out again.
    ports.consents.record_consent(tenant, &consent)?;
    let lifted = ports.suppressions.lift(tenant, &lead.email)?;
    Ok(lifted.map_or(Restored::NothingToLift, Restored::Now))
}

/// Whether staff may let mail go to an address again. What the person refused stays refused until
/// they consent anew (特電法 art. 3-3); everything else staff may judge.
#[must_use]
pub fn staff_may_restore(stop: &Suppression, consents: &[Consent]) -> bool {
    let is_newer = |consent: &Consent| consent.is_in_force() && consent.given_at > stop.created_at;
    !stop.reason.is_refusal() || consents.iter().any(is_newer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;
    use crate::leads::EmailAddress;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn stop(reason: SuppressionReason) -> Suppression {
        Suppression {
            email: EmailAddress::parse("sato@example.com").unwrap(),
            reason,
            detail: None,
            created_at: at(10),
        }
    }

    fn consent(given_at: i64) -> Consent {
        Consent {
            id: ConsentId::new(),
            lead: LeadId::new(),
            given_at: at(given_at),
            how: ConsentHow::Staff,
            source: "電話".to_owned(),
            shown_text: None,
            network: None,
            recorded_by: SaidBy::Program,
            confirmed_at: None,
        }
    }

    // 特電法 art. 3-3
    #[test]
    fn staff_lift_a_refusal_only_after_a_newer_consent() {
        for reason in SuppressionReason::ALL {
            let may = |consents: &[Consent]| staff_may_restore(&stop(reason), consents);
            assert_eq!(may(&[]), !reason.is_refusal());
            assert_eq!(may(&[consent(10)]), !reason.is_refusal());
            assert!(may(&[consent(11)]));
        }
    }
}
