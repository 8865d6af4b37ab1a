//! An import as the screens show it.

use chrono::{DateTime, Utc};
use domain::ids::ImportId;
use domain::leads::import::{Import, ImportStatus, Refusal};
use serde::Serialize;

use super::super::refusal_text;

/// Longest file name that is shown, in characters.
const NAME_MAX: usize = 120;

#[derive(Debug, Serialize)]
pub(super) struct View {
    id: ImportId,
    file_name: String,
    status: &'static str,
    /// Whether it goes on by itself.
    is_at_work: bool,
    /// Whether it can be stopped.
    can_cancel: bool,
    percent: u8,
    bytes_total: u64,
    rows_created: u64,
    rows_updated: u64,
    rows_refused: u64,
    failure: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// A fault of a row.
#[derive(Debug, Serialize)]
pub(super) struct RefusalView {
    line: u64,
    column: Option<String>,
    reason: &'static str,
    value: Option<String>,
}

impl View {
    pub(super) fn of(import: &Import) -> Self {
        let failure = import.failure.map(|failure| failure.as_str());
        Self {
            id: import.id,
            file_name: import.file_name.clone(),
            status: import.status.as_str(),
            is_at_work: is_at_work(import.status),
            can_cancel: is_at_work(import.status) || import.status == ImportStatus::Uploaded,
            percent: import.percent(),
            bytes_total: import.bytes_total,
            rows_created: import.rows_created,
            rows_updated: import.rows_updated,
            rows_refused: import.rows_refused,
            failure: failure.map(|name| name.replace('_', "-")),
            created_at: import.created_at,
            finished_at: import.finished_at,
        }
    }
}

fn is_at_work(status: ImportStatus) -> bool {
    match status {
        ImportStatus::Queued | ImportStatus::Running => true,
        ImportStatus::Uploaded
        | ImportStatus::Completed
        | ImportStatus::Failed
        | ImportStatus::Cancelled => false,
    }
}

impl RefusalView {
    pub(super) fn of(refusal: &Refusal) -> Self {
        Self {
            line: refusal.line,
            column: refusal.column.clone(),
            reason: refusal_text::key(refusal.reason),
            value: refusal.value.clone(),
        }
    }
}

/// The name of an uploaded file as it is shown: never a path, never more than a line (V-31).
pub(super) fn file_name(sent: Option<&str>) -> String {
    let name = sent.unwrap_or_default();
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let printable = last.chars().filter(|c| !c.is_control());
    let name: String = printable.take(NAME_MAX).collect();
    let name = name.trim();
    if name.is_empty() || name.chars().all(|c| c == '.') {
        "leads.csv".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // V-31
    #[test]
    fn a_file_name_is_a_name_and_nothing_more() {
        for (sent, shown) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\sato\\名簿.csv", "名簿.csv"),
            ("x.csv\0.php", "x.csv.php"),
            ("a\r\nb.csv", "ab.csv"),
            ("..", "leads.csv"),
            ("", "leads.csv"),
        ] {
            assert_eq!(file_name(Some(sent)), shown);
        }
        assert_eq!(file_name(None), "leads.csv");
        assert_eq!(file_name(Some(&"あ".repeat(500))).chars().count(), NAME_MAX);
    }
}
