//! Numbering and rewriting links in a stream: what is not a link stays as the author wrote it,
//! down to the byte, so that Outlook's conditional comments survive.

mod number;
mod rewrite;

use lol_html::RewriteStrSettings;
use lol_html::html_content::Element;

pub(crate) use number::{mark, number};
pub(crate) use rewrite::Rewritable;

/// Carries the number of a link from the start of a broadcast to each of its mails.
const NUMBER: &str = "data-ondo-link";
/// Marks a link that its author does not want tracked.
const NO_TRACKING: &str = "data-ondo-notrack";
/// Strict parsing would refuse some markup that mail programs show well enough.
fn settings<'h, 's>() -> RewriteStrSettings<'h, 's> {
    RewriteStrSettings::new().with_strict(false)
}

fn number_of(link: &Element<'_, '_>) -> Option<u16> {
    link.get_attribute(NUMBER)
        .and_then(|text| text.parse().ok())
}

/// The address with its character references decoded, as a mail program reads it.
fn decoded(raw: &str) -> String {
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
