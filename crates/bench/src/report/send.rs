//! P6.

use serde_json::json;

use super::{Table, print, rounded};
use crate::cli::{By, Options};

/// One broadcast.
#[derive(Debug)]
pub(crate) struct SendRow {
    /// By what.
    pub(crate) by: By,
    /// Mails with the provider at the same time.
    pub(crate) senders: usize,
    /// Mails a second.
    pub(crate) rate: f64,
    /// What the sink takes at most of the same mail. Mails a second.
    pub(crate) limit: f64,
    /// Processor time for one mail. Microseconds.
    pub(crate) server_us: f64,
    /// The same of the database.
    pub(crate) database_us: f64,
    /// The same of the sink.
    pub(crate) sink_us: f64,
}

/// Prints the broadcasts.
pub(crate) fn print_send(options: &Options, version: &str, rows: &[SendRow]) {
    let json = json!(
        rows.iter()
            .map(|row| json!({
                "by": row.by.name(), "senders": row.senders,
                "mails_per_s": rounded(row.rate), "sink_per_s": rounded(row.limit),
                "ratio": rounded(row.rate / row.limit), "server_us": rounded(row.server_us),
                "database_us": rounded(row.database_us), "sink_us": rounded(row.sink_us),
            }))
            .collect::<Vec<_>>()
    );
    let mut table = Table::new([
        "by",
        "in flight",
        "mails/s",
        "sink's limit/s",
        "ratio",
        "server µs",
        "database µs",
        "sink µs",
    ]);
    for row in rows {
        let whole = |figure: f64| format!("{figure:.0}");
        table.row([
            row.by.name().to_owned(),
            row.senders.to_string(),
            whole(row.rate),
            whole(row.limit),
            format!("{:.2}", row.rate / row.limit),
            whole(row.server_us),
            whole(row.database_us),
            whole(row.sink_us),
        ]);
    }
    print(options, version, &json, &[table]);
}
