//! What is wrong with a template, for people.

use domain::content::{TemplatePart, TemplateProblem};
use domain::tenancy::Locale;
use serde::Serialize;

use crate::texts;

/// One place that has to change before the template can be sent.
#[derive(Debug, Serialize)]
pub(crate) struct ProblemRow {
    /// The name of the part, for scripts that mark the place.
    of: &'static str,
    part: String,
    line: u32,
    column: u32,
    text: String,
}

/// The problems in the language of the page.
pub(crate) fn problem_rows(problems: &[TemplateProblem], locale: Locale) -> Vec<ProblemRow> {
    problems.iter().map(|it| row(it, locale)).collect()
}

fn row(problem: &TemplateProblem, locale: Locale) -> ProblemRow {
    let key = format!("content-problem-{}", problem.fault.key());
    let about = problem.fault.subject().to_owned();
    ProblemRow {
        of: problem.part.as_str(),
        part: part_name(problem.part, locale),
        line: problem.line,
        column: problem.column,
        text: texts::text(locale, &key, &texts::arguments([("about", about.into())])),
    }
}

fn part_name(part: TemplatePart, locale: Locale) -> String {
    let key = format!("content-part-{}", part.as_str());
    texts::text(locale, &key, &texts::arguments([]))
}

#[cfg(test)]
mod tests {
    use domain::content::TemplateFault;

    use super::*;

    // V-08
    #[test]
    fn every_fault_has_a_text_in_both_languages() {
        let about = || "env".to_owned();
        let faults = [
            TemplateFault::Syntax(about()),
            TemplateFault::UnknownField(about()),
            TemplateFault::UnknownFilter(about()),
            TemplateFault::UnknownFunction(about()),
            TemplateFault::UnknownTest(about()),
            TemplateFault::NotAllowed(about()),
            TemplateFault::Markup(about()),
            TemplateFault::TooLarge,
            TemplateFault::TooCostly,
        ];
        for fault in faults {
            let part = TemplatePart::Html;
            let problem = TemplateProblem {
                part,
                line: 3,
                column: 5,
                fault,
            };
            for locale in Locale::ALL {
                let row = row(&problem, locale);
                assert!(!row.text.starts_with("content-problem"), "{row:?}");
                assert!(!row.part.starts_with("content-part"), "{row:?}");
                assert_eq!(
                    row.text.contains("env"),
                    !problem.fault.subject().is_empty()
                );
            }
        }
    }
}
