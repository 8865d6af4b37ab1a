//! What became of a broadcast, in numbers.

use domain::analytics::Rate;
use domain::campaigns::BroadcastTotals;
use domain::delivery::SendState;
use serde::Serialize;

/// The numbers of one broadcast. Rates are of the mails that a provider took (C12, C32), as text
/// with two decimals.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Figures {
    /// Everyone who has a send.
    all: u64,
    /// Of these, those for whom nothing is left to do.
    done: u64,
    sent: u64,
    delivered: u64,
    opened: u64,
    open_rate: String,
    /// How often machines opened, which is in no number above.
    machine_opens: u64,
    clicked: u64,
    click_rate: String,
    /// How often machines clicked, which is in no number above.
    machine_clicks: u64,
    bounced: u64,
    bounce_rate: String,
    complained: u64,
    unsubscribed: u64,
    unsubscribe_rate: String,
    failed: u64,
    skipped: u64,
    unknown: u64,
}

impl Figures {
    pub(super) fn of(totals: &BroadcastTotals) -> Self {
        let state = |state| totals.in_state(state);
        let (sent, bounced) = (totals.sent(), state(SendState::Bounced));
        let rate = |part| Rate::of(part, sent).to_string();
        let complained = state(SendState::Complained);
        Self {
            all: totals.all(),
            done: totals.all() - totals.open(),
            sent,
            // What was reported as spam had arrived.
            delivered: state(SendState::Delivered) + complained,
            opened: totals.opened,
            open_rate: rate(totals.opened),
            machine_opens: totals.machine_opens,
            clicked: totals.clicked,
            click_rate: rate(totals.clicked),
            machine_clicks: totals.machine_clicks,
            bounced,
            bounce_rate: rate(bounced),
            complained,
            unsubscribed: totals.unsubscribed,
            unsubscribe_rate: rate(totals.unsubscribed),
            failed: state(SendState::Failed),
            skipped: state(SendState::Skipped),
            unknown: state(SendState::Unknown),
        }
    }
}
