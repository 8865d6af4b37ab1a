//! What stands still because of what came back.

use chrono::{DateTime, Utc};
use domain::delivery::RaisedAlarm;
use serde::Serialize;

use crate::campaigns::page_of;

#[derive(Serialize)]
pub(super) struct AlarmRow {
    name: String,
    href: String,
    alarm: &'static str,
    at: DateTime<Utc>,
}

pub(super) fn rows(alarms: &[RaisedAlarm]) -> Vec<AlarmRow> {
    let row = |raised: &RaisedAlarm| AlarmRow {
        name: raised.name.clone(),
        href: page_of(raised.source),
        alarm: raised.alarm.as_str(),
        at: raised.at,
    };
    alarms.iter().map(row).collect()
}
