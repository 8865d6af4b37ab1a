//! Text to HTML: paragraphs, line breaks and links, nothing else.

use domain::content::TemplateProblem;

use super::sound;
use super::tags::Tags;

const HEAD: &str = "<!doctype html>\n<html lang=\"ja\">\n<head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\">\
    <meta name=\"color-scheme\" content=\"light dark\">\
    <meta name=\"supported-color-schemes\" content=\"light dark\"></head>\n<body>\n\
    <div style=\"max-width:600px;font-family:sans-serif;font-size:16px;line-height:1.8\">\n";
const FOOT: &str = "</div>\n</body>\n</html>\n";
const SCHEMES: [&str; 2] = ["https://", "http://"];
/// What ends a sentence ends the address before it.
const AFTER_ADDRESS: [char; 8] = ['.', ',', ';', ':', '!', '?', ')', ']'];

/// The HTML of a text.
pub(super) fn html_of(source: &str) -> Result<String, Vec<TemplateProblem>> {
    sound(source)?;
    let (text, _, tags) = Tags::take_out(&source.replace("\r\n", "\n"));
    let mut html = HEAD.to_owned();
    for paragraph in text.split("\n\n").map(|it| it.trim_matches('\n')) {
        if !paragraph.trim().is_empty() {
            html.push_str("<p>");
            html.push_str(&lines(paragraph));
            html.push_str("</p>\n");
        }
    }
    html.push_str(FOOT);
    Ok(tags.put_back(&html))
}

fn lines(paragraph: &str) -> String {
    let lines: Vec<String> = paragraph.split('\n').map(with_links).collect();
    lines.join("<br>\n")
}

fn with_links(line: &str) -> String {
    let mut html = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = SCHEMES.iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(start);
        let (address, after) = from.split_at(address_length(from));
        let escaped = html_escape::encode_quoted_attribute(address);
        html.push_str(&html_escape::encode_text(before));
        html.push_str(&format!("<a href=\"{escaped}\">{escaped}</a>"));
        rest = after;
    }
    html.push_str(&html_escape::encode_text(rest));
    html
}

/// An address goes on up to the first character that none has; Japanese text may follow at once.
fn address_length(text: &str) -> usize {
    let is_outside = |c: char| !c.is_ascii() || c.is_ascii_whitespace() || "<>\"".contains(c);
    let end = text.find(is_outside).unwrap_or(text.len());
    text[..end].trim_end_matches(AFTER_ADDRESS).len()
}
