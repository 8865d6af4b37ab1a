//! What comes back stops what goes out. (B72)

use chrono::{DateTime, NaiveDate, Utc};

use super::DeliverySettings;
use crate::analytics::DeliveryCounts;
use crate::ids::TenantId;
use crate::leads::AsOf;
use crate::store::StoreResult;
use crate::tenancy::{Actor, AuditAction, AuditEntry, AuditTarget};
use crate::tracking::MailSource;

/// Mails after which the rates of a broadcast or campaign mean something.
const ENOUGH: u64 = 200;
/// Days that are looked at, today included: what a campaign did well last year is no excuse.
const DAYS: u32 = 7;

/// Why a broadcast or campaign was paused, if not by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alarm {
    /// More than 5 % of its mails came back.
    Bounces,
    /// 0.3 % or more of its mails that arrived were reported as spam.
    Complaints,
}

impl Alarm {
    const ALL: [Self; 2] = [Self::Bounces, Self::Complaints];

    /// Written down with the pause.
    pub const PAUSED: AuditAction = AuditAction::new("sending.paused");

    /// The name in storage and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounces => "bounces",
            Self::Complaints => "complaints",
        }
    }

    /// The alarm with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|alarm| alarm.as_str() == name)
    }

    /// Whether these counts give alarm. Fewer than 200 mails never do.
    #[must_use]
    pub const fn over(counts: &DeliveryCounts) -> Option<Self> {
        if counts.sends < ENOUGH {
            None
        } else if counts.bounces as u128 * 100 > counts.sends as u128 * 5 {
            Some(Self::Bounces)
        } else if counts.complaints > 0
            && counts.complaints as u128 * 1_000 >= counts.arrived() as u128 * 3
        {
            Some(Self::Complaints)
        } else {
            None
        }
    }
}

/// A broadcast or campaign that stands still because of what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedAlarm {
    /// Which one.
    pub source: MailSource,
    /// What staff call it.
    pub name: String,
    /// Why.
    pub alarm: Alarm,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// What is going out, watched by what comes back.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait SendWatch: Send + Sync {
    /// Broadcasts that go out and active campaigns, with what became of their mails since that day;
    /// without those that a person resumed in spite of an alarm.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn watched(
        &self,
        tenant: TenantId,
        since: NaiveDate,
    ) -> StoreResult<Vec<(MailSource, DeliveryCounts)>>;

    /// Pauses it for this reason and writes the line of the audit log, in one transaction; `false`,
    /// and nothing is written, if it is not going out any more or not watched.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn pause(
        &self,
        tenant: TenantId,
        source: MailSource,
        alarm: Alarm,
        audit: &AuditEntry,
    ) -> StoreResult<bool>;

    /// What stands still because of an alarm, the newest first.
    ///
    /// # Errors
    /// Only those of the storage itself.
    fn raised(&self, tenant: TenantId) -> StoreResult<Vec<RaisedAlarm>>;
}

/// Pauses what brings back more than it may, unless the tenant does not want that; says what it
/// paused.
///
/// # Errors
/// Only those of the storage.
pub fn watch(
    settings: &dyn DeliverySettings,
    watch: &dyn SendWatch,
    tenant: TenantId,
    as_of: AsOf,
) -> StoreResult<Vec<(MailSource, Alarm)>> {
    if !settings.sending_policy(tenant)?.auto_pause {
        return Ok(Vec::new());
    }
    let since = as_of.first_day_of_last(DAYS);
    let mut paused = Vec::new();
    for (source, counts) in watch.watched(tenant, since)? {
        let Some(alarm) = Alarm::over(&counts) else {
            continue;
        };
        let entry = line(source, alarm, &counts, as_of.now);
        if watch.pause(tenant, source, alarm, &entry)? {
            paused.push((source, alarm));
        }
    }
    Ok(paused)
}

fn line(
    source: MailSource,
    alarm: Alarm,
    counts: &DeliveryCounts,
    now: DateTime<Utc>,
) -> AuditEntry {
    let kind = match source {
        MailSource::Broadcast(_) => "broadcast",
        MailSource::Campaign(_) => "campaign",
    };
    let target = AuditTarget::one(kind, source.uuid());
    let rate = match alarm {
        Alarm::Bounces => counts.bounce_rate(),
        Alarm::Complaints => counts.complaint_rate(),
    };
    let detail = format!("{} {rate}", alarm.as_str());
    AuditEntry::new(Actor::system("watch"), Alarm::PAUSED, target, now).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sends: u64, bounces: u64, complaints: u64) -> DeliveryCounts {
        DeliveryCounts {
            sends,
            bounces,
            complaints,
            ..DeliveryCounts::default()
        }
    }

    // B72
    #[test]
    fn more_than_five_percent_of_bounces_give_alarm_after_two_hundred_mails() {
        let alarm = |sends, bounces| Alarm::over(&counts(sends, bounces, 0));
        assert_eq!(alarm(199, 199), None);
        assert_eq!(alarm(200, 10), None);
        assert_eq!(alarm(200, 11), Some(Alarm::Bounces));
        assert_eq!(alarm(1_000_000, 50_000), None);
        assert_eq!(alarm(1_000_000, 50_001), Some(Alarm::Bounces));
    }

    // B72
    #[test]
    fn three_complaints_in_a_thousand_give_alarm() {
        let alarm = |sends, complaints| Alarm::over(&counts(sends, 0, complaints));
        assert_eq!(alarm(199, 1), None);
        assert_eq!(alarm(200, 1), Some(Alarm::Complaints));
        assert_eq!(alarm(1_000, 2), None);
        assert_eq!(alarm(1_000, 3), Some(Alarm::Complaints));
        assert_eq!(alarm(1_000_000, 0), None);
    }

    #[test]
    fn complaints_are_a_share_of_what_arrived() {
        let half = DeliveryCounts {
            delivered: 500,
            ..counts(1_000, 0, 2)
        };
        assert_eq!(Alarm::over(&half), Some(Alarm::Complaints));
    }

    #[test]
    fn names_of_alarms_lead_back() {
        for alarm in Alarm::ALL {
            assert_eq!(Alarm::parse(alarm.as_str()), Some(alarm));
        }
    }
}
