//! The rules by which a tenant sends at all (配信ルール).

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{SendWindow, WarmUp};
use crate::campaigns::moment_on;

/// Over how long the frequency cap counts.
pub const FREQUENCY_SPAN: TimeDelta = TimeDelta::days(7);

/// What holds for every marketing mail of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingPolicy {
    /// Marketing mails that a lead gets in seven days at most, of broadcasts and campaigns
    /// together; `None`: as many as there are.
    pub frequency_cap: Option<u16>,
    /// When mail may go out; `None`: at any time.
    pub window: Option<SendWindow>,
    /// How a new sender domain begins.
    pub warm_up: Option<WarmUp>,
    /// Bounces and complaints pause a broadcast or campaign by themselves.
    pub auto_pause: bool,
    /// Nothing goes out until a person says so.
    pub halt: Option<Halt>,
}

impl Default for SendingPolicy {
    fn default() -> Self {
        Self {
            frequency_cap: None,
            window: None,
            warm_up: None,
            auto_pause: true,
            halt: None,
        }
    }
}

/// Nothing goes out (配信停止中).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halt {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: HaltedBy,
}

/// Who stopped everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HaltedBy {
    /// An administrator.
    Staff,
    /// Ondo itself, because its database was restored from a backup: what went out since that
    /// backup is unknown to it, and would go out again (F-25).
    Restore,
}

impl HaltedBy {
    /// The name in storage and in the keys of the interface's texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Restore => "restore",
        }
    }

    /// Who has this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Staff, Self::Restore]
            .into_iter()
            .find(|by| by.as_str() == name)
    }
}

/// What a worker may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTerms {
    /// Mails at most.
    pub limit: u32,
    /// How long they stay taken.
    pub lease: TimeDelta,
    /// The time.
    pub now: DateTime<Utc>,
    /// What the day leaves.
    pub today: Option<DayCeiling>,
    /// See [`SendingPolicy::frequency_cap`].
    pub frequency_cap: Option<u16>,
}

/// No more mails than that since then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCeiling {
    /// How many.
    pub limit: u32,
    /// The beginning of the tenant's day.
    pub since: DateTime<Utc>,
}

impl ClaimTerms {
    /// As many as `limit`, whatever the day and the week were like.
    #[must_use]
    pub const fn new(limit: u32, lease: TimeDelta, now: DateTime<Utc>) -> Self {
        Self {
            limit,
            lease,
            now,
            today: None,
            frequency_cap: None,
        }
    }
}

/// Why nothing may go out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Everything is stopped.
    Halted(Halt),
    /// It is not the time; `None`: the window does not open in the next two weeks.
    Until(Option<DateTime<Utc>>),
}

impl SendingPolicy {
    /// The terms of a claim of a tenant that lives in `zone` and sends from `domain`.
    ///
    /// # Errors
    /// Nothing may be claimed at `terms.now`.
    pub fn terms(
        &self,
        terms: ClaimTerms,
        domain: Option<&str>,
        zone: Tz,
    ) -> Result<ClaimTerms, Closed> {
        if let Some(halt) = self.halt {
            return Err(Closed::Halted(halt));
        }
        let local = terms.now.with_timezone(&zone).naive_local();
        if let Some(window) = self.window.as_ref().filter(|it| !it.is_open(local)) {
            return Err(Closed::Until(window.next_open(terms.now, zone)));
        }
        let warms_up = |warm_up: &&WarmUp| domain.is_some_and(|domain| warm_up.is_of(domain));
        let today = self.warm_up.as_ref().filter(warms_up).map(|warm_up| {
            let midnight = moment_on(local.date(), NaiveTime::MIN, zone);
            DayCeiling {
                limit: warm_up.ceiling(local.date()),
                since: midnight.unwrap_or(terms.now),
            }
        });
        Ok(ClaimTerms {
            today,
            frequency_cap: self.frequency_cap,
            ..terms
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Tokyo;

    use super::*;
    use crate::campaigns::WeekdayName;

    fn terms() -> ClaimTerms {
        // Friday, 2026-11-20 17:00 in Tokyo.
        let now = DateTime::parse_from_rfc3339("2026-11-20T08:00:00Z").unwrap();
        ClaimTerms::new(50, TimeDelta::minutes(1), now.to_utc())
    }

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
    }

    #[test]
    fn whoever_has_no_rules_sends_at_any_time() {
        let policy = SendingPolicy::default();
        assert_eq!(policy.terms(terms(), None, Tokyo), Ok(terms()));
        assert!(policy.auto_pause, "the watch is on from the beginning");
    }

    #[test]
    fn nothing_goes_out_while_everything_is_stopped() {
        let halt = Halt {
            at: terms().now,
            by: HaltedBy::Restore,
        };
        let policy = SendingPolicy {
            halt: Some(halt),
            ..SendingPolicy::default()
        };
        let closed = policy.terms(terms(), None, Tokyo);
        assert_eq!(closed, Err(Closed::Halted(halt)));
    }

    #[test]
    fn outside_the_window_it_says_when_it_opens() {
        let mondays = [WeekdayName::Monday].into();
        let policy = SendingPolicy {
            window: Some(SendWindow::new(mondays, time(9), time(18)).unwrap()),
            ..SendingPolicy::default()
        };
        let monday = DateTime::parse_from_rfc3339("2026-11-23T09:00:00+09:00").unwrap();
        let closed = policy.terms(terms(), None, Tokyo);
        assert_eq!(closed, Err(Closed::Until(Some(monday.to_utc()))));
    }

    #[test]
    fn the_day_of_a_warm_up_begins_at_the_tenants_midnight() {
        let today = terms().now.with_timezone(&Tokyo).date_naive();
        let policy = SendingPolicy {
            frequency_cap: Some(3),
            warm_up: Some(WarmUp {
                domain: "kasuga.example.jp".to_owned(),
                started_on: today - chrono::Days::new(1),
                first_day: 100,
                growth_percent: 30,
            }),
            ..SendingPolicy::default()
        };
        let of_domain = |domain| policy.terms(terms(), domain, Tokyo).unwrap();
        let midnight = DateTime::parse_from_rfc3339("2026-11-20T00:00:00+09:00").unwrap();
        let ceiling = DayCeiling {
            limit: 130,
            since: midnight.to_utc(),
        };
        assert_eq!(of_domain(Some("kasuga.example.jp")).today, Some(ceiling));
        assert_eq!(of_domain(Some("other.example.jp")).today, None);
        assert_eq!(of_domain(None).frequency_cap, Some(3));
    }
}
