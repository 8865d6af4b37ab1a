//! Merge tags.

use domain::content::{MergeFields, MergeValue, TemplateSource};

use crate::{html_of, rendered, sato, source};

#[test]
fn a_tag_becomes_the_value() {
    let html = html_of(
        "<p>{{name}}様 ({{ graduation_year }}年卒) {{ attributes.campus }} {{ attributes[\"visits\"] }}回</p>",
        &sato(),
    );
    assert_eq!(html, "<p>佐藤　花子様 (2027年卒) 東京 3回</p>");
}

#[test]
fn a_missing_value_finds_its_other_word() {
    let nobody = MergeFields::default();
    assert_eq!(html_of("{{ name or \"お客\" }}様", &nobody), "お客様");
    assert_eq!(
        html_of("{{ name | default(\"お客\") }}様", &nobody),
        "お客様"
    );
    assert_eq!(html_of("{{ name or \"お客\" }}様", &sato()), "佐藤　花子様");
    assert_eq!(
        html_of("[{{ name }}{{ attributes.unknown }}]", &nobody),
        "[]"
    );
}

#[test]
fn a_condition_chooses_what_is_shown() {
    let html = "{% if graduation_year == 2027 %}来春{% elif name %}その他{% else %}不明{% endif %}";
    assert_eq!(html_of(html, &sato()), "来春");
    assert_eq!(html_of(html, &MergeFields::default()), "不明");
}

#[test]
fn a_value_never_becomes_markup() {
    // V-05
    let evil = MergeFields::default().with("name", MergeValue::from("<a href=\"evil\">&'</a>"));
    assert_eq!(
        html_of("<p title=\"{{ name }}\">{{ name }}</p>", &evil),
        "<p title=\"&lt;a href=&quot;evil&quot;&gt;&amp;&#x27;&lt;/a&gt;\">\
         &lt;a href=&quot;evil&quot;&gt;&amp;&#x27;&lt;/a&gt;</p>"
    );
}

#[test]
fn a_value_is_not_a_template() {
    let evil = MergeFields::default().with("name", MergeValue::from("{{ email }}{% if %}"));
    assert_eq!(html_of("{{ name }}", &evil), "{{ email }}{% if %}");
}

#[test]
fn subject_and_text_are_not_escaped() {
    let source = TemplateSource {
        subject: "{{ name }} & 春日大学".into(),
        html: "x".into(),
        text: Some("{{ name }}様へ\n".into()),
    };
    let fields = MergeFields::default().with("name", MergeValue::from("<佐藤>"));
    let mail = rendered(&source, &fields);
    assert_eq!(mail.subject, "<佐藤> & 春日大学");
    assert_eq!(mail.text.as_deref(), Some("<佐藤>様へ\n"));
}

#[test]
fn a_name_cannot_start_a_header() {
    let source = TemplateSource {
        subject: "{{ name }}様".into(),
        ..source("x")
    };
    let fields = MergeFields::default().with("name", MergeValue::from("A\r\nBcc: x@example.com"));
    assert_eq!(rendered(&source, &fields).subject, "A Bcc: x@example.com様");
}

#[test]
fn other_systems_marks_are_printed_as_they_are() {
    // V-09
    let html = "%mautic.db_password% ${env} {name} $name";
    assert_eq!(html_of(html, &sato()), html);
}

#[test]
fn the_unsubscribe_address_stays_readable() {
    let url = "https://ondo.example.jp/u/v1.abc_-";
    let fields = MergeFields::default().with("unsubscribe_url", MergeValue::from(url));
    assert_eq!(
        html_of("<a href=\"{{ unsubscribe_url }}\">停止</a>", &fields),
        format!("<a href=\"{url}\">停止</a>")
    );
}

#[test]
fn the_end_of_a_source_stays() {
    assert_eq!(html_of("<p>a</p>\r\n", &sato()), "<p>a</p>\r\n");
}
