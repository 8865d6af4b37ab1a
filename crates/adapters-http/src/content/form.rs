//! The editor of a template, new or old.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use domain::content::{Template, TemplateDraft, TemplateDraftFault, TemplateSource};
use domain::ids::TemplateId;
use domain::tenancy::Locale;
use serde::{Deserialize, Serialize};

use super::merge_tags;
use super::problems::problem_rows;
use super::saving::Refusal;
use crate::pages::{FormErrors, Nav, Page};

/// What the editor sends.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateForm {
    name: String,
    subject: String,
    html: String,
    #[serde(default)]
    text: String,
}

impl TemplateForm {
    pub(super) fn of(template: Template) -> Self {
        Self {
            name: template.name,
            subject: template.source.subject,
            html: template.source.html,
            text: template.source.text.unwrap_or_default(),
        }
    }

    /// A mail to begin with: it greets, says one thing and has one button.
    pub(super) fn starter(locale: Locale) -> Self {
        let (subject, html) = match locale {
            Locale::Ja => (
                "{{ name or \"お客\" }}様へ、オープンキャンパスのご案内",
                include_str!("starter/ja.html"),
            ),
            Locale::En => (
                "{{ name or \"Hello\" }}, you are invited to our open campus",
                include_str!("starter/en.html"),
            ),
        };
        Self {
            subject: subject.to_owned(),
            html: html.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn source(&self) -> TemplateSource {
        let text = Some(self.text.clone()).filter(|text| !text.trim().is_empty());
        TemplateSource {
            subject: self.subject.clone(),
            html: self.html.clone(),
            text,
        }
    }

    pub(super) fn draft(&self) -> TemplateDraft {
        TemplateDraft {
            name: self.name.trim().to_owned(),
            source: self.source(),
        }
    }
}

/// What is missing, as errors of fields.
pub(super) fn field_errors(faults: &[TemplateDraftFault]) -> FormErrors {
    let mut errors = FormErrors::default();
    for fault in faults {
        match fault {
            TemplateDraftFault::NameMissing => errors.add("name", "content-error-name"),
            TemplateDraftFault::NameTooLong => errors.add("name", "content-error-name-long"),
            TemplateDraftFault::SubjectMissing => errors.add("subject", "content-error-subject"),
            TemplateDraftFault::HtmlMissing => errors.add("html", "content-error-html"),
        }
    }
    errors
}

/// The editor; `id` names a template that is there already.
pub(super) fn page(
    request: &HttpRequest,
    id: Option<TemplateId>,
    form: &TemplateForm,
    refusal: &Refusal,
) -> Page {
    let page = Page::of(request, "content/editor.html");
    let rows = problem_rows(&refusal.problems, page.locale());
    let tags = merge_tags::all(page.locale());
    let page = match id {
        Some(_) => page.titled(&form.name),
        None => page.title("content-new"),
    };
    let page = page
        .nav(Nav::Templates)
        .with("id", &id)
        .with("form", form)
        .with("tags", &tags)
        .with("problems", &rows)
        .errors(&refusal.errors);
    if rows.is_empty() {
        page
    } else {
        page.status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}
