//! What stands still because of what came back.

use chrono::{DateTime, Utc};
use domain::delivery::RaisedAlarm;
use domain::tracking::MailSource;
use serde::Serialize;

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
        href: match raised.source {
            MailSource::Broadcast(id) => format!("/ui/broadcasts/{id}"),
            MailSource::Campaign(id) => format!("/ui/campaigns/{id}"),
        },
        alarm: raised.alarm.as_str(),
        at: raised.at,
    };
    alarms.iter().map(row).collect()
}
