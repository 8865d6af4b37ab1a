//! What mails look like after rendering, and what templates cannot do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod filling;
mod links;
mod prepared;
mod refusals;
mod text;
mod typesetting;

use adapters_render::Renderer;
use domain::content::{MailRenderer, MergeFields, MergeValue, Rendered, TemplateSource};

fn source(html: &str) -> TemplateSource {
    TemplateSource {
        subject: "件名".into(),
        html: html.into(),
        text: None,
    }
}

fn sato() -> MergeFields {
    MergeFields::default()
        .with("name", MergeValue::from("佐藤　花子"))
        .with("email", MergeValue::from("sato@example.jp"))
        .with("graduation_year", MergeValue::Whole(2027))
        .with_attribute("campus", MergeValue::from("東京"))
        .with_attribute("visits", MergeValue::Number(3.0))
}

fn rendered(source: &TemplateSource, fields: &MergeFields) -> Rendered {
    Renderer.render(source, fields).unwrap()
}

fn html_of(html: &str, fields: &MergeFields) -> String {
    rendered(&source(html), fields).html.whole()
}
