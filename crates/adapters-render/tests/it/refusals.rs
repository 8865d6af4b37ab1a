//! What templates cannot do.

use adapters_render::Renderer;
use domain::content::{
    MAX_SOURCE_BYTES, MailRenderer, MergeFields, MergeValue, TemplateFault, TemplatePart,
    TemplateSource,
};

use crate::{sato, source};

fn faults(html: &str) -> Vec<TemplateFault> {
    let problems = Renderer.check(&source(html));
    problems.into_iter().map(|problem| problem.fault).collect()
}

#[test]
fn nothing_of_the_machine_can_be_named() {
    // V-08
    use TemplateFault::{NotAllowed, UnknownField, UnknownFunction};
    for (html, fault) in [
        ("{{ env.DATABASE_URL }}", UnknownField("env".into())),
        ("{{ env(\"DB_PASSWORD\") }}", UnknownFunction("env".into())),
        ("{{ get_env() }}", UnknownFunction("get_env".into())),
        ("{{ range(9) }}", UnknownFunction("range".into())),
        ("{{ name.upper() }}", UnknownFunction("()".into())),
        ("{{ debug() }}", UnknownFunction("debug".into())),
        (
            "{{ __tera_context }}",
            UnknownField("__tera_context".into()),
        ),
        ("{{ config }}", UnknownField("config".into())),
        ("{{ attributes }}", UnknownField("attributes".into())),
        ("{{ self }}", UnknownField("self".into())),
        (
            "{% include \"/etc/passwd\" %}",
            NotAllowed("{% include %}".into()),
        ),
        ("{% import \"x\" as y %}", NotAllowed("{% import %}".into())),
        ("{% extends \"x\" %}", NotAllowed("{% extends %}".into())),
        (
            "{% macro x() %}{% endmacro %}",
            NotAllowed("{% macro %}".into()),
        ),
        ("{% set x = 1 %}", NotAllowed("{% set %}".into())),
        (
            "{% autoescape false %}{% endautoescape %}",
            NotAllowed("{% autoescape %}".into()),
        ),
    ] {
        assert_eq!(faults(html).first(), Some(&fault), "{html}");
        assert!(Renderer.render(&source(html), &sato()).is_err(), "{html}");
    }
}

#[test]
fn filters_and_tests_outside_the_list_are_refused_even_where_they_would_not_run() {
    assert_eq!(
        faults("{% if false %}{{ name | safe }}{{ name is divisibleby 2 }}{% endif %}"),
        [
            TemplateFault::UnknownFilter("safe".into()),
            TemplateFault::UnknownTest("divisibleby".into())
        ]
    );
}

#[test]
fn a_problem_is_told_with_its_place() {
    let source = TemplateSource {
        subject: "{{ name }}様".into(),
        html: "<p>\n春の{{ nmae }}様</p>".into(),
        text: Some("{{ name".into()),
    };
    let problems = Renderer.check(&source);
    let html = &problems[0];
    assert_eq!(
        (html.part, html.line, html.column),
        (TemplatePart::Html, 2, 6)
    );
    assert_eq!(html.fault, TemplateFault::UnknownField("nmae".into()));
    let text = &problems[1];
    assert_eq!((text.part, text.line), (TemplatePart::Text, 1));
    assert!(matches!(text.fault, TemplateFault::Syntax(_)), "{text}");
}

#[test]
fn a_sound_template_has_no_problem() {
    let html = "{% if not name %}{{ company|default('御社') ~ '様' }}{% endif %}{# 覚え書き #}\
                {{ title|trim|upper if title is defined else grade }}";
    assert_eq!(faults(html), []);
}

#[test]
fn a_template_that_would_not_end_is_refused_at_once() {
    // V-11
    let loops = "{% for a in range(1000000000) %}".repeat(3) + &"{% endfor %}".repeat(3);
    let deep = "{% if name %}".repeat(50_000);
    let parentheses = "{{ ".to_owned() + &"(".repeat(50_000);
    let multiplied = "{{ 'a' * 1000000000 }}".to_owned();
    let power = "{{ 9 ** 999999999 }}".to_owned();
    let large = "a".repeat(5 * 1024 * 1024);
    for html in [loops, deep, parentheses, multiplied, power, large] {
        assert!(Renderer.render(&source(&html), &sato()).is_err());
    }
}

#[test]
fn a_template_cannot_fill_the_memory() {
    // V-11: half a megabyte of tags for an attribute of four thousand characters.
    let fields = MergeFields::default().with("kana", MergeValue::from("ア".repeat(4_000)));
    let html = "{{kana}}".repeat(MAX_SOURCE_BYTES / 8 - 10);
    let problem = Renderer.render(&source(&html), &fields).unwrap_err();
    assert_eq!(problem.fault, TemplateFault::TooCostly);
}

#[test]
fn the_largest_template_of_plain_tags_is_still_rendered() {
    let html = "{{name}}".repeat(MAX_SOURCE_BYTES / 8 - 10);
    let fields = MergeFields::default().with("name", MergeValue::from("佐"));
    assert!(Renderer.render(&source(&html), &fields).is_ok());
}
