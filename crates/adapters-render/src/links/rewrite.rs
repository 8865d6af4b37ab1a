//! The links of a mail.

use std::cell::Cell;
use std::rc::Rc;

use domain::content::LinkRewrite;
use lol_html::errors::AttributeNameError;
use lol_html::html_content::{ContentType, Element};
use lol_html::{element, end, rewrite_str};

use super::{NO_TRACKING, NUMBER, decoded, is_web, number_of, settings};
use crate::marks::{self, Mark, Piece};

/// Schemes that run something; a lead's attribute could bring one in.
const SCRIPTS: [&str; 3] = ["javascript:", "vbscript:", "data:"];

/// Where nothing happens.
const NOWHERE: &str = "#";

/// A text whose links have been found.
pub(crate) struct Rewritable {
    pieces: Vec<Piece>,
    links: Vec<Link>,
}

/// A link whose address may have to change.
struct Link {
    /// The number it got when its source was frozen.
    number: Option<u16>,
    is_trackable: bool,
    /// As it stands between double quotes.
    address: Vec<Piece>,
}

/// How links are rewritten in one mail.
struct Rewriting<'a> {
    values: &'a [String],
    unsubscribe: &'a str,
    /// The number of the next link that has none of its own.
    next: u16,
    rewrite: &'a mut dyn LinkRewrite,
}

impl Rewritable {
    /// Finds the links of a text with marks.
    pub(crate) fn of(marked: &str) -> Self {
        let mut links = Vec::new();
        let tail = Mark::Tail.character().map(String::from).unwrap_or_default();
        let placed = Rc::new(Cell::new(false));
        let at_end = Rc::clone(&placed);
        let parsed = rewrite_str(
            marked,
            settings()
                .append_element_content_handler(element!("a[href]", |link| {
                    take_link(link, &mut links)?;
                    Ok(())
                }))
                .append_element_content_handler(element!("body", |body| {
                    place_before_end(body, tail.clone(), &placed);
                    Ok(())
                }))
                .append_document_content_handler(end!(|end| {
                    if !at_end.get() {
                        end.append(&tail, ContentType::Html);
                    }
                    Ok(())
                })),
        );
        // Only a handler could fail, and none of ours does; a mail without its footer must not go out.
        let parsed = parsed.unwrap_or_else(|_| format!("{marked}{tail}"));
        Self {
            pieces: marks::pieces(&parsed),
            links,
        }
    }

    /// About as long as a mail becomes: links of ours are longer than those of authors.
    fn length(&self) -> usize {
        const LINK: usize = 320;
        let text = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Mark(_) => LINK,
        });
        text.sum()
    }

    /// The text with these values, its links rewritten.
    pub(crate) fn rewritten(
        &self,
        values: &[String],
        tail: &str,
        unsubscribe: &str,
        rewrite: &mut dyn LinkRewrite,
    ) -> String {
        let mut rewriting = Rewriting {
            values,
            unsubscribe,
            next: 0,
            rewrite,
        };
        let mut html = String::with_capacity(self.length());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => html.push_str(text),
                Piece::Mark(Mark::Value(number)) => {
                    html.extend(values.get(*number).map(String::as_str));
                }
                Piece::Mark(Mark::Link(number)) => {
                    html.extend(
                        self.links
                            .get(*number)
                            .map(|link| rewriting.address_of(link)),
                    );
                }
                Piece::Mark(Mark::Tail) => html.push_str(tail),
            }
        }
        html
    }
}

impl Rewriting<'_> {
    /// What stands between the quotes.
    fn address_of(&mut self, link: &Link) -> String {
        let raw = marks::filled(&link.address, self.values);
        let address = decoded(&raw);
        if runs_something(&address) {
            return NOWHERE.to_owned();
        }
        if !link.is_trackable || address == self.unsubscribe || !is_web(&address) {
            return raw;
        }
        let number = link.number.unwrap_or(self.next);
        self.next = number.saturating_add(1);
        match self.rewrite.rewrite(number, &address) {
            Some(target) => html_escape::encode_double_quoted_attribute(&target).into_owned(),
            None => raw,
        }
    }
}

/// Puts a mark in the place of the address of a link, unless it can only stay.
fn take_link(link: &mut Element<'_, '_>, links: &mut Vec<Link>) -> Result<(), AttributeNameError> {
    let raw = link.get_attribute("href").unwrap_or_default();
    let number = number_of(link);
    if link.has_attribute(NUMBER) {
        link.remove_attribute(NUMBER);
    }
    let address = decoded(&raw);
    let is_trackable = !link.has_attribute(NO_TRACKING);
    let may_change =
        marks::has_mark(&raw) || runs_something(&address) || (is_trackable && is_web(&address));
    let mark = Mark::Link(links.len()).character();
    let Some(mark) = mark.filter(|_| may_change) else {
        return Ok(());
    };
    links.push(Link {
        number,
        is_trackable,
        address: marks::pieces(&raw.replace('"', "&quot;")),
    });
    link.set_attribute("href", mark.encode_utf8(&mut [0; 4]))
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
