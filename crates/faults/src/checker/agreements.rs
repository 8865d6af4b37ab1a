//! What must agree within the database: points, counts, visits. Each query counts the rows that
//! do not, computing everything anew from the engagements themselves.

use diesel::{PgConnection, QueryResult};

use super::stored::rows;

/// How the names of the rules about points begin.
pub(super) const POINTS: &str = "points: ";

const AGREEMENTS: &[(&str, &str)] = &[
    (
        "points: a lead has the sum of its history",
        include_str!("points_of_history.sql"),
    ),
    (
        "points: a lead has what its engagements are worth by the preset",
        include_str!("points_of_engagements.sql"),
    ),
    (
        "points: the shown score is the sum of both parts, and none scores twice",
        include_str!("points_shown.sql"),
    ),
    (
        "every request was a person's",
        "SELECT count(*) AS rows FROM engagement_events WHERE machine <> 'none'",
    ),
    (
        "every page view belongs to a lead and to a visit that is there",
        include_str!("visits.sql"),
    ),
    (
        "a visit counts its page views",
        include_str!("visit_counts.sql"),
    ),
    (
        "the engagements of a day are counted",
        include_str!("daily_engagement.sql"),
    ),
    (
        "the engagements of a lead's day are counted",
        include_str!("lead_daily_activity.sql"),
    ),
    (
        "what came of the mails of a day is counted",
        include_str!("daily_delivery.sql"),
    ),
    (
        "a link counts its clicks and the people who followed it",
        include_str!("link_totals.sql"),
    ),
    (
        "a mail counts its opens and clicks",
        include_str!("mail_counts.sql"),
    ),
];

/// The rules that are broken, and by how many rows.
pub(super) fn broken(owner: &mut PgConnection) -> QueryResult<Vec<(&'static str, i64)>> {
    let mut broken = Vec::new();
    for (rule, sql) in AGREEMENTS {
        let count = rows(owner, sql)?;
        if count > 0 {
            broken.push((*rule, count));
        }
    }
    Ok(broken)
}
