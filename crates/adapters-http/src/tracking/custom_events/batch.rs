//! The document: one event, or an array of them.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use domain::ids::LeadId;
use domain::leads::EmailAddress;
use domain::tracking::{CustomEventInput, EventKey, EventName, Properties, PropertyValue, Subject};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::Complaint;

/// Most events of a request.
const MOST: usize = 500;

/// One event, as it is written. There is no id, no score and no tenant in it (V-28).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::tracking) struct Event {
    event: EventName,
    #[serde(default)]
    lead_id: Option<LeadId>,
    #[serde(default)]
    email: Option<EmailAddress>,
    #[serde(default)]
    occurred_at: Option<DateTime<Utc>>,
    #[serde(default)]
    properties: BTreeMap<String, PropertyValue>,
    #[serde(default)]
    idempotency_key: Option<String>,
}

/// The events of a request.
#[derive(Debug)]
pub(in crate::tracking) enum Batch {
    /// A document of its own.
    One(Box<Event>),
    /// An array of 1 to 500.
    Many(Vec<Event>),
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(events) => events.len(),
        }
    }

    /// Each event with its place, if there is more than one document.
    pub(super) fn into_events(self) -> impl Iterator<Item = (Option<usize>, Event)> {
        let (is_array, events) = match self {
            Self::One(event) => (false, vec![*event]),
            Self::Many(events) => (true, events),
        };
        let events = events.into_iter().enumerate();
        events.map(move |(place, event)| (is_array.then_some(place), event))
    }
}

impl Event {
    /// The report, with the key of the request where the event has none of its own.
    pub(super) fn input(
        self,
        request_key: Option<&str>,
        place: usize,
    ) -> Result<CustomEventInput, Complaint> {
        let subject = match (self.lead_id, self.email) {
            (Some(lead), None) => Subject::Lead(lead),
            (None, Some(email)) => Subject::Address(email),
            (None, None) => {
                let reason = "say whose event it is: lead_id or email";
                return Err(Complaint::about("lead_id", reason));
            }
            (Some(_), Some(_)) => {
                let reason = "lead_id and email exclude each other";
                return Err(Complaint::about("email", reason));
            }
        };
        let properties = Properties::parse(self.properties)
            .map_err(|error| Complaint::about("properties", error.to_string()))?;
        let place = u16::try_from(place).unwrap_or(u16::MAX);
        let of_request = || request_key.map(|key| EventKey::InRequest(key.to_owned(), place));
        Ok(CustomEventInput {
            subject,
            event: self.event,
            properties,
            occurred_at: self.occurred_at,
            key: self.idempotency_key.map(EventKey::Own).or_else(of_request),
        })
    }
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Batch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an event, or an array of 1 to {MOST} events")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Batch, A::Error> {
        Event::deserialize(MapAccessDeserializer::new(map))
            .map(Box::new)
            .map(Batch::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Batch, A::Error> {
        let mut events = Vec::new();
        while let Some(event) = array.next_element()? {
            if events.len() == MOST {
                return Err(A::Error::invalid_length(MOST + 1, &self));
            }
            events.push(event);
        }
        if events.is_empty() {
            return Err(A::Error::invalid_length(0, &self));
        }
        Ok(Batch::Many(events))
    }
}
