//! Where values may stand for a text to be parsed without them.

use lol_html::html_content::Element;
use lol_html::{RewriteStrSettings, element, rewrite_str};

use crate::marks::{self, Piece};

/// Whether every value stands in text, in a comment or between the quotes of an attribute.
/// Values are escaped, so that none of them ends one of those. Anywhere else, as in
/// `<a href={{ page }}>`, a value decides how the rest is read.
pub(crate) fn values_are_text(marked: &str) -> bool {
    !marks::has_mark(marked)
        || (none_opens_a_tag(marked) && none_is_a_name(marked) && none_is_a_name(&spaced(marked)))
}

/// With words and blanks for the values: blanks end what is not quoted, so that the second word of a
/// value there becomes a name.
fn spaced(marked: &str) -> String {
    let mut spaced = String::with_capacity(marked.len());
    for piece in marks::pieces(marked) {
        match piece {
            Piece::Text(text) => spaced.push_str(&text),
            Piece::Mark(mark) => {
                spaced.push_str("x ");
                spaced.extend(mark.character());
                spaced.push(' ');
            }
        }
    }
    spaced
}

/// No value is, or follows, a `<` that begins an end tag, a comment or nothing yet.
fn none_opens_a_tag(marked: &str) -> bool {
    marks::pieces(marked).windows(2).all(|pair| match pair {
        [Piece::Text(text), Piece::Mark(_)] => {
            let open = text.rfind('<').map(|at| &text[at + 1..]);
            !open.is_some_and(|open| matches!(open, "" | "!" | "!-") || is_end_tag(open))
        }
        _ => true,
    })
}

fn is_end_tag(open: &str) -> bool {
    open.starts_with('/') && !open.contains('>')
}

fn none_is_a_name(marked: &str) -> bool {
    let mut is_none = true;
    let parsed = rewrite_str(
        marked,
        RewriteStrSettings::new()
            .with_strict(false)
            .append_element_content_handler(element!("*", |element| {
                is_none &= !has_marked_name(element);
                Ok(())
            })),
    );
    parsed.is_ok() && is_none
}

fn has_marked_name(element: &Element<'_, '_>) -> bool {
    marks::has_mark(&element.tag_name())
        || element
            .attributes()
            .iter()
            .any(|attribute| marks::has_mark(&attribute.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(text: &str) -> bool {
        values_are_text(&marks::with_marks(text).unwrap())
    }

    #[test]
    fn values_in_text_and_quotes_change_nothing() {
        for text in [
            "<p>\u{FDD0}様</p>",
            "<p title='a \u{FDD0}'><a href=\"https://a.example/?e=\u{FDD0}&amp;x\">x</a>",
            "<!-- \u{FDD0} --><title>\u{FDD0}</title>",
            "3 < 4 \u{FDD0}",
            "</p>\u{FDD0}",
        ] {
            assert!(is_sound(text), "{text}");
        }
    }

    #[test]
    fn a_value_that_makes_markup_is_found() {
        for text in [
            "<a href=\u{FDD0}>",
            "<a href=https://a.example/\u{FDD0}>",
            "<a \u{FDD0}=\"x\">",
            "<a data-\u{FDD0}>",
            "<a\u{FDD0} href=\"x\">",
            "<\u{FDD0}a href=\"x\">",
            "<\u{FDD0}",
            "</\u{FDD0}>",
            "</titl\u{FDD0}>",
            "<!-\u{FDD0}",
        ] {
            assert!(!is_sound(text), "{text}");
        }
    }
}
