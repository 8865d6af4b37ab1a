//! A mail is the same whether its text was parsed for it or for somebody else's.

use adapters_render::Renderer;
use domain::content::{Filled, MailRenderer, MergeFields, MergeValue};
use proptest::prelude::*;

use crate::{rendered, sato, source};

const UNSUBSCRIBE: &str = "https://ondo.example.jp/u/token";

/// The mail, and the links that were tracked.
fn rewritten(html: &Filled) -> (String, Vec<(u16, String)>) {
    let mut seen = Vec::new();
    let mut note = |index: u16, address: &str| {
        seen.push((index, address.to_owned()));
        (!index.is_multiple_of(3))
            .then(|| format!("https://ondo.example.jp/t/c/{index}?a=1&b=\"2\""))
    };
    let html = Renderer.rewrite_links(html, "<img>", UNSUBSCRIBE, &mut note);
    (html, seen)
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

fn person(name: &str, page: &str) -> MergeFields {
    MergeFields::default()
        .with("name", MergeValue::from(name))
        .with_attribute("page", MergeValue::from(page))
        .with("unsubscribe_url", MergeValue::from(UNSUBSCRIBE))
}

/// A value and where it may stand, markup that is whole and markup that is not.
fn template() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<p>{{ name }}様</p>",
        "{{ name or \"お客\" }}",
        "<a href=\"https://a.example/?n={{ name }}&amp;x=1\">{{ name }}</a>",
        "<a href=\"{{ attributes.page }}\" data-ondo-link=\"7\">p</a>",
        "<a href=\"java{{ attributes.page }}\">j</a>",
        "<a data-ondo-notrack href=\"https://b.example/{{ name }}\">n</a>",
        "<a href=\"{{ unsubscribe_url }}\">停止</a>",
        "<a href=\"mailto:a@example.jp?subject={{ name }}\">m</a>",
        "<a href=\"https://c.example/\" data-ondo-link=\"4\">c</a>",
        "<a href={{ attributes.page }}>unquoted</a>",
        "<a {{ name }} href=\"https://d.example/\">d</a>",
        "<{{ name }} href=\"https://e.example/\">",
        "</{{ name }}>",
        "{% if name %}<a href=\"https://f.example/\">f</a>{% else %}</body>{% endif %}",
        "{% if attributes.page %}<!-- {% endif %}",
        "-->",
        "<title>{{ name }}</title>",
        "<body>",
        "</body>",
        "<td title=\"{{ name }}\">",
        "<ul><li>{{ name }}</li></ul>",
        "春 & 夏",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What a person's fields may hold: names, addresses, and what would like to be markup.
fn value() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "佐藤　花子",
        "a",
        "/a",
        "-",
        "<b>\"x\" & 'y'</b>",
        "javascript:alert(1)",
        "script:alert(1)",
        "https://page.example/?a=1&b=2",
        "https://ondo.example.jp/u/token",
        "two\r\nlines",
        "春\u{FDD0}\u{F_0000}",
        " ",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    // A16, C30
    #[test]
    fn links_are_found_as_if_the_mail_were_parsed_alone(
        html in template(),
        people in prop::collection::vec((value(), value()), 1..4),
    ) {
        for (name, page) in people {
            let filled = rendered(&source(&html), &person(&name, &page)).html;
            let alone = Filled::from(filled.whole().replace('\u{F_0000}', "").as_str());
            let (mail, seen) = rewritten(&filled);
            let (expected, expected_seen) = rewritten(&alone);
            prop_assert_eq!(mail.replace('\u{F_0000}', ""), expected);
            let seen: Vec<_> = seen
                .into_iter()
                .map(|(index, address)| (index, address.replace('\u{F_0000}', "")))
                .collect();
            prop_assert_eq!(seen, expected_seen);
        }
    }

    #[test]
    fn the_text_part_says_what_it_would_say_alone(
        html in template(),
        people in prop::collection::vec((value(), value()), 1..4),
    ) {
        for (name, page) in people {
            let filled = rendered(&source(&html), &person(&name, &page)).html;
            let alone = Renderer.text_of(&Filled::from(filled.whole().as_str()));
            let text = Renderer.text_of(&filled).replace('\u{F_0000}', "");
            prop_assert_eq!(without_blanks(&text), without_blanks(&alone));
        }
    }
}

#[test]
fn a_value_that_makes_markup_is_still_seen_as_such() {
    let html = "<a href={{ attributes.page }}>x</a>";
    let mail = |page| rewritten(&rendered(&source(html), &person("a", page)).html);
    assert_eq!(mail("https://a.example/").1.len(), 1);
    assert_eq!(
        mail("x href=https://b.example/").0,
        "<a href=x href=https://b.example/>x</a><img>"
    );
}

#[test]
fn the_text_part_reads_as_before_with_every_name() {
    let html = "<p>{{ name }}様</p><p><a href=\"https://a.example/?n={{ name }}\">申込</a></p>";
    for name in ["佐藤　花子", "<鈴木> & 子"] {
        let fields = sato().with("name", MergeValue::from(name));
        let text = Renderer.text_of(&rendered(&source(html), &fields).html);
        let expected = format!("{name}様\n\n[申込][1]\n\n[1]: https://a.example/?n={name}\n");
        assert_eq!(text, expected);
    }
}
