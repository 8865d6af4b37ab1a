//! The form of the rules, and what it becomes.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use domain::campaigns::WeekdayName;
use domain::delivery::{SendWindow, SendWindowFault, SendingPolicy, WarmUp, WarmUpFault};
use serde::{Deserialize, Serialize};

use crate::pages::FormErrors;

pub(super) const WEEKDAYS: [WeekdayName; 7] = WeekdayName::ALL;

/// As a browser's field of a time gives it.
const TIME: &str = "%H:%M";
/// More mails to one person in a week are no cap.
const MOST_IN_A_WEEK: u16 = 100;
const MOST_ON_THE_FIRST_DAY: u32 = 1_000_000;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::delivery) struct SendingForm {
    frequency_cap: Option<u32>,
    has_window: bool,
    weekday: BTreeSet<WeekdayName>,
    from: String,
    to: String,
    warms_up: bool,
    started_on: String,
    first_day: Option<u32>,
    growth_percent: Option<u32>,
    auto_pause: bool,
}

impl SendingForm {
    /// The stored rules; where there are none, what is usual, not ticked.
    pub(super) fn of(policy: &SendingPolicy, domain: Option<&str>, today: NaiveDate) -> Self {
        let window = policy.window.as_ref();
        let usual: BTreeSet<WeekdayName> = WEEKDAYS[..5].iter().copied().collect();
        let time = |time: Option<NaiveTime>, usual: &str| {
            time.map_or_else(|| usual.to_owned(), |time| time.format(TIME).to_string())
        };
        let warm_up = policy.warm_up.as_ref();
        let warm_up = warm_up.filter(|it| domain.is_some_and(|domain| it.is_of(domain)));
        Self {
            frequency_cap: policy.frequency_cap.map(u32::from),
            has_window: window.is_some(),
            weekday: window.map_or(usual, |window| window.weekdays().clone()),
            from: time(window.map(SendWindow::from), "09:00"),
            to: time(window.map(SendWindow::to), "18:00"),
            warms_up: warm_up.is_some(),
            started_on: warm_up.map_or(today, |it| it.started_on).to_string(),
            first_day: Some(warm_up.map_or(50, |it| it.first_day)),
            growth_percent: Some(warm_up.map_or(30, |it| it.growth_percent.into())),
            auto_pause: policy.auto_pause,
        }
    }

    /// The rules of this form, for a sender at `domain`.
    pub(super) fn policy(&self, domain: Option<&str>) -> Result<SendingPolicy, FormErrors> {
        let mut errors = FormErrors::default();
        let policy = SendingPolicy {
            frequency_cap: self.cap(&mut errors),
            window: self.has_window.then(|| self.window(&mut errors)).flatten(),
            warm_up: self
                .warms_up
                .then(|| self.warm_up(domain, &mut errors))
                .flatten(),
            auto_pause: self.auto_pause,
            halt: None,
        };
        if errors.is_empty() {
            Ok(policy)
        } else {
            Err(errors)
        }
    }

    fn cap(&self, errors: &mut FormErrors) -> Option<u16> {
        let cap = self.frequency_cap?;
        let known = u16::try_from(cap).ok();
        let known = known.filter(|cap| (1..=MOST_IN_A_WEEK).contains(cap));
        if known.is_none() {
            errors.add("frequency_cap", "delivery-sending-error-cap");
        }
        known
    }

    fn window(&self, errors: &mut FormErrors) -> Option<SendWindow> {
        let time = |text: &str| NaiveTime::parse_from_str(text, TIME).ok();
        let Some((from, to)) = time(&self.from).zip(time(&self.to)) else {
            errors.add("to", "delivery-sending-error-time");
            return None;
        };
        match SendWindow::new(self.weekday.clone(), from, to) {
            Ok(window) => Some(window),
            Err(SendWindowFault::NoDay) => {
                errors.add("weekday", "delivery-sending-error-weekday");
                None
            }
            Err(SendWindowFault::EndsTooEarly) => {
                errors.add("to", "delivery-sending-error-to");
                None
            }
        }
    }

    fn warm_up(&self, domain: Option<&str>, errors: &mut FormErrors) -> Option<WarmUp> {
        let Some(domain) = domain else {
            errors.add("warms_up", "delivery-sending-error-domain");
            return None;
        };
        let Ok(started_on) = self.started_on.parse() else {
            errors.add("started_on", "delivery-sending-error-date");
            return None;
        };
        let first_day = self.first_day.filter(|it| *it <= MOST_ON_THE_FIRST_DAY);
        let growth = self.growth_percent.and_then(|it| u16::try_from(it).ok());
        let warm_up = WarmUp {
            domain: domain.to_owned(),
            started_on,
            first_day: first_day.unwrap_or(0),
            growth_percent: growth.unwrap_or(0),
        };
        match warm_up.check() {
            Ok(()) => Some(warm_up),
            Err(WarmUpFault::NothingOnTheFirstDay) => {
                errors.add("first_day", "delivery-sending-error-first-day");
                None
            }
            Err(WarmUpFault::Growth) => {
                errors.add("growth_percent", "delivery-sending-error-growth");
                None
            }
        }
    }
}
