//! The figures of letting people into a campaign.

use std::time::Duration;

use serde_json::json;

use super::{Table, print, rounded};
use crate::cli::Options;
use crate::measure::Percentiles;

/// All that was measured.
#[derive(Debug)]
pub(crate) struct EnrollFigures {
    /// How many were let in at once.
    pub(crate) people: usize,
    /// One person at a time.
    pub(crate) single: Percentiles,
    /// Everyone that a filter finds.
    pub(crate) many: Duration,
    /// The same rows by the database alone.
    pub(crate) bound: Duration,
}

/// P5.
pub(crate) fn print_enroll(options: &Options, version: &str, figures: &EnrollFigures) {
    let (many, bound) = (figures.many.as_secs_f64(), figures.bound.as_secs_f64());
    let json = json!({
        "people": figures.people, "single_p50_ms": rounded(figures.single.p50),
        "single_p99_ms": rounded(figures.single.p99), "all_s": rounded(many),
        "bound_s": rounded(bound), "times_the_bound": rounded(many / bound),
    });
    let mut single = Table::new(["one by one", "p50 ms", "p95 ms", "p99 ms", "max ms"]);
    let text = |figure: f64| format!("{figure:.1}");
    single.row([
        String::new(),
        text(figures.single.p50),
        text(figures.single.p95),
        text(figures.single.p99),
        text(figures.single.max),
    ]);
    let mut all = Table::new([
        "people of a filter",
        "s",
        "bare INSERT … SELECT s",
        "times the bound",
    ]);
    all.row([
        figures.people.to_string(),
        format!("{many:.2}"),
        format!("{bound:.2}"),
        format!("{:.1}", many / bound),
    ]);
    print(options, version, &json, &[single, all]);
}
