//! From a template and a lead to a mail that may lawfully be sent and whose links are tracked.

use ring::digest::{Context, SHA256};
use thiserror::Error;

use super::footer::escape_html;
use super::{
    Footer, MailIdentity, MailLinks, Mailbox, OpenSource, OutgoingMail, SenderItem, SenderProfile,
    honeypot,
};
use crate::content::{
    Filled, MailRenderer, MergeFields, MergeValue, TemplateProblem, TemplateSource,
    UNSUBSCRIBE_FIELD,
};
use crate::leads::{AttributeValue, Lead};
use crate::tenancy::Locale;
use crate::tracking::HONEYPOT_LINK;

/// Everything that one mail is made of.
#[derive(Clone, Debug)]
pub struct Composition<'a> {
    /// What its tokens name.
    pub identity: MailIdentity,
    /// To whom.
    pub lead: &'a Lead,
    /// From whom.
    pub sender: &'a SenderProfile,
    /// What the author wrote.
    pub source: &'a TemplateSource,
    /// Opens and clicks are tracked (C13).
    pub tracking: bool,
    /// Whose open events count (D11).
    pub opens: OpenSource,
    /// A tracked mail carries a link that people cannot see, which shows scanners (H3).
    pub honeypot: bool,
    /// The language of what Ondo adds.
    pub locale: Locale,
}

/// A mail, and a digest of what its reader sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The mail.
    pub mail: OutgoingMail,
    /// SHA-256 of subject, HTML and text before tracking was put in.
    pub content_hash: [u8; 32],
}

/// Why there is no mail.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// The sender profile lacks what every mail has to say.
    #[error("the sender profile lacks {}", names(.0))]
    SenderIncomplete(Vec<SenderItem>),
    /// The template cannot be filled in for this person.
    #[error("the template cannot be filled in: {0}")]
    Template(#[from] TemplateProblem),
}

fn names(items: &[SenderItem]) -> String {
    let names: Vec<_> = items.iter().map(|item| item.as_str()).collect();
    names.join(", ")
}

/// Composes one mail. Without tracking the links are the author's and there is no picture.
///
/// The text part carries the author's links in either case. A mail without a tracked link needs no
/// honeypot and gets none: there is no click to tell apart.
///
/// # Errors
/// See [`ComposeError`].
pub fn compose(
    renderer: &dyn MailRenderer,
    links: &dyn MailLinks,
    what: &Composition<'_>,
) -> Result<Composed, ComposeError> {
    let from = from_mailbox(what.sender)?;
    let unsubscribe_url = links.unsubscribe(&what.identity);
    let fields = merge_fields(what.lead, what.sender, &unsubscribe_url);
    let rendered = renderer.render(what.source, &fields)?;
    let footer = |text: &str| Footer::missing_in(text, what.sender, &unsubscribe_url, what.locale);
    let said = renderer.text_of(&rendered.html);
    let html_footer = footer(&said);
    let text = match rendered.text {
        Some(text) => {
            let tail = footer(&text).text();
            text + &tail
        }
        None => said + &html_footer.text(),
    };
    let html_footer = html_footer.html();
    let content_hash = digest(&[
        &rendered.subject,
        &rendered.html.whole(),
        &html_footer,
        &text,
    ]);
    let html = with_tracking(
        renderer,
        links,
        what,
        &rendered.html,
        html_footer,
        &unsubscribe_url,
    );
    let mail = OutgoingMail {
        tenant: what.identity.tenant,
        send: what.identity.mail.send,
        from,
        to: Mailbox::new(what.lead.name.as_deref(), what.lead.email.clone()),
        reply_to: what.sender.reply_to.clone(),
        subject: rendered.subject,
        html,
        text,
        unsubscribe_url,
        provider_opens: what.tracking && what.opens == OpenSource::Provider,
    };
    Ok(Composed { mail, content_hash })
}

fn from_mailbox(sender: &SenderProfile) -> Result<Mailbox, ComposeError> {
    let missing = sender.missing();
    match &sender.from_address {
        Some(address) if missing.is_empty() => {
            Ok(Mailbox::new(Some(&sender.from_name), address.clone()))
        }
        Some(_) | None => Err(ComposeError::SenderIncomplete(missing)),
    }
}

fn with_tracking(
    renderer: &dyn MailRenderer,
    links: &dyn MailLinks,
    what: &Composition<'_>,
    html: &Filled,
    footer: String,
    unsubscribe_url: &str,
) -> String {
    let pixel = if what.tracking && what.opens == OpenSource::Pixel {
        pixel_tag(&links.pixel(&what.identity))
    } else {
        String::new()
    };
    let mut first_target = None;
    let mut tracked = |index: u16, target: &str| {
        // The last number is the honeypot's.
        let is_tracked = what.tracking && index < HONEYPOT_LINK;
        let link = is_tracked.then(|| links.click(&what.identity, index, target))??;
        first_target.get_or_insert_with(|| target.to_owned());
        Some(link)
    };
    let tail = footer + &pixel;
    let html = renderer.rewrite_links(html, &tail, unsubscribe_url, &mut tracked);
    first_target
        .filter(|_| what.honeypot)
        .and_then(|link| honeypot::target_beside(&link))
        .and_then(|target| links.click(&what.identity, HONEYPOT_LINK, &target))
        .map(|url| honeypot::hide_in(&html, &url))
        .unwrap_or(html)
}

/// Hidden pictures are what spam filters look for, so this one is merely small.
fn pixel_tag(url: &str) -> String {
    format!(
        "<img src=\"{}\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">",
        escape_html(url)
    )
}

/// The fields that merge tags can name, for one person.
#[must_use]
pub fn merge_fields(lead: &Lead, sender: &SenderProfile, unsubscribe_url: &str) -> MergeFields {
    let text = |value: &Option<String>| value.clone().map(MergeValue::Text);
    let year = lead
        .graduation_year
        .map(|year| MergeValue::Whole(year.into()));
    let fields = MergeFields::default()
        .with("name", text(&lead.name))
        .with("kana", text(&lead.kana))
        .with("email", MergeValue::from(lead.email.as_str()))
        .with("company", text(&lead.company))
        .with("department", text(&lead.department))
        .with("title", text(&lead.title))
        .with("graduation_year", year)
        .with("grade", text(&lead.grade))
        .with("industry", text(&lead.industry))
        .with("region", text(&lead.region))
        .with("sender_name", MergeValue::from(sender.from_name.as_str()))
        .with(
            "organisation",
            MergeValue::from(sender.organisation.as_str()),
        )
        .with(UNSUBSCRIBE_FIELD, MergeValue::from(unsubscribe_url));
    lead.attributes.iter().fold(fields, |fields, (key, value)| {
        fields.with_attribute(key, merge_value(value))
    })
}

fn merge_value(value: &AttributeValue) -> MergeValue {
    match value {
        AttributeValue::Text(text) => MergeValue::Text(text.clone()),
        AttributeValue::Number(number) => MergeValue::Number(*number),
        AttributeValue::Date(_) => MergeValue::Text(value.to_string()),
        AttributeValue::Boolean(truth) => MergeValue::Truth(*truth),
    }
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
