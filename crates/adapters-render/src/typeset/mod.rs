//! From what an author works on to HTML. Merge tags are taken out before and put back after, so
//! that neither markup nor tags can break the other.

mod markup;
mod mjml;
mod moved;
mod plain;
mod tags;

use domain::content::{
    MAX_SOURCE_BYTES, Manuscript, TemplateFault, TemplateMode, TemplatePart, TemplateProblem,
};

/// See [`domain::content::MailRenderer::typeset`].
pub(crate) fn html_of(manuscript: &Manuscript) -> Result<String, Vec<TemplateProblem>> {
    let source = &manuscript.body;
    if source.len() > MAX_SOURCE_BYTES {
        return Err(vec![problem(source, 0, TemplateFault::TooLarge)]);
    }
    match manuscript.mode {
        TemplateMode::Plain => plain::html_of(source),
        TemplateMode::Visual | TemplateMode::Code if manuscript.is_mjml() => mjml::html_of(source),
        TemplateMode::Visual | TemplateMode::Code => sound(source).map(str::to_owned),
    }
}

/// The source, if there is nothing wrong with its merge tags.
fn sound(source: &str) -> Result<&str, Vec<TemplateProblem>> {
    let problems = crate::check::problems_of(TemplatePart::Html, source);
    if problems.is_empty() {
        Ok(source)
    } else {
        Err(problems)
    }
}

/// A problem at a byte of the source.
fn problem(source: &str, at: usize, fault: TemplateFault) -> TemplateProblem {
    let (line, column) = crate::position::line_and_column(source, at);
    TemplateProblem {
        part: TemplatePart::Html,
        line,
        column,
        fault,
    }
}
