//! The text part that says the same as the HTML.

/// Columns of a line; a Japanese character takes two.
const WIDTH: usize = 76;

/// The text of an HTML part, links as numbered notes at its end. Tables are read as the layout
/// that they are in mails.
pub(crate) fn of_html(html: &str) -> String {
    html2text::config::plain()
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        // An address on two lines cannot be followed; the one to refuse further mail must be.
        .no_link_wrapping()
        .string_from_read(html.as_bytes(), WIDTH)
        .map(|text| tidy(&text))
        .unwrap_or_default()
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
        let text = of_html(&format!("<p>今後は<a href=\"{address}\">こちら</a></p>"));
        assert!(text.contains(&address), "{text}");
    }
}
