//! The link that people cannot see (H3): only a program that follows every link follows it.
//!
//! Off unless somebody turns it on: a mail with a hidden link may look worse to spam filters, and a
//! program that reads aloud may not honour `aria-hidden`.

use crate::tracking::PageUrl;

use super::footer::escape_html;

/// Where the hidden link leads: the home page of the site that a tracked link of the mail leads to.
///
/// Whoever gets there against all odds is where the mail would have brought them, and a home page
/// does nothing when a program fetches it. Our own pages would show strangers where staff sign in.
pub(super) fn target_beside(link: &str) -> Option<String> {
    let page = PageUrl::parse(link).ok()?;
    Some(format!("{}/", page.origin().as_str()))
}

/// The mail with the link in its middle, before the end of a paragraph or cell; unchanged if there
/// is no such place outside of links and comments.
pub(super) fn hide_in(html: &str, url: &str) -> String {
    let body = body_of(html);
    let middle = body.start.midpoint(body.end);
    let place = places(html)
        .into_iter()
        .filter(|place| body.contains(place))
        .min_by_key(|place| place.abs_diff(middle));
    match place {
        Some(place) => format!("{}{}{}", &html[..place], tag(url), &html[place..]),
        None => html.to_owned(),
    }
}

/// White and one pixel high. A blank that does not break shows nothing on a background of another
/// colour either; `display:none` would keep scanners away and spam filters alert.
fn tag(url: &str) -> String {
    format!(
        "<a href=\"{}\" tabindex=\"-1\" aria-hidden=\"true\" style=\"color:#ffffff;font-size:1px;\
         line-height:1px;text-decoration:none\">&nbsp;</a>",
        escape_html(url)
    )
}

fn body_of(html: &str) -> std::ops::Range<usize> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<body").unwrap_or(0);
    let end = lower.rfind("</body").unwrap_or(html.len());
    start..end.max(start)
}

/// What holds text that is no part of the page.
const APART: [&str; 4] = ["head", "style", "script", "title"];
/// What may hold a link, so that one may stand before its end.
const HOLDERS: [&str; 4] = ["/p", "/td", "/div", "/li"];

/// Where the holders outside of links end.
fn places(html: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut in_link = false;
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        let name = name_of(&html[start..]);
        match name.as_str() {
            "a" => in_link = true,
            "/a" => in_link = false,
            end if HOLDERS.contains(&end) && !in_link => places.push(start),
            _ => {}
        }
        at = end_of(html, start, &name);
    }
    places
}

/// The name in a tag that begins here, in lower case, with the slash of an end tag; empty if this is
/// none.
fn name_of(tag: &str) -> String {
    let inside = tag.get(1..).unwrap_or_default();
    let length = inside
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '/')
        .unwrap_or(inside.len());
    inside[..length].trim_end_matches('/').to_ascii_lowercase()
}

/// Where to go on behind a comment, behind a tag, or behind everything that is no part of the page.
fn end_of(html: &str, start: usize, name: &str) -> usize {
    let rest = &html[start..];
    let skipped = if rest.starts_with("<!--") {
        rest.find("-->")
    } else if APART.contains(&name) {
        rest.to_ascii_lowercase().find(&format!("</{name}"))
    } else if name.is_empty() {
        Some(0)
    } else {
        return end_of_tag(html, start);
    };
    // At least the bracket that this began with, so that the search goes on.
    skipped.map_or(html.len(), |skipped| start + skipped + 1)
}

/// A quoted attribute may contain what looks like a tag.
fn end_of_tag(html: &str, start: usize) -> usize {
    let mut quote = None;
    for (offset, c) in html[start..].char_indices() {
        match (quote, c) {
            (None, '>') => return start + offset,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mail with `#` where the link was put.
    fn hidden(html: &str) -> String {
        hide_in(html, "https://ondo.example.jp/t/c/x")
            .replace(&tag("https://ondo.example.jp/t/c/x"), "#")
    }

    #[test]
    fn the_link_stands_in_the_middle_of_the_mail() {
        // H3
        let html = "<p>one</p><p>two</p><p>three</p>";
        assert_eq!(hidden(html), "<p>one</p><p>two#</p><p>three</p>");
    }

    #[test]
    fn the_link_never_stands_in_a_link_a_comment_or_the_head() {
        for (html, expected) in [
            (
                "<p>1</p><a href=\"x\"><div>button</div></a><p>a long last line of text</p>",
                "<p>1#</p><a href=\"x\"><div>button</div></a><p>a long last line of text</p>",
            ),
            (
                "<!--[if mso]><table><td></td></table><![endif]--><p>1</p>",
                "<!--[if mso]><table><td></td></table><![endif]--><p>1#</p>",
            ),
            (
                "<HEAD><title></p></title></HEAD><BODY><P>1</P></BODY>",
                "<HEAD><title></p></title></HEAD><BODY><P>1#</P></BODY>",
            ),
            (
                "<img alt=\"a </p> b\"><td>1</td>",
                "<img alt=\"a </p> b\"><td>1#</td>",
            ),
            (
                "<!--[if !mso]><!--><td>ご案内</td><!--<![endif]-->",
                "<!--[if !mso]><!--><td>ご案内#</td><!--<![endif]-->",
            ),
        ] {
            assert_eq!(hidden(html), expected);
        }
    }

    #[test]
    fn a_mail_without_a_place_for_it_stays_as_it_is() {
        for html in [
            "",
            "text < 3",
            "<",
            "<a href=\"x\">link</a>",
            "<!-- </p>",
            "<p class=\"",
        ] {
            assert_eq!(hidden(html), html);
        }
    }

    #[test]
    fn people_and_their_programs_do_not_meet_the_link() {
        let tag = tag("https://ondo.example.jp/t/c/x?a=1&b=2");
        for part in [
            "href=\"https://ondo.example.jp/t/c/x?a=1&amp;b=2\"",
            "tabindex=\"-1\"",
            "aria-hidden=\"true\"",
            "color:#ffffff",
            "font-size:1px",
        ] {
            assert!(tag.contains(part), "no {part} in {tag}");
        }
        assert!(!tag.contains("display:none"));
    }

    #[test]
    fn the_link_leads_to_the_home_page_of_the_site_beside_it() {
        let target = target_beside("https://school.example/apply?step=2");
        assert_eq!(target.as_deref(), Some("https://school.example/"));
        assert_eq!(target_beside("mailto:a@example.jp"), None);
    }
}
