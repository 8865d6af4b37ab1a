//! How a campaign stands, in numbers. Rates as text with two decimals (C12, C32).

use domain::analytics::Rate;
use domain::campaigns::{CampaignFigures, EnrollmentStatus, StepFigures};
use serde::Serialize;

/// Mails and what became of them: of one step, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct MailFigures {
    pub(super) sent: u64,
    pub(super) delivered: u64,
    pub(super) bounced: u64,
    pub(super) opened: u64,
    pub(super) opens: u64,
    pub(super) open_rate: String,
    pub(super) clicked: u64,
    pub(super) clicks: u64,
    pub(super) click_rate: String,
    pub(super) unsubscribed: u64,
}

impl MailFigures {
    pub(super) fn of(step: &StepFigures) -> Self {
        let rate = |part| Rate::of(part, step.sent).to_string();
        Self {
            sent: step.sent,
            delivered: step.delivered,
            bounced: step.bounced,
            opened: step.opened,
            opens: step.opens,
            open_rate: rate(step.opened),
            clicked: step.clicked,
            clicks: step.clicks,
            click_rate: rate(step.clicked),
            unsubscribed: step.unsubscribed,
        }
    }

    /// Of every step together.
    pub(super) fn of_all(figures: &CampaignFigures) -> Self {
        Self::of(&sum(figures))
    }
}

/// Every step together.
pub(super) fn sum(figures: &CampaignFigures) -> StepFigures {
    let mut all = StepFigures::default();
    for step in figures.steps.values() {
        all.waiting += step.waiting;
        all.done += step.done;
        all.skipped += step.skipped;
        all.sent += step.sent;
        all.delivered += step.delivered;
        all.bounced += step.bounced;
        all.opened += step.opened;
        all.opens += step.opens;
        all.clicked += step.clicked;
        all.clicks += step.clicks;
        all.unsubscribed += step.unsubscribed;
    }
    all
}

/// Enrollments in one status.
pub(super) fn in_status(figures: &CampaignFigures, status: EnrollmentStatus) -> u64 {
    let count = figures.by_status.get(status.as_str());
    count.copied().unwrap_or_default()
}

/// People who are inside now.
pub(super) fn inside(figures: &CampaignFigures) -> u64 {
    let is_inside = |status: &EnrollmentStatus| status.is_inside();
    let all = EnrollmentStatus::ALL.into_iter().filter(is_inside);
    all.map(|status| in_status(figures, status)).sum()
}

/// Everybody who ever entered.
pub(super) fn entered(figures: &CampaignFigures) -> u64 {
    figures.by_status.values().sum()
}
