//! The figures of the smaller measurements.

use serde_json::{Map, Value, json};

use super::{Table, print, rounded};
use crate::cli::{Options, Work};
use crate::measure::{Percentiles, Spread};

/// The rate on a history of some length.
#[derive(Debug)]
pub(crate) struct HistoryRow {
    /// Its length, in rows of each table.
    pub(crate) rows: u64,
    /// Page views a second that were acknowledged: by the database or the spool.
    pub(crate) rate: f64,
    /// Page views a second that were in the database when the last was acknowledged.
    pub(crate) stored: f64,
    /// How large the database is, in words.
    pub(crate) size: String,
}

/// The bound alone.
pub(crate) fn print_bound(options: &Options, version: &str, measured: &[(Work, Spread, Spread)]) {
    let mut table = Table::new(["work", "bound/s", "spread", "database µs"]);
    let mut json = Map::new();
    for (work, rate, cost) in measured {
        table.row([
            work.name().to_owned(),
            format!("{:.0}", rate.median),
            format!("{:.0}–{:.0}", rate.least, rate.most),
            format!("{:.1}", cost.median),
        ]);
        json.insert(format!("{work}_per_s"), rounded(rate.median));
    }
    print(options, version, &Value::Object(json), &[table]);
}

/// P3.
pub(crate) fn print_latency(
    options: &Options,
    version: &str,
    rate: u32,
    answers: Percentiles,
    scores: Percentiles,
    sample: usize,
) {
    let json = json!({
        "rate": rate, "sample": sample, "p50_ms": rounded(scores.p50), "p99_ms": rounded(scores.p99),
        "answer_p50_ms": rounded(answers.p50), "answer_p99_ms": rounded(answers.p99),
    });
    let mut table = Table::new(["until", "of", "p50 ms", "p95 ms", "p99 ms", "max ms"]);
    let rows = [
        ("the answer", "all".to_owned(), answers),
        ("the score is visible", sample.to_string(), scores),
    ];
    for (until, of, figures) in rows {
        let text = |figure: f64| format!("{figure:.1}");
        table.row([
            until.to_owned(),
            of,
            text(figures.p50),
            text(figures.p95),
            text(figures.p99),
            text(figures.max),
        ]);
    }
    print(options, version, &json, &[table]);
}

/// P10.
pub(crate) fn print_start(options: &Options, version: &str, ready: Spread, idle: Spread) {
    let json = json!({
        "ready_ms": rounded(ready.median), "ready_most_ms": rounded(ready.most),
        "idle_mb": rounded(idle.median),
    });
    let mut table = Table::new(["", "median", "least", "most"]);
    for (name, spread) in [("ready after ms", ready), ("idle MB", idle)] {
        let text = |figure: f64| format!("{figure:.1}");
        table.row([
            name.to_owned(),
            text(spread.median),
            text(spread.least),
            text(spread.most),
        ]);
    }
    print(options, version, &json, &[table]);
}

/// P11.
pub(crate) fn print_history(options: &Options, version: &str, measured: &[HistoryRow]) {
    let first = measured.first().map_or(f64::NAN, |row| row.stored);
    let change = |row: &HistoryRow| (row.stored / first - 1.0) * 100.0;
    let json = json!(
        measured
            .iter()
            .map(|row| json!({
                "rows": row.rows, "events_per_s": rounded(row.rate),
                "stored_per_s": rounded(row.stored),
                "change_percent": rounded(change(row)),
            }))
            .collect::<Vec<_>>()
    );
    let mut table = Table::new([
        "rows of history",
        "database",
        "page views/s",
        "stored/s",
        "change",
    ]);
    for row in measured {
        table.row([
            row.rows.to_string(),
            row.size.clone(),
            format!("{:.0}", row.rate),
            format!("{:.0}", row.stored),
            format!("{:+.1} %", change(row)),
        ]);
    }
    print(options, version, &json, &[table]);
}
