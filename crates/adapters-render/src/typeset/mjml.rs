//! MJML to HTML, by mrml. Includes are not read: a template opens no file and no address.

use std::collections::HashMap;

use domain::content::{TemplateFault, TemplatePart, TemplateProblem};
use mrml::prelude::parser::{Error, ParserOptions, Span};
use mrml::prelude::render::RenderOptions;

use super::markup::{self, Prepared, Stopped, snippet};
use super::moved::Places;
use super::tags::{self, Tags};
use super::{problem, sound};

/// The HTML of a document.
pub(super) fn html_of(source: &str) -> Result<String, Vec<TemplateProblem>> {
    sound(&tags::decoded(source))?;
    let (without_tags, tag_places, mut tags) = Tags::take_out(source);
    let at_source = |stopped: Stopped| {
        vec![problem(
            source,
            tag_places.origin(stopped.at),
            stopped.fault,
        )]
    };
    let prepared = markup::prepared(&without_tags, &mut tags).map_err(at_source)?;
    check_conditions(source, &prepared, &tag_places)?;
    let compiled = compile(&prepared.text).map_err(|stopped| {
        let at = prepared.places.origin(stopped.at);
        at_source(Stopped { at, ..stopped })
    })?;
    let html = tags.put_back(&compiled);
    sound(&html)?;
    Ok(html)
}

/// Conditions are expressions, and hold nothing but fields.
fn check_conditions(
    source: &str,
    prepared: &Prepared,
    tag_places: &Places,
) -> Result<(), Vec<TemplateProblem>> {
    let wrong = prepared.conditions.iter().flat_map(|(at, condition)| {
        let whole = format!("{{% if {condition} %}}{{% endif %}}");
        let found = crate::check::problems_of(TemplatePart::Html, &whole);
        let at = tag_places.origin(*at);
        found
            .into_iter()
            .map(move |it| problem(source, at, it.fault))
    });
    let problems: Vec<_> = wrong.collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn compile(source: &str) -> Result<String, Stopped> {
    let parsed = mrml::parse_with_options(source, &ParserOptions::default())
        .map_err(|error| stopped(source, &error))?;
    let options = RenderOptions {
        // By itself it would fetch fonts from a third party whenever a mail is opened.
        fonts: HashMap::new(),
        ..RenderOptions::default()
    };
    parsed.element.render(&options).map_err(|error| Stopped {
        at: 0,
        fault: TemplateFault::Markup(error.to_string()),
    })
}

fn stopped(source: &str, error: &Error) -> Stopped {
    match error {
        Error::IncludeLoaderError { position, .. } => Stopped {
            at: position.start,
            fault: TemplateFault::NotAllowed("mj-include".to_owned()),
        },
        Error::UnexpectedElement { position, .. }
        | Error::UnexpectedToken { position, .. }
        | Error::MissingAttribute { position, .. }
        | Error::InvalidAttribute { position, .. }
        | Error::InvalidFormat { position, .. } => beginning_at(source, *position),
        Error::EndOfStream { .. } => Stopped {
            at: source.trim_end().len(),
            fault: TemplateFault::Markup("</mjml>".to_owned()),
        },
        Error::NoRootNode | Error::ParserError { .. } => Stopped {
            at: 0,
            fault: TemplateFault::Markup("<mjml>".to_owned()),
        },
        Error::SizeLimit { .. } => Stopped {
            at: 0,
            fault: TemplateFault::TooLarge,
        },
    }
}

fn beginning_at(source: &str, position: Span) -> Stopped {
    Stopped {
        at: position.start,
        fault: TemplateFault::Markup(snippet(source, position.start)),
    }
}
