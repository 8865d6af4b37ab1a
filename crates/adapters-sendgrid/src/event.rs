//! One event.

use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::{DeliveryReport, ReportClient, ReportedEvent, SuppressionReason, one_line};
use domain::leads::EmailAddress;
use serde::Deserialize;
use serde_json::Value;

/// More of a receiving server's words than this tells nobody anything.
const REASON_CHARS: usize = 500;
/// `sg_event_id` is documented to have at most this many.
const ID_CHARS: usize = 100;

/// What became of one item.
pub(crate) enum Read {
    Report(Box<DeliveryReport>),
    /// An event that means nothing to us, such as a change of the account.
    Irrelevant,
    /// Not an event, or one without the parts that every event has.
    Unreadable,
}

/// An event as SendGrid writes it. Everything may be missing, and numbers come as text at times.
#[derive(Deserialize)]
struct Event {
    event: String,
    sg_event_id: String,
    timestamp: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    sg_message_id: Value,
    #[serde(default)]
    reason: Value,
    #[serde(default)]
    response: Value,
    #[serde(default)]
    r#type: Value,
    #[serde(default)]
    url: Value,
    #[serde(default)]
    ip: Value,
    #[serde(default)]
    useragent: Value,
    #[serde(default)]
    sg_machine_open: Value,
    #[serde(default)]
    ondo_send: Value,
    #[serde(default)]
    ondo_tenant: Value,
}

pub(crate) fn read_event(item: Value, now: DateTime<Utc>) -> Read {
    let Ok(event) = serde_json::from_value::<Event>(item) else {
        return Read::Unreadable;
    };
    let id = event.sg_event_id.trim();
    let Some(occurred_at) = time_of(&event.timestamp, now) else {
        return Read::Unreadable;
    };
    if id.is_empty() || id.len() > ID_CHARS {
        return Read::Unreadable;
    }
    let Some(kind) = event.kind() else {
        return Read::Irrelevant;
    };
    Read::Report(Box::new(DeliveryReport {
        id: id.to_owned(),
        occurred_at,
        event: kind,
        send: text(&event.ondo_send).and_then(|id| id.parse().ok()),
        tenant: text(&event.ondo_tenant).and_then(|id| id.parse().ok()),
        provider_message_id: text(&event.sg_message_id).map(message_id),
        email: text(&event.email).and_then(|email| EmailAddress::parse(email).ok()),
    }))
}

impl Event {
    fn kind(&self) -> Option<ReportedEvent> {
        Some(match self.event.as_str() {
            "processed" => ReportedEvent::Processed,
            "delivered" => ReportedEvent::Delivered,
            "deferred" => ReportedEvent::Deferred {
                reason: words(&self.response),
            },
            "bounce" if text(&self.r#type) == Some("blocked") => ReportedEvent::Blocked {
                reason: words(&self.reason),
            },
            "bounce" => ReportedEvent::Bounced {
                reason: words(&self.reason),
            },
            "dropped" => {
                let reason = words(&self.reason);
                ReportedEvent::Dropped {
                    stops: stops(&reason),
                    reason,
                }
            }
            "spamreport" => ReportedEvent::Complained,
            "unsubscribe" | "group_unsubscribe" => ReportedEvent::Unsubscribed,
            "open" => ReportedEvent::Opened {
                machine: matches!(self.sg_machine_open, Value::Bool(true)),
                client: self.client(),
            },
            "click" => ReportedEvent::Clicked {
                url: text(&self.url)
                    .unwrap_or_default()
                    .chars()
                    .take(2_048)
                    .collect(),
                client: self.client(),
            },
            _ => return None,
        })
    }

    fn client(&self) -> ReportClient {
        ReportClient {
            address: text(&self.ip).and_then(|ip| ip.parse().ok()),
            user_agent: text(&self.useragent).map(str::to_owned),
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    value
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn words(value: &Value) -> String {
    let words = one_line(text(value).unwrap_or_default());
    words.chars().take(REASON_CHARS).collect()
}

/// The part that `/v3/mail/send` answered with; behind the point stands the filter that it went
/// through.
fn message_id(text: &str) -> String {
    text.split('.').next().unwrap_or(text).to_owned()
}

/// Seconds since 1970, within the years that mails can be about.
fn time_of(value: &Value, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const YEAR_2000: i64 = 946_684_800;
    let seconds = value.as_i64().or_else(|| text(value)?.parse().ok())?;
    let time = DateTime::from_timestamp(seconds, 0)?;
    (seconds >= YEAR_2000 && time <= now + TimeDelta::days(1)).then_some(time)
}

/// Why SendGrid sends nothing to an address any more, as it words it.
fn stops(reason: &str) -> Option<SuppressionReason> {
    match reason {
        "Bounced Address" | "Invalid" => Some(SuppressionReason::Bounced),
        "Spam Reporting Address" => Some(SuppressionReason::Complained),
        "Unsubscribed Address" => Some(SuppressionReason::Unsubscribed),
        _ => None,
    }
}
