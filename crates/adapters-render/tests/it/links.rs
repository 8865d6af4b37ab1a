//! Links.

use adapters_render::Renderer;
use domain::content::{Filled, MailRenderer};
use proptest::prelude::*;

const UNSUBSCRIBE: &str = "https://ondo.example.jp/u/token";

fn rewritten(html: &str, tail: &str) -> (String, Vec<(u16, String)>) {
    let mut seen = Vec::new();
    let mut note = |index: u16, address: &str| {
        seen.push((index, address.to_owned()));
        Some(format!("https://ondo.example.jp/t/c/{index}?a=1&b=2"))
    };
    let html = Renderer.rewrite_links(&Filled::from(html), tail, UNSUBSCRIBE, &mut note);
    (html, seen)
}

#[test]
fn a_link_is_replaced_and_handed_out_decoded() {
    // C30, A16
    let (html, seen) = rewritten(
        "<A class=x HREF='https://school.example.jp/a?x=1&amp;y=2'>申込</A>",
        "",
    );
    assert_eq!(
        seen,
        [(0, "https://school.example.jp/a?x=1&y=2".to_owned())]
    );
    assert_eq!(
        html,
        "<A class=x HREF=\"https://ondo.example.jp/t/c/0?a=1&amp;b=2\">申込</A>"
    );
}

#[test]
fn links_that_are_no_pages_stay() {
    let html = "<a href=\"mailto:a@example.jp\">1</a><a href=\"tel:030\">2</a><a href=\"#top\">3</a>\
                <a href=\"https://ondo.example.jp/u/token\">4</a>\
                <a data-ondo-notrack href=\"https://school.example.jp/\">5</a><a>6</a>\
                <a href=\"/relative\">7</a>";
    assert_eq!(rewritten(html, ""), (html.to_owned(), vec![]));
}

#[test]
fn a_link_that_would_run_something_leads_nowhere() {
    // V-05
    let (html, seen) = rewritten("<a href=\" java&#10;script:alert(1)\">x</a>", "");
    assert_eq!((html.as_str(), seen.len()), ("<a href=\"#\">x</a>", 0));
}

#[test]
fn the_tail_stands_before_the_end_of_the_body() {
    let (html, _) = rewritten("<html><body><p>a</p></BODY></html>", "<img>");
    assert_eq!(html, "<html><body><p>a</p><img></BODY></html>");
}

#[test]
fn without_a_body_the_tail_stands_at_the_end() {
    assert_eq!(rewritten("<p>a</p>", "<img>").0, "<p>a</p><img>");
    assert_eq!(rewritten("<body><p>a", "<img>").0, "<body><p>a<img>");
}

#[test]
fn conditional_comments_of_outlook_survive() {
    let html = "<!--[if mso]><table><tr><td><a href=\"https://x.example\"><![endif]-->\r\n\
                <!--[if !mso]><!--><div style='a:b'>&nbsp;<br/></div><!--<![endif]-->";
    assert_eq!(rewritten(html, "").0, html);
}

#[test]
fn a_link_keeps_its_number_when_another_is_left_out() {
    // C27
    let source = "{% if name %}<a href=\"https://a.example/\">a</a>{% endif %}\
                  <a href=\"mailto:x@example.jp\">m</a>\
                  <a href=\"{{ unsubscribe_url }}\">u</a>\
                  <a href=\"{{ attributes.page }}\">p</a>\
                  <a href=\"https://b.example/?x=1&amp;y=2\">b</a>";
    let numbered = Renderer.number_links(source, 0);
    assert_eq!(
        numbered.addresses,
        [
            "https://a.example/",
            "{{ attributes.page }}",
            "https://b.example/?x=1&y=2"
        ]
    );
    let shown = numbered.html.split("{% endif %}").nth(1).unwrap();
    let (html, seen) = rewritten(shown, "");
    assert_eq!(seen, [(2, "https://b.example/?x=1&y=2".to_owned())]);
    assert!(!html.contains("data-ondo-link"), "{html}");
}

#[test]
fn a_number_that_the_author_wrote_does_not_count() {
    let numbered = Renderer.number_links(
        "<a href=\"mailto:a@example.jp\" data-ondo-link=\"7\">m</a>\
         <a data-ondo-link=\"7\" href=\"https://a.example/\">a</a>",
        0,
    );
    let (_, seen) = rewritten(&numbered.html, "");
    assert_eq!(seen, [(0, "https://a.example/".to_owned())]);
}

#[test]
fn a_second_content_numbers_its_links_on_from_the_first() {
    // C27
    let numbered = Renderer.number_links(
        "<a href=\"{% if name %}https://a.example/{% endif %}\">a</a>\
         <a href=\"https://b.example/\">b</a>",
        5,
    );
    assert_eq!(numbered.addresses.len(), 2);
    let shown = numbered
        .html
        .replace("{% if name %}", "")
        .replace("{% endif %}", "");
    let (_, seen) = rewritten(&shown, "");
    let expected = [(5, "https://a.example/"), (6, "https://b.example/")];
    assert_eq!(seen, expected.map(|(number, url)| (number, url.to_owned())));
}

proptest! {
    /// The author's bytes are untouched where there is nothing to rewrite.
    #[test]
    fn without_links_nothing_changes(html in "([a-z<>/!'\"=& \r\n\t\\[\\]-]|<p>|</p>|<!--|-->|<table|春|&nbsp;|<br/>|<style>|</style>|<body>|</body>|<title>)*") {
        let (same, seen) = rewritten(&html, "");
        prop_assert_eq!(seen.len(), 0);
        prop_assert_eq!(same, html);
    }

    /// Whatever the markup, the tail is in the mail exactly once.
    #[test]
    fn the_tail_is_there_once(html in "(<p>|</p>|<body>|</body>|</html>|<html>|春|<!--|-->|<title>|<br>)*") {
        let (with, _) = rewritten(&html, "<img src=\"pixel\">");
        prop_assert_eq!(with.matches("<img src=\"pixel\">").count(), 1);
    }
}

#[test]
fn a_mark_stands_in_the_link_of_its_number_and_nowhere_else() {
    let source = "<p><a href=\"https://a.example/\">one</a> <a href=\"mailto:a@example.jp\">post</a>\
                  <a href=\"https://b.example/\"><img src=\"b.png\"></a></p>";
    let numbered = Renderer.number_links(source, 7).html;
    let marks = [(8, "<b>#2</b>".to_owned()), (9, "<b>#3</b>".to_owned())];
    let marked = Renderer.mark_links(&numbered, &marks.into());
    let expected = numbered.replace("<img src=\"b.png\">", "<img src=\"b.png\"><b>#2</b>");
    assert_eq!(marked, expected);
    assert_eq!(
        Renderer.mark_links(source, &[(0, "x".to_owned())].into()),
        source
    );
}
