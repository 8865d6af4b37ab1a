//! MJML, merge tags, link rewriting and the text part of a mail.
//!
//! [`Renderer`] is the [`MailRenderer`] of the product. Templates are written by people who are
//! not trusted with the machine: the language they get is an allow-list over the syntax tree
//! (`check`), run in an environment that holds nothing else, with fuel and a limit to what comes
//! out (`fill`). MJML becomes HTML before its tags are filled in (`typeset`). Links are rewritten in
//! a stream that leaves the author's bytes alone (`links`).

mod check;
mod fill;
mod known;
mod links;
mod position;
mod text;
mod typeset;

use std::collections::BTreeMap;

use domain::content::{
    LinkRewrite, MailRenderer, Manuscript, MergeFields, NumberedLinks, Rendered, TemplatePart,
    TemplateProblem, TemplateSource,
};

/// Renders mails. Reads no file and no environment, and remembers only which sources are good.
#[derive(Clone, Copy, Debug, Default)]
pub struct Renderer;

impl MailRenderer for Renderer {
    fn check(&self, source: &TemplateSource) -> Vec<TemplateProblem> {
        check::problems(source)
    }

    fn typeset(&self, manuscript: &Manuscript) -> Result<String, Vec<TemplateProblem>> {
        typeset::html_of(manuscript)
    }

    fn render(
        &self,
        source: &TemplateSource,
        fields: &MergeFields,
    ) -> Result<Rendered, TemplateProblem> {
        if let Some(problem) = known::first_problem(source) {
            return Err(problem);
        }
        let context = fill::context_of(fields);
        let fill = |part, source: &str| fill::fill(part, source, &context);
        let subject = fill(TemplatePart::Subject, &source.subject)?;
        Ok(Rendered {
            subject: domain::delivery::one_line(&subject),
            html: fill(TemplatePart::Html, &source.html)?,
            text: source
                .text
                .as_deref()
                .map(|text| fill(TemplatePart::Text, text))
                .transpose()?,
        })
    }

    fn number_links(&self, html: &str, first: u16) -> NumberedLinks {
        links::number(html, first)
    }

    fn mark_links(&self, html: &str, marks: &BTreeMap<u16, String>) -> String {
        links::mark(html, marks)
    }

    fn rewrite_links(
        &self,
        html: &str,
        tail: &str,
        unsubscribe: &str,
        rewrite: &mut dyn LinkRewrite,
    ) -> String {
        links::rewrite(html, tail, unsubscribe, rewrite)
    }

    fn text_of(&self, html: &str) -> String {
        text::of_html(html)
    }
}
