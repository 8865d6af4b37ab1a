//! A mail that is ready to be handed to a provider.

use crate::ids::{SendId, TenantId};
use crate::leads::EmailAddress;

/// The header that names our send.
pub const SEND_HEADER: &str = "X-Ondo-Send";
/// RFC 2369: where to refuse more mail.
pub const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";
/// RFC 8058: that a POST to that address refuses at once.
pub const LIST_UNSUBSCRIBE_POST: &str = "List-Unsubscribe-Post";

/// An address with the name beside it. The name is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name, if there is one.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl Mailbox {
    /// A mailbox whose name cannot break a header.
    #[must_use]
    pub fn new(name: Option<&str>, address: EmailAddress) -> Self {
        let name = name.map(one_line).filter(|name| !name.is_empty());
        Self { name, address }
    }
}

/// A mail that is ready to be handed to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Whose mail it is.
    pub tenant: TenantId,
    /// Which mail; goes along as [`SEND_HEADER`] and in the provider's arguments.
    pub send: SendId,
    /// Who sends.
    pub from: Mailbox,
    /// To whom; always one person.
    pub to: Mailbox,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<EmailAddress>,
    /// One line.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
    /// The one-click address (RFC 8058), https.
    pub unsubscribe_url: String,
    /// The provider itself shall report opens (D11).
    pub provider_opens: bool,
}

impl OutgoingMail {
    /// `Message-ID`, with its angle brackets: the same for every try of the same send.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("<{}@{}>", self.send, self.from.address.domain())
    }

    /// The headers besides the usual ones, in the order they are written.
    #[must_use]
    pub fn extra_headers(&self) -> [(&'static str, String); 3] {
        let answers = self.reply_to.as_ref().unwrap_or(&self.from.address);
        [
            (
                LIST_UNSUBSCRIBE,
                format!(
                    "<{}>, <mailto:{answers}?subject=unsubscribe>",
                    self.unsubscribe_url
                ),
            ),
            (
                LIST_UNSUBSCRIBE_POST,
                "List-Unsubscribe=One-Click".to_owned(),
            ),
            (SEND_HEADER, self.send.to_string()),
        ]
    }
}

/// The text on one line: every run of blanks, line breaks and control characters (those of
/// Unicode too) becomes one space, so that no value can start a header of its own.
#[must_use]
pub fn one_line(text: &str) -> String {
    let is_gap =
        |c: char| c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}');
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if is_gap(c) {
            // A single ideographic space is how Japanese names are written; it stays.
            gap = true;
            if c == '\u{3000}' {
                line.push(c);
                gap = false;
            }
            continue;
        }
        if gap && !line.is_empty() {
            line.push(' ');
        }
        gap = false;
        line.push(c);
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_start_a_header() {
        for name in [
            "佐藤\r\nBcc: x@example.com",
            "佐藤\u{2028}Bcc: x@example.com",
            "佐藤\u{85}Bcc: x@example.com",
            "佐藤\0Bcc: x@example.com",
        ] {
            assert_eq!(one_line(name), "佐藤 Bcc: x@example.com", "{name:?}");
        }
    }

    #[test]
    fn a_japanese_name_keeps_its_space() {
        assert_eq!(one_line("佐藤　花子"), "佐藤　花子");
    }

    #[test]
    fn a_mail_can_be_refused_with_one_click() {
        // RFC 8058 §3.1
        let mail = OutgoingMail {
            tenant: TenantId::new(),
            send: SendId::new(),
            from: Mailbox::new(None, EmailAddress::parse("info@example.jp").unwrap()),
            to: Mailbox::new(None, EmailAddress::parse("sato@example.com").unwrap()),
            reply_to: None,
            subject: String::new(),
            html: String::new(),
            text: String::new(),
            unsubscribe_url: "https://ondo.example.jp/u/token".into(),
            provider_opens: false,
        };
        let [list, post, _] = mail.extra_headers();
        assert_eq!(
            list.1,
            "<https://ondo.example.jp/u/token>, <mailto:info@example.jp?subject=unsubscribe>"
        );
        assert_eq!(
            post,
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into())
        );
    }
}
