//! What is known of a text before anybody's values stand in it, so that it is parsed once and not
//! again for each mail.

mod sound;

use std::sync::{Arc, OnceLock};

use domain::content::{Filled, LinkRewrite};

use crate::latest::Latest;
use crate::links::Rewritable;
use crate::marks;
use crate::text::PlainText;

/// Texts that are remembered: those of a few contents, each with and without what their conditions
/// and missing values leave out.
const REMEMBERED: usize = 64;

static KNOWN: Latest<Prepared> = Latest::new(REMEMBERED);

/// A text and what parsing it has shown, each once it is asked for.
struct Prepared {
    text: String,
    /// With marks for its values; `None` if a value could change how the rest of it is read.
    marked: Option<String>,
    links: OnceLock<Rewritable>,
    plain: OnceLock<PlainText>,
}

/// See [`domain::content::MailRenderer::rewrite_links`].
pub(crate) fn rewrite_links(
    html: &Filled,
    tail: &str,
    unsubscribe: &str,
    rewrite: &mut dyn LinkRewrite,
) -> String {
    let prepared = prepared(html);
    if let Some(marked) = &prepared.marked {
        let links = prepared.links.get_or_init(|| Rewritable::of(marked));
        return links.rewritten(html.values(), tail, unsubscribe, rewrite);
    }
    Rewritable::of(&whole(html)).rewritten(&[], tail, unsubscribe, rewrite)
}

/// See [`domain::content::MailRenderer::text_of`].
pub(crate) fn text_of(html: &Filled) -> String {
    let prepared = prepared(html);
    if let Some(marked) = &prepared.marked {
        let plain = prepared.plain.get_or_init(|| PlainText::of(marked));
        return plain.filled(html.values());
    }
    PlainText::of(&whole(html)).filled(&[])
}

/// With its values in it and without a mark.
fn whole(html: &Filled) -> String {
    marks::with_marks(&html.whole().replace(Filled::VALUE, "")).unwrap_or_default()
}

fn prepared(html: &Filled) -> Arc<Prepared> {
    let known = KNOWN.find(|known| known.text == html.text());
    known.unwrap_or_else(|| {
        let marked = marks::with_marks(html.text());
        KNOWN.keep(Prepared {
            text: html.text().to_owned(),
            marked: marked.filter(|text| sound::values_are_text(text)),
            links: OnceLock::new(),
            plain: OnceLock::new(),
        })
    })
}
