//! What is sent stays what it was when a person said so.

use super::{MailRenderer, TemplateFault, TemplatePart, TemplateProblem, TemplateSource};
use crate::ids::{ContentId, TemplateId};
use crate::tracking::HONEYPOT_LINK;

/// A template as it was when a broadcast started or a campaign was activated; never changed
/// afterwards. Its links carry their numbers (C27).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenContent {
    /// Its id.
    pub id: ContentId,
    /// The template it is made from.
    pub template: Option<TemplateId>,
    /// What the author wrote, its links numbered.
    pub source: TemplateSource,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// The number of its first link. Numbers are those of the whole broadcast or campaign, so that
    /// the number in a click tells the content too.
    pub first_link: u16,
    /// The address of each link as the author wrote it, from `first_link` on.
    pub links: Vec<String>,
}

impl FrozenContent {
    /// The number of the first link of the content that comes next in the same broadcast or
    /// campaign.
    #[must_use]
    pub fn next_link(&self) -> u16 {
        let links = u16::try_from(self.links.len()).unwrap_or(u16::MAX);
        self.first_link.saturating_add(links)
    }
}

/// What shall be frozen.
#[derive(Clone, Copy, Debug)]
pub struct ToFreeze<'a> {
    /// The id it shall have.
    pub id: ContentId,
    /// The template it is made from.
    pub template: Option<TemplateId>,
    /// What the author wrote.
    pub source: &'a TemplateSource,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// The number of its first link: 0, or [`FrozenContent::next_link`] of the content before.
    pub first_link: u16,
}

/// Looks a template through and numbers its links.
///
/// # Errors
/// Everything that keeps it from being sent. Numbers end before [`HONEYPOT_LINK`], which is the
/// number of the link that nobody sees.
pub fn freeze(
    renderer: &dyn MailRenderer,
    what: &ToFreeze<'_>,
) -> Result<FrozenContent, Vec<TemplateProblem>> {
    let problems = renderer.check(what.source);
    if !problems.is_empty() {
        return Err(problems);
    }
    let numbered = renderer.number_links(&what.source.html, what.first_link);
    if usize::from(what.first_link) + numbered.addresses.len() > usize::from(HONEYPOT_LINK) {
        return Err(vec![TemplateProblem {
            part: TemplatePart::Html,
            line: 1,
            column: 1,
            fault: TemplateFault::TooManyLinks,
        }]);
    }
    Ok(FrozenContent {
        id: what.id,
        template: what.template,
        source: TemplateSource {
            html: numbered.html,
            ..what.source.clone()
        },
        tracking: what.tracking,
        first_link: what.first_link,
        links: numbered.addresses,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{MockMailRenderer, NumberedLinks};

    /// A renderer that finds so many links in everything.
    fn finding(links: usize) -> MockMailRenderer {
        let mut renderer = MockMailRenderer::new();
        renderer.expect_check().returning(|_| Vec::new());
        renderer
            .expect_number_links()
            .returning(move |html, first| NumberedLinks {
                html: format!("{html} numbered from {first}"),
                addresses: vec!["https://a.example/".to_owned(); links],
            });
        renderer
    }

    fn frozen(links: usize, first_link: u16) -> Result<FrozenContent, Vec<TemplateProblem>> {
        let source = TemplateSource::default();
        let what = ToFreeze {
            id: ContentId::new(),
            template: None,
            source: &source,
            tracking: true,
            first_link,
        };
        freeze(&finding(links), &what)
    }

    #[test]
    fn links_are_numbered_on_from_the_content_before() {
        // C27
        let first = frozen(3, 0).unwrap();
        let second = frozen(2, first.next_link()).unwrap();
        assert!(second.source.html.ends_with("numbered from 3"));
        assert_eq!((second.first_link, second.next_link()), (3, 5));
    }

    #[test]
    fn no_link_takes_the_number_of_the_hidden_one() {
        // H3
        let last = frozen(1, HONEYPOT_LINK - 1).unwrap();
        assert_eq!(last.next_link(), HONEYPOT_LINK);
        for (links, first) in [(2, HONEYPOT_LINK - 1), (1, HONEYPOT_LINK), (1, u16::MAX)] {
            let problems = frozen(links, first).unwrap_err();
            assert_eq!(problems[0].fault, TemplateFault::TooManyLinks);
        }
    }

    #[test]
    fn a_content_without_links_fits_after_the_last_one() {
        assert_eq!(frozen(0, HONEYPOT_LINK).unwrap().links, [""; 0]);
    }
}
