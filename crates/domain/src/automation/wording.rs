//! What a step says to staff, in words about one lead.

use crate::content::{MailRenderer, TemplateSource};
use crate::delivery::{SenderProfile, merge_fields};
use crate::leads::Lead;

/// A text of a step with the lead's fields in it, on one line of at most `most` characters. Where
/// its merge tags are broken it stays as it was written: clumsy words are better than none.
#[must_use]
pub fn worded(renderer: &dyn MailRenderer, text: &str, lead: &Lead, most: usize) -> String {
    let source = TemplateSource {
        subject: text.to_owned(),
        html: String::new(),
        text: None,
    };
    let fields = merge_fields(lead, &SenderProfile::default(), "");
    let filled = renderer.render(&source, &fields).map(|it| it.subject);
    let filled = filled.ok().filter(|it| !it.trim().is_empty());
    let filled = filled.unwrap_or_else(|| text.to_owned());
    filled.chars().take(most).collect()
}
