//! What the law wants in every mail, for the mails whose author did not write it
//! (特定電子メール法 art. 4, rule 9; B68).

use super::SenderProfile;
use crate::tenancy::Locale;

/// The lines that a mail still lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footer {
    lines: Vec<String>,
    refusal: Option<Refusal>,
}

/// The link to refuse, and beside it the one to everything else a person can choose, the stop of
/// tracking included (C14): one page does both.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    locale: Locale,
    url: String,
}

impl Footer {
    /// The lines that somebody who reads `text` does not see there. What only the markup says, such
    /// as a title, a comment or the start of a link's address, is not read by anybody.
    #[must_use]
    pub fn missing_in(
        text: &str,
        sender: &SenderProfile,
        unsubscribe_url: &str,
        locale: Locale,
    ) -> Self {
        let lacks = |item: &str| !shows(text, item);
        let contact = match locale {
            Locale::Ja => format!("お問い合わせ: {}", sender.contact.trim()),
            Locale::En => format!("Contact: {}", sender.contact.trim()),
        };
        let lines = [
            (&sender.organisation, sender.organisation.trim().to_owned()),
            (
                &sender.postal_address,
                sender.postal_address.trim().to_owned(),
            ),
            (&sender.contact, contact),
        ]
        .into_iter()
        .filter_map(|(item, line)| lacks(item).then_some(line))
        .collect();
        let refusal = lacks(unsubscribe_url).then(|| Refusal {
            locale,
            url: unsubscribe_url.to_owned(),
        });
        Self { lines, refusal }
    }

    /// As HTML to stand before `</body>`; empty if the mail lacks nothing.
    #[must_use]
    pub fn html(&self) -> String {
        let refusal = self.refusal.as_ref().map(Refusal::html);
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|line| escape_html(line))
            .chain(refusal)
            .collect();
        if lines.is_empty() {
            return String::new();
        }
        format!(
            "<div style=\"margin:32px auto 0;padding:16px;max-width:640px;font-size:12px;\
             line-height:1.8;color:#555;border-top:1px solid #ddd\">{}</div>",
            lines.join("<br>")
        )
    }

    /// As text to stand at the end; empty if the mail lacks nothing.
    #[must_use]
    pub fn text(&self) -> String {
        let refusal = self.refusal.as_ref().map(Refusal::text);
        let lines: Vec<String> = self.lines.iter().cloned().chain(refusal).collect();
        if lines.is_empty() {
            return String::new();
        }
        format!("\n\n-- \n{}\n", lines.join("\n"))
    }
}

/// Whether `item` stands in the text: lines may have been broken within it, and an address does not
/// stand there where a longer one does.
fn shows(text: &str, item: &str) -> bool {
    let goes_on = |c: char| c.is_ascii_alphanumeric() || "/-_?=&#%".contains(c);
    let item: Vec<char> = item.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(first) = item.first() else {
        return true;
    };
    let is_word = item.last().copied().is_some_and(goes_on);
    text.match_indices(*first).any(|(at, _)| {
        let mut rest = text[at..].chars();
        let is_there = item
            .iter()
            .all(|c| rest.by_ref().find(|c| !c.is_whitespace()).as_ref() == Some(c));
        is_there && !(is_word && rest.next().is_some_and(goes_on))
    })
}

impl Refusal {
    fn html(&self) -> String {
        let url = escape_html(&self.url);
        match self.locale {
            Locale::Ja => format!(
                "今後このメールの受信を希望されない場合は、<a href=\"{url}\">こちらから配信を停止</a>できます。\
                 <a href=\"{url}\">配信設定・計測の停止</a>"
            ),
            Locale::En => format!(
                "If you do not want to receive these mails, you can <a href=\"{url}\">unsubscribe here</a>. \
                 <a href=\"{url}\">Preferences, stop tracking</a>"
            ),
        }
    }

    fn text(&self) -> String {
        match self.locale {
            Locale::Ja => format!(
                "今後このメールの受信を希望されない場合は、次のページから配信を停止できます。配信設定の変更と、開封・クリックの計測の停止もできます。\n{}",
                self.url
            ),
            Locale::En => format!(
                "If you do not want to receive these mails, you can unsubscribe here, choose what you get, or stop the tracking:\n{}",
                self.url
            ),
        }
    }
}

/// Text as HTML text or as a quoted attribute.
pub(crate) fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://ondo.example.jp/u/token";

    fn sender() -> SenderProfile {
        SenderProfile {
            organisation: "学校法人春日<学園>".into(),
            postal_address: "東京都千代田区1-1".into(),
            contact: "03-0000-0000".into(),
            ..SenderProfile::default()
        }
    }

    fn footer_of(text: &str) -> Footer {
        Footer::missing_in(text, &sender(), URL, Locale::Ja)
    }

    #[test]
    fn a_bare_mail_gets_every_item() {
        // B68
        let html = footer_of("こんにちは").html();
        for item in [
            "学校法人春日&lt;学園&gt;",
            "東京都千代田区1-1",
            "03-0000-0000",
            "配信を停止",
            URL,
        ] {
            assert!(html.contains(item), "{item} is not in {html}");
        }
    }

    #[test]
    fn what_the_author_wrote_is_not_repeated() {
        let text = format!(
            "学校法人春日\n  <学園> 東京都千代田区1-1 03-0000-0000 [停止][1]\n\n[1]: {URL}\n"
        );
        assert_eq!(footer_of(&text), Footer::default());
        assert_eq!(footer_of(&text).html(), "");
    }

    #[test]
    fn a_mail_with_its_own_link_gets_the_other_items_only() {
        let html = footer_of(&format!("停止: {URL}")).html();
        assert!(html.contains("東京都千代田区1-1") && !html.contains(URL));
    }

    #[test]
    fn an_address_is_not_named_by_a_longer_one() {
        let sender = SenderProfile {
            contact: "https://www.kasuga.example.jp".into(),
            ..sender()
        };
        let lacks_contact = |text: &str| {
            let footer = Footer::missing_in(text, &sender, URL, Locale::Ja);
            footer.html().contains("お問い合わせ")
        };
        assert!(lacks_contact("[1]: https://www.kasuga.example.jp/oc"));
        assert!(!lacks_contact("https://www.kasuga.example.jp まで"));
        assert!(!lacks_contact("https://www.kasuga.example.jp。"));
    }

    #[test]
    fn the_text_part_names_the_address_to_refuse() {
        let footer = Footer::missing_in("", &sender(), URL, Locale::En);
        assert!(footer.text().contains("unsubscribe here"));
        assert!(footer.text().ends_with(&format!(":\n{URL}\n")));
    }
}
