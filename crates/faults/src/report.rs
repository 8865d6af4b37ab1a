//! What came of it: one table for people.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use crate::checker::Finding;
use crate::mailing::Tally;
use crate::plan::Plan;
use crate::statistics::{percentile, told};

/// What came of one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// `F-01` and so on.
    pub(crate) row: &'static str,
    /// What was done.
    pub(crate) title: &'static str,
    /// How often.
    pub(crate) injected: u64,
    /// What the checker found; none where there was nothing to compare.
    pub(crate) finding: Option<Finding>,
    /// From each fault to the next acknowledgement of a request that began after it.
    pub(crate) recoveries: Vec<Duration>,
    /// Commits whose outcome the server could not know.
    pub(crate) ambiguous: Option<u64>,
    /// What became of mails, where the row is about mails.
    pub(crate) mails: Option<Tally>,
    /// Its server loses on purpose.
    pub(crate) is_control: bool,
    /// What must not be.
    pub(crate) violations: Vec<String>,
    /// What else is worth telling.
    pub(crate) remarks: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(row: &'static str, title: &'static str) -> Self {
        Self {
            row,
            title,
            ..Self::default()
        }
    }

    pub(crate) fn remark(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// Notes a violation unless `holds`.
    pub(crate) fn demand(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.violations.push(otherwise());
        }
    }

    /// Takes the checker's finding over, with what is wrong in it.
    pub(crate) fn found(&mut self, finding: Finding) {
        self.violations.extend(finding.violations());
        self.remarks.extend(finding.remarks());
        self.finding = Some(finding);
    }

    fn verdict(&self) -> &'static str {
        match (self.violations.is_empty(), self.injected) {
            (false, _) => "BROKEN",
            (true, 0) => "not here",
            (true, _) => "held",
        }
    }

    fn cells(&self) -> [String; 9] {
        let of = |value: fn(&Finding) -> u64| {
            let finding = self.finding.as_ref();
            finding.map_or_else(|| "-".to_owned(), |finding| value(finding).to_string())
        };
        let counted = |mails: fn(&Tally) -> u64, value: fn(&Finding) -> u64| {
            let mails_of = self.mails.as_ref().map(mails);
            mails_of.map_or_else(|| of(value), |count| count.to_string())
        };
        let exact = self.finding.as_ref().map(Finding::points_exact);
        [
            self.row.to_owned(),
            self.injected.to_string(),
            counted(Tally::sent, |finding| finding.losses.acknowledged),
            counted(Tally::missing, |finding| finding.losses.lost),
            counted(|mails| mails.twice, |finding| finding.losses.twice),
            exact
                .map_or("-", |exact| if exact { "yes" } else { "NO" })
                .to_owned(),
            format!(
                "{} / {}",
                told(percentile(&self.recoveries, 50)),
                told(percentile(&self.recoveries, 99))
            ),
            self.ambiguous
                .map_or_else(|| "-".to_owned(), |count| count.to_string()),
            self.verdict().to_owned(),
        ]
    }
}

const HEADINGS: [&str; 9] = [
    "row",
    "injected",
    "acked",
    "lost",
    "twice",
    "points exact",
    "recovery p50 / p99",
    "ambiguous",
    "verdict",
];

/// The outcomes so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    outcomes: Vec<Outcome>,
}

impl Report {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        say(format_args!("{}", line(&outcome.cells())));
        for violation in &outcome.violations {
            say(format_args!("  BROKEN: {violation}"));
        }
        self.outcomes.push(outcome);
    }

    /// Prints everything on standard output; whether every row held.
    pub(crate) fn print(&self, plan: &Plan) -> anyhow::Result<bool> {
        let mut text = format!(
            "\nseed {}, {} engagements a second\n{}\n{}\n",
            plan.seed,
            plan.rate,
            line(&HEADINGS.map(str::to_owned)),
            line(&HEADINGS.map(|heading| "-".repeat(heading.len())))
        );
        for outcome in &self.outcomes {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}", line(&outcome.cells()));
        }
        let _ = writeln!(text, "\n{}", self.headline());
        for outcome in &self.outcomes {
            let _ = writeln!(text, "\n{} {}", outcome.row, outcome.title);
            for remark in &outcome.remarks {
                let _ = writeln!(text, "  {remark}");
            }
            for violation in &outcome.violations {
                let _ = writeln!(text, "  BROKEN: {violation}");
            }
        }
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(self
            .outcomes
            .iter()
            .all(|outcome| outcome.violations.is_empty()))
    }
}

impl Report {
    /// All rows in one sentence, without those whose server loses on purpose.
    fn headline(&self) -> String {
        let honest = self.outcomes.iter().filter(|outcome| !outcome.is_control);
        let (mut acknowledged, mut lost, mut twice, mut faults) = (0, 0, 0, 0);
        for outcome in honest {
            faults += outcome.injected;
            let losses = outcome.finding.as_ref().map(|finding| &finding.losses);
            acknowledged += losses.map_or(0, |losses| losses.acknowledged);
            lost += losses.map_or(0, |losses| losses.lost);
            twice += losses.map_or(0, |losses| losses.twice);
        }
        let of_mails = self
            .outcomes
            .iter()
            .filter(|outcome| !outcome.is_control)
            .filter_map(|outcome| outcome.mails.as_ref());
        let (mut sent, mut missing, mut doubled) = (0, 0, 0);
        for mails in of_mails {
            sent += mails.sent();
            missing += mails.missing();
            doubled += mails.twice;
        }
        format!(
            "{sent} mails sent, {missing} missing, {doubled} twice; {acknowledged} acknowledged engagements, {lost} lost, {twice} stored twice, over \
             {faults} faults"
        )
    }
}

fn line(cells: &[String; 9]) -> String {
    const WIDTHS: [usize; 9] = [6, 9, 8, 6, 6, 13, 22, 10, 7];
    let padded = cells.iter().zip(WIDTHS);
    let line: String = padded
        .map(|(cell, width)| format!("{cell:<width$} "))
        .collect();
    line.trim_end().to_owned()
}

/// Tells how it goes, on standard error.
pub(crate) fn say(text: std::fmt::Arguments<'_>) {
    // Nothing can be done where even that is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}
