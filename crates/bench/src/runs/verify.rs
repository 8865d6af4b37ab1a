//! Whether everything that was acknowledged is in the database, exactly once, with what follows.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::cli::Work;
use crate::scene::Database;

/// What waits in the spool may take so long to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts that must all be the number of acknowledged requests, since each request has a person of
/// its own: engagements, distinct causes, scores granted, and the sums of the roll-ups.
const PAGE_VIEWS: [(&str, &str); 5] = [
    (
        "engagements",
        "SELECT count(*) FROM engagement_events WHERE event_type = 'page_view' AND occurred_at > now() - interval '1 hour'",
    ),
    (
        "visitors",
        "SELECT count(DISTINCT visitor_id) FROM engagement_events WHERE event_type = 'page_view' AND occurred_at > now() - interval '1 hour'",
    ),
    (
        "scores",
        "SELECT count(*) FROM score_history WHERE occurred_at > now() - interval '1 hour'",
    ),
    (
        "counted by day",
        "SELECT COALESCE(sum(human), 0) FROM daily_engagement WHERE event_type = 'page_view'",
    ),
    (
        "counted by session",
        "SELECT COALESCE(sum(page_views), 0) FROM web_sessions",
    ),
];

const CLICKS: [(&str, &str); 5] = [
    (
        "engagements",
        "SELECT count(*) FROM engagement_events WHERE event_type = 'click'",
    ),
    (
        "mails",
        "SELECT count(DISTINCT send_id) FROM engagement_events WHERE event_type = 'click'",
    ),
    ("scores", "SELECT count(*) FROM score_history"),
    (
        "counted by day",
        "SELECT COALESCE(sum(human), 0) FROM daily_engagement WHERE event_type = 'click'",
    ),
    (
        "counted by mail",
        "SELECT COALESCE(sum(clicked_count), 0) FROM send_logs",
    ),
];

/// How many engagements are committed now.
pub(super) fn committed(work: Work, database: &Database) -> anyhow::Result<usize> {
    let [(_, engagements), ..] = counts(work);
    Ok(usize::try_from(database.number(engagements)?)?)
}

/// Waits until every count is `acknowledged`.
pub(super) fn verify(work: Work, database: &Database, acknowledged: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let found = counts(work)
            .into_iter()
            .map(|(name, sql)| Ok((name, usize::try_from(database.number(sql)?)?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        if found.iter().all(|(_, count)| *count == acknowledged) {
            return Ok(());
        }
        if found.iter().any(|(_, count)| *count > acknowledged) || begun.elapsed() > PATIENCE {
            bail!("{acknowledged} {work} requests were acknowledged, but there are {found:?}");
        }
        thread::sleep(Duration::from_millis(200));
    }
}

const fn counts(work: Work) -> [(&'static str, &'static str); 5] {
    match work {
        Work::Pv => PAGE_VIEWS,
        Work::Click => CLICKS,
    }
}
