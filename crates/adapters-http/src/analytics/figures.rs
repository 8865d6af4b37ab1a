//! Numbers of the read models in the form that templates and charts take.

use domain::analytics::{Dashboard, DayTotals, SourceRank, Totals};
use domain::tracking::MailSource;
use serde::Serialize;

use super::chart::{Chart, Series};
use crate::campaigns::page_of;

/// One key figure, with the same figure of the period before.
#[derive(Serialize)]
pub(super) struct Kpi {
    name: &'static str,
    value: String,
    /// A second line, such as the rate.
    note: Option<String>,
    /// More or less than before, with its sign.
    change: String,
    /// Whether it is only a reference value.
    reference: bool,
    /// How often machines did it, which is not in the value.
    machines: Option<u64>,
}

pub(super) fn kpis(dashboard: &Dashboard) -> Vec<Kpi> {
    let (now, before) = (&dashboard.current, &dashboard.previous);
    let counted = |name, value: fn(&Totals) -> u64| Kpi {
        name,
        value: grouped(value(now)),
        note: None,
        change: change(signed(value(now)) - signed(value(before))),
        reference: false,
        machines: None,
    };
    vec![
        counted("sends", |totals| totals.sends),
        Kpi {
            note: Some(now.click_rate().to_string()),
            machines: Some(now.machine_clicks),
            ..counted("clicks", |totals| totals.unique_clicks)
        },
        Kpi {
            machines: Some(now.machine_page_views),
            ..counted("page-views", |totals| totals.page_views)
        },
        Kpi {
            note: Some(now.open_rate().to_string()),
            machines: Some(now.machine_opens),
            reference: true,
            ..counted("opens", |totals| totals.unique_opens)
        },
    ]
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn change(by: i64) -> String {
    let text = crate::pages::format::thousands(by);
    match by {
        0 => format!("±{text}"),
        1.. => format!("+{text}"),
        ..0 => text,
    }
}

fn grouped(count: u64) -> String {
    crate::pages::format::thousands(signed(count))
}

/// One row of the ranking.
#[derive(Serialize)]
pub(super) struct Rank {
    href: String,
    name: String,
    /// `broadcast` or `campaign`.
    kind: &'static str,
    sends: u64,
    unique_clicks: u64,
    click_rate: String,
    unique_opens: u64,
    open_rate: String,
}

impl Rank {
    pub(super) fn of(source: &SourceRank) -> Self {
        Self {
            href: page_of(source.source),
            name: source.name.clone(),
            kind: match source.source {
                MailSource::Broadcast(_) => "broadcast",
                MailSource::Campaign(_) => "campaign",
            },
            sends: source.sends,
            unique_clicks: source.unique_clicks,
            click_rate: source.click_rate().to_string(),
            unique_opens: source.unique_opens,
            open_rate: source.open_rate().to_string(),
        }
    }
}

/// One row of the table behind the chart.
#[derive(Serialize)]
pub(super) struct Day {
    day: String,
    sends: u64,
    clicks: u64,
    page_views: u64,
    opens: u64,
    became_hot: u64,
}

impl Day {
    pub(super) fn of(totals: &DayTotals) -> Self {
        Self {
            day: totals.day.format("%m/%d").to_string(),
            sends: totals.sends,
            clicks: totals.clicks,
            page_views: totals.page_views,
            opens: totals.opens,
            became_hot: totals.became_hot,
        }
    }
}

/// Clicks, page views and new hot leads day by day; `name` gives a series its name.
pub(super) fn chart(days: &[DayTotals], name: impl Fn(&str) -> String) -> Chart {
    let series =
        |key: &str, value: fn(&DayTotals) -> u64| Series::counts(name(key), days.iter().map(value));
    let labels = days.iter().map(|day| day.day.format("%m/%d").to_string());
    Chart::line(
        labels.collect(),
        vec![
            series("analytics-page-views", |day| day.page_views),
            series("analytics-clicks", |day| day.clicks),
            series("analytics-became-hot", |day| day.became_hot),
        ],
    )
}
