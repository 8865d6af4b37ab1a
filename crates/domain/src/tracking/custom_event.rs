//! A program of the customer reports what a lead did elsewhere.

use chrono::{DateTime, Duration, SubsecRound, Utc};
use thiserror::Error;

use super::{Action, Client, Engagement, EventName, MachineVerdict, Properties, Subject};
use crate::ids::{EngagementId, TenantId};

/// Longest key. Bytes.
const MAX_KEY: usize = 200;

/// What makes a repeat of a report the same report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKey {
    /// The event has a key of its own.
    Own(String),
    /// The request has a key, and the event stands at this place in it, from 0.
    InRequest(String, u16),
}

/// A report, its parts checked one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomEventInput {
    /// Who did it.
    pub subject: Subject,
    /// What.
    pub event: EventName,
    /// More about it.
    pub properties: Properties,
    /// When, if the program says so.
    pub occurred_at: Option<DateTime<Utc>>,
    /// The key, if there is one.
    pub key: Option<EventKey>,
}

/// Why a report is refused.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CustomEventRefused {
    /// A repeat without a time could not be told from a new event: our clock would give it another.
    #[error("occurred_at is needed where there is an idempotency key")]
    TimeMissing,
    /// It has not happened yet.
    #[error("occurred_at lies more than five minutes in the future")]
    Future,
    /// No event of a lead is that old.
    #[error("occurred_at lies before 1970")]
    TooOld,
    /// The key is empty or too long.
    #[error("an idempotency key has 1 to 200 bytes")]
    Key,
}

/// The engagement that a report describes.
///
/// With a key, id and time are the same whenever, wherever and however often the report comes, so
/// the log counts it once, also from a spool and after a restart. Therefore the time must come with
/// the key, and is refused where it cannot be right instead of being replaced by ours. Without a
/// key, each report is an event of its own.
///
/// # Errors
/// See [`CustomEventRefused`].
pub fn custom_event(
    input: CustomEventInput,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Engagement, CustomEventRefused> {
    let occurred_at = match (input.occurred_at, &input.key) {
        (Some(at), _) if at > now + Duration::minutes(5) => return Err(CustomEventRefused::Future),
        (Some(at), _) if at < DateTime::UNIX_EPOCH => return Err(CustomEventRefused::TooOld),
        (Some(at), _) => at,
        (None, Some(_)) => return Err(CustomEventRefused::TimeMissing),
        (None, None) => now,
    };
    Ok(Engagement {
        id: id_of(tenant, input.key.as_ref())?,
        tenant,
        // As precisely as the log keeps it.
        occurred_at: occurred_at.trunc_subsecs(6),
        received_at: now,
        action: Action::Custom {
            subject: input.subject,
            event: input.event,
            properties: input.properties,
        },
        client: Client::default(),
        verdict: MachineVerdict::None,
    })
}

fn id_of(tenant: TenantId, key: Option<&EventKey>) -> Result<EngagementId, CustomEventRefused> {
    let (kind, text, place): (&[u8], &str, u16) = match key {
        None => return Ok(EngagementId::new()),
        Some(EventKey::Own(text)) => (b"custom", text, 0),
        Some(EventKey::InRequest(text, place)) => (b"custom in request", text, *place),
    };
    if text.is_empty() || text.len() > MAX_KEY {
        return Err(CustomEventRefused::Key);
    }
    let tenant = tenant.uuid();
    let parts: [&[u8]; 4] = [
        kind,
        tenant.as_bytes(),
        text.as_bytes(),
        &place.to_be_bytes(),
    ];
    Ok(EngagementId::derived(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn read(
        key: Option<EventKey>,
        at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(EngagementId, DateTime<Utc>), CustomEventRefused> {
        let input = CustomEventInput {
            subject: Subject::Lead(LeadId::from_uuid(uuid::Uuid::nil())),
            event: EventName::parse("assessment_completed").unwrap(),
            properties: Properties::default(),
            occurred_at: at,
            key,
        };
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        custom_event(input, tenant, now).map(|event| (event.id, event.occurred_at))
    }

    fn own(text: &str) -> Option<EventKey> {
        Some(EventKey::Own(text.to_owned()))
    }

    fn part(text: &str, place: u16) -> Option<EventKey> {
        Some(EventKey::InRequest(text.to_owned(), place))
    }

    #[test]
    fn a_repeat_with_a_key_is_the_same_engagement_whenever_it_comes() {
        let at = Some(now() - Duration::days(400));
        for key in [own("a"), part("a", 0)] {
            let first = read(key.clone(), at, now()).unwrap();
            let later = read(key, at, now() + Duration::days(30)).unwrap();
            assert_eq!(first, later);
        }
    }

    #[test]
    fn other_keys_and_places_are_other_engagements() {
        let keys = [own("a"), own("b"), part("a", 0), part("a", 1), part("b", 0)];
        let ids: std::collections::BTreeSet<_> = keys
            .into_iter()
            .map(|key| read(key, Some(now()), now()).unwrap().0)
            .collect();
        assert_eq!(ids.len(), 5);
        let unnamed = || read(None, Some(now()), now()).unwrap().0;
        assert_ne!(unnamed(), unnamed());
    }

    #[test]
    fn a_key_needs_the_time() {
        let refused = Err(CustomEventRefused::TimeMissing);
        assert_eq!(read(own("a"), None, now()), refused);
        assert_eq!(read(None, None, now()).unwrap().1, now());
    }

    #[test]
    fn a_time_that_cannot_be_right_is_refused() {
        let at = |offset| read(None, Some(now() + offset), now()).map(|(_, at)| at - now());
        assert_eq!(at(Duration::minutes(5)), Ok(Duration::minutes(5)));
        assert_eq!(at(Duration::minutes(6)), Err(CustomEventRefused::Future));
        assert_eq!(at(-Duration::days(3650)), Ok(-Duration::days(3650)));
        assert_eq!(at(-Duration::days(36500)), Err(CustomEventRefused::TooOld));
    }

    #[test]
    fn a_time_is_as_precise_as_the_log() {
        let at = now() + Duration::nanoseconds(1_234_567);
        let kept = read(None, Some(at), now()).unwrap().1 - now();
        assert_eq!(kept, Duration::microseconds(1_234));
    }

    #[test]
    fn a_key_has_a_length() {
        for key in [own(""), own(&"k".repeat(201))] {
            let refused = Err(CustomEventRefused::Key);
            assert_eq!(read(key, Some(now()), now()), refused);
        }
        assert!(read(own(&"k".repeat(200)), Some(now()), now()).is_ok());
    }
}
