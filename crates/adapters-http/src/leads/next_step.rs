//! What to do next about a lead: a word of advice in every row of a list.

use chrono::{DateTime, TimeDelta, Utc};
use domain::leads::LeadRow;
use domain::scoring::Band;
use serde::Serialize;

/// Interest is fresh for so long.
const FRESH: TimeDelta = TimeDelta::days(7);

/// What to do next; the names are the ends of the keys of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NextStep {
    /// Hot, and of late: call now.
    Call,
    /// Hot, but quiet since: ask how things stand.
    Revive,
    /// Warm: a personal invitation.
    Invite,
    /// Cold, with some reaction: keep informed.
    Inform,
    /// Nothing ever happened: a first mail.
    FirstMail,
    /// No mail may go there.
    NoMail,
}

impl NextStep {
    pub(super) fn of(row: &LeadRow, now: DateTime<Utc>) -> Self {
        let is_fresh = row.last_engaged_at.is_some_and(|at| now - at <= FRESH);
        match row.band {
            Band::Hot if is_fresh => Self::Call,
            Band::Hot => Self::Revive,
            Band::Warm | Band::Cold if row.mail_stopped => Self::NoMail,
            Band::Warm => Self::Invite,
            Band::Cold if row.last_engaged_at.is_some() => Self::Inform,
            Band::Cold => Self::FirstMail,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::LeadId;
    use domain::leads::EmailAddress;

    use super::*;

    fn row(band: Band, days_ago: Option<i64>, mail_stopped: bool) -> NextStep {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let row = LeadRow {
            id: LeadId::new(),
            email: EmailAddress::parse("sato@example.jp").unwrap(),
            name: None,
            company: None,
            phone: None,
            tags: [].into(),
            owner: None,
            score: 0,
            band,
            last_engaged_at: days_ago.map(|days| now - TimeDelta::days(days)),
            last_clicked_url: None,
            page_views_7d: 0,
            mail_stopped,
            created_at: now,
        };
        NextStep::of(&row, now)
    }

    #[test]
    fn the_advice_follows_warmth_freshness_and_whether_mail_arrives() {
        assert_eq!(row(Band::Hot, Some(7), true), NextStep::Call);
        assert_eq!(row(Band::Hot, Some(8), false), NextStep::Revive);
        assert_eq!(row(Band::Warm, Some(1), false), NextStep::Invite);
        assert_eq!(row(Band::Warm, Some(1), true), NextStep::NoMail);
        assert_eq!(row(Band::Cold, Some(1), false), NextStep::Inform);
        assert_eq!(row(Band::Cold, None, false), NextStep::FirstMail);
    }
}
