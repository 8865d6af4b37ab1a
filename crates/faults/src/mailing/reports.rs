//! The provider reports what it has, as its webhook does.

use anyhow::{Result, ensure};
use chrono::Utc;
use serde_json::json;
use uuid::Uuid;

use super::api::post;
use crate::world::People;

/// Events in one post.
const EVENTS: usize = 500;

/// Reports these mails as delivered, signed as the school expects it.
pub(super) fn deliver(port: u16, people: &People, sends: &[Uuid]) -> Result<()> {
    for sends in sends.chunks(EVENTS) {
        let events: Vec<_> = sends.iter().map(|send| event(people, *send)).collect();
        let body = json!(events).to_string();
        let (signature, timestamp) = people.sign(body.as_bytes())?;
        let headers = format!(
            "Content-Type: application/json\r\n\
             X-Twilio-Email-Event-Webhook-Signature: {signature}\r\n\
             X-Twilio-Email-Event-Webhook-Timestamp: {timestamp}\r\n"
        );
        let path = format!("/webhooks/sendgrid/{}", people.webhook_key);
        let (status, answer) = post(port, &path, &headers, &body)?;
        ensure!(status == 200, "a report was refused: {status} {answer}");
    }
    Ok(())
}

fn event(people: &People, send: Uuid) -> serde_json::Value {
    json!({
        "event": "delivered",
        "sg_event_id": format!("delivered-{send}"),
        "sg_message_id": format!("fake-{send}.filter"),
        "timestamp": Utc::now().timestamp(),
        "ondo_send": send.to_string(),
        "ondo_tenant": people.tenant.to_string(),
    })
}
