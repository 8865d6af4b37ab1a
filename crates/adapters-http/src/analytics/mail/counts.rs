//! Counts of mails in the form that templates take.

use domain::analytics::MailCounts;
use serde::Serialize;

/// What became of some mails; rates as text with two decimals (C12, C32).
#[derive(Debug, Serialize)]
pub(super) struct Counts {
    sends: u64,
    /// None as long as the provider has reported nothing.
    delivered: Option<u64>,
    bounces: u64,
    bounce_rate: String,
    complaints: u64,
    complaint_rate: String,
    unsubscribes: u64,
    unsubscribe_rate: String,
    clicked: u64,
    click_rate: String,
    clicks: u64,
    machine_clicks: u64,
    opened: u64,
    open_rate: String,
    opens: u64,
    machine_opens: u64,
}

impl From<MailCounts> for Counts {
    fn from(counts: MailCounts) -> Self {
        let is_reported = counts.delivered > 0 || counts.bounces > 0;
        Self {
            sends: counts.sends,
            delivered: is_reported.then_some(counts.delivered),
            bounces: counts.bounces,
            bounce_rate: counts.bounce_rate().to_string(),
            complaints: counts.complaints,
            complaint_rate: counts.complaint_rate().to_string(),
            unsubscribes: counts.unsubscribes,
            unsubscribe_rate: counts.unsubscribe_rate().to_string(),
            clicked: counts.unique_clicks,
            click_rate: counts.click_rate().to_string(),
            clicks: counts.clicks,
            machine_clicks: counts.machine_clicks,
            opened: counts.unique_opens,
            open_rate: counts.open_rate().to_string(),
            opens: counts.opens,
            machine_opens: counts.machine_opens,
        }
    }
}
