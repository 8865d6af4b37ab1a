//! Numbering and rewriting links in a stream: what is not a link stays as the author wrote it,
//! down to the byte, so that Outlook's conditional comments survive.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;

use domain::content::{LinkRewrite, NumberedLinks, UNSUBSCRIBE_FIELD};
use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, end, rewrite_str};

/// Carries the number of a link from the start of a broadcast to each of its mails.
const NUMBER: &str = "data-ondo-link";
/// Marks a link that its author does not want tracked.
const NO_TRACKING: &str = "data-ondo-notrack";
/// Schemes that run something; a lead's attribute could bring one in.
const SCRIPTS: [&str; 3] = ["javascript:", "vbscript:", "data:"];

/// Gives each trackable link of a source its number, from `first`.
pub(crate) fn number(html: &str, first: u16) -> NumberedLinks {
    let mut addresses: Vec<String> = Vec::new();
    let numbered = rewrite_str(
        html,
        settings().append_element_content_handler(element!("a[href]", |link| {
            let address = address_of(link);
            // A number that the author wrote would point to somebody else's link.
            if link.has_attribute(NUMBER) {
                link.remove_attribute(NUMBER);
            }
            let trackable = !link.has_attribute(NO_TRACKING) && is_source_of_link(&address);
            if trackable {
                let number = usize::from(first) + addresses.len();
                link.set_attribute(NUMBER, &number.to_string())?;
                addresses.push(address);
            }
            Ok(())
        })),
    );
    NumberedLinks {
        html: numbered.unwrap_or_else(|_| html.to_owned()),
        addresses,
    }
}

/// See [`domain::content::MailRenderer::mark_links`].
pub(crate) fn mark(html: &str, marks: &BTreeMap<u16, String>) -> String {
    let marked = rewrite_str(
        html,
        settings().append_element_content_handler(element!("a[href]", |link| {
            if let Some(mark) = number_of(link).and_then(|number| marks.get(&number)) {
                link.append(mark, ContentType::Html);
            }
            Ok(())
        })),
    );
    marked.unwrap_or_else(|_| html.to_owned())
}

/// See [`domain::content::MailRenderer::rewrite_links`].
pub(crate) fn rewrite(
    html: &str,
    tail: &str,
    unsubscribe: &str,
    rewrite: &mut dyn LinkRewrite,
) -> String {
    let mut next = 0_u16;
    let placed = Rc::new(Cell::new(tail.is_empty()));
    let at_end = Rc::clone(&placed);
    let rewritten = rewrite_str(
        html,
        settings()
            .append_element_content_handler(element!("a[href]", |link| {
                rewrite_link(link, unsubscribe, &mut next, rewrite)?;
                Ok(())
            }))
            .append_element_content_handler(element!("body", |body| {
                place_before_end(body, tail.to_owned(), &placed);
                Ok(())
            }))
            .append_document_content_handler(end!(|end| {
                if !at_end.get() {
                    end.append(tail, ContentType::Html);
                }
                Ok(())
            })),
    );
    // Only a handler could fail, and none of ours does; a mail without its footer must not go out.
    rewritten.unwrap_or_else(|_| format!("{html}{tail}"))
}

/// Strict parsing would refuse some markup that mail programs show well enough.
fn settings<'h, 's>() -> RewriteStrSettings<'h, 's> {
    RewriteStrSettings::new().with_strict(false)
}

fn rewrite_link(
    link: &mut Element<'_, '_>,
    unsubscribe: &str,
    next: &mut u16,
    rewrite: &mut dyn LinkRewrite,
) -> Result<(), lol_html::errors::AttributeNameError> {
    let address = address_of(link);
    let number = number_of(link);
    if link.has_attribute(NUMBER) {
        link.remove_attribute(NUMBER);
    }
    if runs_something(&address) {
        return link.set_attribute("href", "#");
    }
    if link.has_attribute(NO_TRACKING) || address == unsubscribe || !is_web(&address) {
        return Ok(());
    }
    let number = number.unwrap_or(*next);
    *next = number.saturating_add(1);
    match rewrite.rewrite(number, &address) {
        Some(target) => link.set_attribute(
            "href",
            &html_escape::encode_double_quoted_attribute(&target),
        ),
        None => Ok(()),
    }
}

fn place_before_end(body: &mut Element<'_, '_>, tail: String, placed: &Rc<Cell<bool>>) {
    let placed = Rc::clone(placed);
    if let Some(handlers) = body.end_tag_handlers() {
        handlers.push(Box::new(move |end| {
            if !placed.replace(true) {
                end.before(&tail, ContentType::Html);
            }
            Ok(())
        }));
    }
}

fn number_of(link: &Element<'_, '_>) -> Option<u16> {
    link.get_attribute(NUMBER)
        .and_then(|text| text.parse().ok())
}

/// The address with its character references decoded, as a mail program reads it.
fn address_of(link: &Element<'_, '_>) -> String {
    let raw = link.get_attribute("href").unwrap_or_default();
    html_escape::decode_html_entities(raw.trim()).into_owned()
}

fn is_web(address: &str) -> bool {
    let starts = |scheme: &str| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts("http://") || starts("https://")
}

/// In a source, an address may begin with a merge tag.
fn is_source_of_link(address: &str) -> bool {
    let is_tag = address.starts_with("{{") || address.starts_with("{%");
    is_web(address) || (is_tag && !address.contains(UNSUBSCRIBE_FIELD))
}

/// Browsers overlook blanks and control characters in a scheme.
fn runs_something(address: &str) -> bool {
    let plain: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(16)
        .collect::<String>()
        .to_ascii_lowercase();
    SCRIPTS.iter().any(|scheme| plain.starts_with(scheme))
}
