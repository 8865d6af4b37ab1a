//! The links of a source.

use std::collections::BTreeMap;

use domain::content::{NumberedLinks, UNSUBSCRIBE_FIELD};
use lol_html::html_content::ContentType;
use lol_html::{element, rewrite_str};

use super::{NO_TRACKING, NUMBER, decoded, is_web, number_of, settings};

/// Gives each trackable link of a source its number, from `first`.
pub(crate) fn number(html: &str, first: u16) -> NumberedLinks {
    let mut addresses: Vec<String> = Vec::new();
    let numbered = rewrite_str(
        html,
        settings().append_element_content_handler(element!("a[href]", |link| {
            let address = decoded(&link.get_attribute("href").unwrap_or_default());
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

/// In a source, an address may begin with a merge tag.
fn is_source_of_link(address: &str) -> bool {
    let is_tag = address.starts_with("{{") || address.starts_with("{%");
    is_web(address) || (is_tag && !address.contains(UNSUBSCRIBE_FIELD))
}
