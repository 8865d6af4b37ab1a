//! A chart, as the page's script reads it (`data-chart`).

use serde::Serialize;

/// Lines over labels.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    kind: &'static str,
    labels: Vec<String>,
    series: Vec<Series>,
}

/// One line.
#[derive(Debug, Serialize)]
pub(super) struct Series {
    name: String,
    values: Values,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Values {
    Counts(Vec<u64>),
    Percents(Vec<f64>),
}

impl Chart {
    pub(super) fn line(labels: Vec<String>, series: Vec<Series>) -> Self {
        Self {
            kind: "line",
            labels,
            series,
        }
    }

    /// The value of the attribute.
    pub(super) fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

impl Series {
    pub(super) fn counts(name: String, values: impl Iterator<Item = u64>) -> Self {
        Self {
            name,
            values: Values::Counts(values.collect()),
        }
    }

    pub(super) fn percents(name: String, values: impl Iterator<Item = f64>) -> Self {
        Self {
            name,
            values: Values::Percents(values.collect()),
        }
    }
}
