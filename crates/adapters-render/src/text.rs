//! The text part that says the same as the HTML.

use crate::marks::{self, Mark, Piece};

/// Columns of a line; a Japanese character takes two.
const WIDTH: usize = 76;

/// What a text says without its markup, links as numbered notes at its end.
pub(crate) struct PlainText(Vec<Piece>);

impl PlainText {
    /// The words of a text with marks. Tables are read as the layout that they are in mails.
    pub(crate) fn of(marked: &str) -> Self {
        let text = html2text::config::plain()
            .raw_mode(true)
            .no_table_borders()
            .allow_width_overflow()
            // An address on two lines cannot be followed; the one to refuse further mail must be.
            .no_link_wrapping()
            .string_from_read(marked.as_bytes(), WIDTH)
            .unwrap_or_default();
        Self(marks::pieces(&text))
    }

    /// The words with these values between them.
    pub(crate) fn filled(&self, values: &[String]) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Mark(Mark::Value(number)) => {
                    push_as_read(&mut text, values.get(*number).map_or("", String::as_str));
                }
                Piece::Mark(Mark::Link(_) | Mark::Tail) => {}
            }
        }
        tidy(&text)
    }
}

/// A value as a reader of HTML sees it: character references decoded, line breaks as blanks.
fn push_as_read(text: &mut String, escaped: &str) {
    let value = html_escape::decode_html_entities(escaped);
    for (place, word) in value.split(['\n', '\r', '\t', ' ']).enumerate() {
        if place > 0 && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// Layout tables leave blanks at line ends and runs of empty lines.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 1;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidied.push_str(line);
            tidied.push('\n');
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_address_stays_in_one_piece() {
        let address = format!("https://ondo.example.jp/u/{}", "a".repeat(200));
        let html = format!("<p>今後は<a href=\"{address}\">こちら</a></p>");
        let text = PlainText::of(&html).filled(&[]);
        assert!(text.contains(&address), "{text}");
    }
}
