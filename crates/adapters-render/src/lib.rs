//! MJML, merge tags, link rewriting and the text part of a mail.
//!
//! [`Renderer`] is the [`MailRenderer`] of the product. Templates are written by people who are
//! not trusted with the machine: the language they get is an allow-list over the syntax tree
//! (`check`), run in an environment that holds nothing else, with fuel and a limit to what comes
//! out (`fill`). MJML becomes HTML before its tags are filled in (`typeset`). Links are rewritten in
//! a stream that leaves the author's bytes alone (`links`).
//!
//! Mails of one broadcast differ in their values only. So a source is compiled once (`compiled`),
//! and what comes out is parsed once, with marks where the values stand (`marks`, `prepared`); each
//! mail is then put together without a parser.

mod check;
mod compiled;
mod fill;
mod latest;
mod links;
mod marks;
mod position;
mod prepared;
mod text;
mod typeset;

use std::collections::BTreeMap;

use domain::content::{
    Filled, LinkRewrite, MailRenderer, Manuscript, MergeFields, NumberedLinks, Rendered,
    TemplateProblem, TemplateSource,
};

/// Renders mails. Reads no file and no environment, and remembers only what it found out about the
/// latest texts.
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
        compiled::compiled(source)?.fill(fields)
    }

    fn number_links(&self, html: &str, first: u16) -> NumberedLinks {
        links::number(html, first)
    }

    fn mark_links(&self, html: &str, marks: &BTreeMap<u16, String>) -> String {
        links::mark(html, marks)
    }

    fn rewrite_links(
        &self,
        html: &Filled,
        tail: &str,
        unsubscribe: &str,
        rewrite: &mut dyn LinkRewrite,
    ) -> String {
        prepared::rewrite_links(html, tail, unsubscribe, rewrite)
    }

    fn text_of(&self, html: &Filled) -> String {
        prepared::text_of(html)
    }
}
