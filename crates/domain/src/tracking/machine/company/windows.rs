//! Which clicks of the log have to be in view with new ones.

use chrono::{DateTime, Utc};

use super::BURST_REACH;
use crate::ids::SendId;
use crate::tracking::{Action, Engagement};

/// How many logged clicks of one [`BurstWindow`] are looked at: the newest.
///
/// Two or three clicks show a burst, and a scanner makes one for each link of a mail, so that more
/// than this within seconds is a flood of requests with somebody's link. It may come from anyone who
/// has the mail, and each batch of it would otherwise read all that came before: the work would grow
/// with the square of the clicks. In a flood only, what lies further back keeps the verdict it has.
pub const BURST_VIEW: usize = 200;

/// A time in which logged clicks of a mail may be part of the same burst as new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstWindow {
    /// The mail.
    pub send: SendId,
    /// Its first moment.
    pub from: DateTime<Utc>,
    /// Its last moment.
    pub to: DateTime<Utc>,
}

/// The windows of new clicks: all within [`BURST_REACH`] of one of them. No two windows of a mail
/// have a moment in common, so that no logged click is looked at twice.
#[must_use]
pub fn burst_windows<'a>(new: impl IntoIterator<Item = &'a Engagement>) -> Vec<BurstWindow> {
    let mut clicks: Vec<(SendId, DateTime<Utc>)> = new.into_iter().filter_map(clicked).collect();
    clicks.sort_unstable();
    let mut windows: Vec<BurstWindow> = Vec::new();
    for (send, at) in clicks {
        let (from, to) = (at - BURST_REACH, at + BURST_REACH);
        match windows.last_mut() {
            Some(last) if last.send == send && from <= last.to => last.to = to,
            Some(_) | None => windows.push(BurstWindow { send, from, to }),
        }
    }
    windows
}

/// The mail whose link was followed, and when; none for anything but a click.
fn clicked(engagement: &Engagement) -> Option<(SendId, DateTime<Utc>)> {
    match &engagement.action {
        Action::Click { mail, .. } => Some((mail.send, engagement.occurred_at)),
        Action::Open { .. }
        | Action::PageView { .. }
        | Action::Report { .. }
        | Action::Custom { .. } => None,
    }
}
