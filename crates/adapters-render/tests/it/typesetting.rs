//! From a manuscript to HTML.

use adapters_render::Renderer;
use domain::content::{
    MAX_SOURCE_BYTES, MailRenderer, Manuscript, MergeFields, MergeValue, TemplateFault,
    TemplateMode, TemplateProblem,
};
use proptest::prelude::*;

use crate::html_of as mail_of;

fn manuscript(mode: TemplateMode, body: &str) -> Manuscript {
    Manuscript {
        mode,
        body: body.to_owned(),
    }
}

fn mjml(inner: &str) -> String {
    format!("<mjml><mj-body>{inner}</mj-body></mjml>")
}

fn column(inner: &str) -> String {
    mjml(&format!(
        "<mj-section><mj-column>{inner}</mj-column></mj-section>"
    ))
}

fn visual(body: &str) -> Result<String, Vec<TemplateProblem>> {
    Renderer.typeset(&manuscript(TemplateMode::Visual, body))
}

fn plain(body: &str) -> String {
    Renderer
        .typeset(&manuscript(TemplateMode::Plain, body))
        .unwrap()
}

fn mail(html: &str, fields: &[(&str, &str)]) -> String {
    let fields = fields
        .iter()
        .fold(MergeFields::default(), |known, (name, value)| {
            known.with(name, MergeValue::from(*value))
        });
    mail_of(html, &fields)
}

fn problem(body: &str) -> TemplateProblem {
    visual(body).unwrap_err().remove(0)
}

#[test]
fn mjml_becomes_html_in_japanese_that_fetches_nothing() {
    let html = visual(&column("<mj-text>春の案内</mj-text>")).unwrap();
    assert!(
        html.starts_with("<!doctype html><html lang=\"ja\""),
        "{html}"
    );
    assert!(html.contains("春の案内") && html.contains("<table"));
    assert!(!html.contains("fonts.googleapis"), "{html}");
    let english = visual(&column("x").replace("<mjml>", "<mjml lang=\"en\">")).unwrap();
    assert!(english.contains("<html lang=\"en\""), "{english}");
}

#[test]
fn html_by_hand_stays_as_it_is_and_mjml_by_hand_is_compiled() {
    let code = |body: &str| {
        Renderer
            .typeset(&manuscript(TemplateMode::Code, body))
            .unwrap()
    };
    let html = "<p class=x>\\ {{ name or \"お客\" }}様　</p>";
    assert_eq!(code(html), html);
    assert!(code(&column("<mj-text>春</mj-text>")).contains("<!doctype html>"));
}

#[test]
fn merge_tags_pass_through_in_text_and_in_attributes() {
    let body = column(
        "<mj-text>{{ name or &quot;お客&quot; }}様{% if grade %}（{{ grade }}）{% endif %}</mj-text>\
         <mj-button href=\"https://kasuga.example.jp/?a=1&amp;n={{ kana or &quot;x&quot; }}\">{{ name }}</mj-button>",
    );
    let html = visual(&body).unwrap();
    let known = mail(
        &html,
        &[("name", "佐藤"), ("grade", "3年"), ("kana", "サトウ")],
    );
    assert!(known.contains("佐藤様（3年）"), "{known}");
    assert!(
        known.contains("href=\"https://kasuga.example.jp/?a=1&amp;n=サトウ\""),
        "{known}"
    );
    let unknown = mail(&html, &[]);
    assert!(unknown.contains("お客様<"), "{unknown}");
}

#[test]
fn a_part_with_a_condition_is_for_some_readers_only() {
    let body = mjml(
        "<mj-section data-show-if=\"industry == &quot;教育&quot;\"><mj-column><mj-text>学校の方へ</mj-text></mj-column></mj-section>\
         <mj-wrapper data-show-if=\"company\"><mj-section><mj-column><mj-text>会社の方へ</mj-text></mj-column></mj-section></mj-wrapper>\
         <mj-section><mj-column><mj-text data-show-if=\"not name\">はじめての方へ</mj-text><mj-text>皆さまへ</mj-text></mj-column></mj-section>",
    );
    let html = visual(&body).unwrap();
    let school = mail(&html, &[("industry", "教育"), ("name", "佐藤")]);
    assert!(school.contains("学校の方へ") && school.contains("皆さまへ"));
    assert!(!school.contains("会社の方へ") && !school.contains("はじめての方へ"));
    let company = mail(&html, &[("company", "春日商事")]);
    assert!(company.contains("会社の方へ") && company.contains("はじめての方へ"));
    assert!(!company.contains("学校の方へ"));
    for mail in [school, company] {
        let count = |text: &str| mail.matches(text).count();
        assert_eq!(count("<table"), count("</table"), "{mail}");
        assert_eq!(count("<!--[if"), count("<![endif]"), "{mail}");
    }
}

#[test]
fn characters_of_japanese_survive_in_attributes() {
    let html = visual(&column(
        "<mj-image src=\"https://x.example/a.png\" alt='「春」　C:\\案内 \"5月\"' />",
    ))
    .unwrap();
    let decoded = html_escape::decode_html_entities(&html).into_owned();
    assert!(decoded.contains("「春」　C:\\案内 \"5月\""), "{html}");
    assert!(!html.contains("\\u{"), "{html}");
}

#[test]
fn what_is_wrong_is_said_with_its_place_in_the_manuscript() {
    let broken = "<mjml>\n<mj-body>\n  <mj-section>{{ name }}\n  </mj-body>\n</mjml>";
    let found = problem(broken);
    assert!(matches!(found.fault, TemplateFault::Markup(_)), "{found}");
    assert!(found.line >= 3, "{found}");
    let unknown = problem(&column("\n<mj-text>{{ env.HOME }}</mj-text>"));
    assert_eq!(
        (unknown.line, unknown.fault),
        (2, TemplateFault::UnknownField("env".into()))
    );
    let condition = problem(&column(
        "\n\n<mj-text data-show-if=\"env.HOME == 1\">x</mj-text>",
    ));
    assert_eq!(
        (condition.line, condition.fault),
        (3, TemplateFault::UnknownField("env".into()))
    );
}

// V-08
#[test]
fn a_manuscript_opens_no_file_and_no_address() {
    for path in [
        "/etc/passwd",
        "https://evil.example/x.mjml",
        "file:///etc/passwd",
    ] {
        let found = problem(&mjml(&format!("<mj-include path=\"{path}\" />")));
        assert_eq!(
            found.fault,
            TemplateFault::NotAllowed("mj-include".into()),
            "{path}"
        );
    }
    for condition in [
        "name %}{{ env }}{% endif %}{% if name",
        "range(9)",
        "name %}{% include 'x' %}{% if 1",
    ] {
        let body = column(&format!(
            "<mj-text data-show-if=\"{condition}\">x</mj-text>"
        ));
        assert!(visual(&body).is_err(), "{condition}");
    }
}

// V-11
#[test]
fn a_manuscript_that_would_take_for_ever_is_refused_at_once() {
    let deep = "<mj-wrapper>".repeat(40_000);
    let deep_html = column(&format!("<mj-text>{}</mj-text>", "<b>".repeat(40_000)));
    for body in [mjml(&deep), deep_html] {
        assert_eq!(problem(&body).fault, TemplateFault::TooCostly);
    }
    let long = column(&"x".repeat(MAX_SOURCE_BYTES));
    assert_eq!(problem(&long).fault, TemplateFault::TooLarge);
}

#[test]
fn text_becomes_paragraphs_and_links_and_nothing_else() {
    let html = plain(
        "{{ name or \"お客\" }}様\n\n<b>5 & 6</b>\nhttps://kasuga.example.jp/oc?y=1&f=2。続き\n{{ kana }}",
    );
    assert!(html.contains("<p>{{ name or 'お客' }}様</p>"), "{html}");
    assert!(html.contains("&lt;b&gt;5 &amp; 6&lt;/b&gt;<br>"), "{html}");
    let link = "https://kasuga.example.jp/oc?y=1&amp;f=2";
    assert!(
        html.contains(&format!("<a href=\"{link}\">{link}</a>。続き<br>")),
        "{html}"
    );
    assert!(
        Renderer
            .typeset(&manuscript(TemplateMode::Plain, "{{ env }}"))
            .is_err()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // V-05
    #[test]
    fn no_name_breaks_the_html(name in "[<>\"'&;{}%#\\\\/a春　 -]{0,24}") {
        let html = visual(&column("<mj-text>{{ name }}</mj-text><mj-image alt=\"{{ name }}\" src=\"https://x.example/{{ name }}\" />")).unwrap();
        let filled = mail(&html, &[("name", &name)]);
        let empty = mail(&html, &[]);
        for mark in ["<", ">", "\""] {
            prop_assert_eq!(filled.matches(mark).count(), empty.matches(mark).count());
        }
    }

    #[test]
    fn no_manuscript_makes_the_compiler_fall(body in "(<mj-[a-z]{1,7}( [a-z-]{1,5}=\"[^<\"]{0,5}\")?/?>|</mj-text>|\\{\\{|\\}\\}|\\{% if name %\\}|春|&|<!--|-->){0,24}") {
        let _ = visual(&mjml(&body));
        let _ = Renderer.typeset(&manuscript(TemplateMode::Plain, &body));
    }
}
