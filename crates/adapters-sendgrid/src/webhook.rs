//! A post of events.

use chrono::{DateTime, Utc};
use domain::delivery::{DeliveryReports, ReadReports, ReportRefused, WebhookKeys, WebhookRequest};
use serde_json::Value;

use crate::event::{Read, read_event};
use crate::signature;

/// Reads the posts of SendGrid's Event Webhook.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventWebhook;

impl DeliveryReports for EventWebhook {
    fn read<'a>(
        &self,
        keys: &WebhookKeys,
        request: &WebhookRequest<'a>,
        now: DateTime<Utc>,
    ) -> Result<ReadReports, ReportRefused> {
        signature::check(keys, request, now)?;
        let items: Vec<Value> = serde_json::from_slice(request.body)
            .map_err(|_not_a_list| ReportRefused::Unreadable)?;
        let mut read = ReadReports::default();
        for item in items {
            match read_event(item, now) {
                Read::Report(report) => read.reports.push(*report),
                Read::Unreadable => read.unreadable += 1,
                Read::Irrelevant => {}
            }
        }
        Ok(read)
    }
}
