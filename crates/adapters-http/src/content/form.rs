//! The editor of a template, new or old.

use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest};
use domain::content::{
    MAX_SOURCE_BYTES, Manuscript, Template, TemplateDraftFault, TemplateMode, TemplateVersion,
};
use domain::ids::{LeadId, TemplateId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::merge_tags;
use super::problems::problem_rows;
use super::saving::Refusal;
use super::starters::Starter;
use crate::pages::{FormErrors, Nav, Page};
use crate::security::{Nonce, editor_policy};
use crate::state::State;

/// What the editor sends.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateForm {
    pub(super) name: String,
    #[serde(default, serialize_with = "name_of", deserialize_with = "mode_named")]
    pub(super) mode: TemplateMode,
    pub(super) subject: String,
    pub(super) body: String,
    #[serde(default)]
    pub(super) text: String,
    /// Through whose eyes the preview is.
    #[serde(default)]
    pub(super) lead: Option<LeadId>,
    /// The preview is dark.
    #[serde(default)]
    pub(super) dark: Option<String>,
}

fn name_of<S: Serializer>(mode: &TemplateMode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(mode.as_str())
}

fn mode_named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TemplateMode, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown = |_| serde::de::Error::custom("there is no such mode");
    name.parse().map_err(unknown)
}

impl TemplateForm {
    pub(super) fn of(template: Template) -> Self {
        Self {
            name: template.name,
            mode: template.manuscript.mode,
            subject: template.source.subject,
            body: template.manuscript.body,
            text: template.source.text.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// A template as it once was, under the name that it has now.
    pub(super) fn of_version(name: String, version: TemplateVersion) -> Self {
        Self {
            name,
            mode: version.manuscript.mode,
            subject: version.source.subject,
            body: version.manuscript.body,
            text: version.source.text.unwrap_or_default(),
            ..Self::default()
        }
    }

    /// A mail to begin with.
    pub(super) fn of_starter(starter: &Starter, mode: TemplateMode) -> Self {
        Self {
            mode,
            subject: starter.subject.to_owned(),
            body: starter.body.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn manuscript(&self) -> Manuscript {
        Manuscript {
            mode: self.mode,
            body: self.body.clone(),
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
            TemplateDraftFault::BodyMissing => errors.add("body", "content-error-body"),
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
        .with("limit", &(MAX_SOURCE_BYTES / 1024))
        .errors(&refusal.errors);
    let page = match form.mode {
        TemplateMode::Visual | TemplateMode::Code => with_inline_styles(request, page),
        TemplateMode::Plain => page,
    };
    if rows.is_empty() {
        page
    } else {
        page.status(StatusCode::UNPROCESSABLE_ENTITY)
    }
}

/// The editors write styles into the page as they work; scripts stay as closed as ever.
fn with_inline_styles(request: &HttpRequest, page: Page) -> Page {
    let nonce = request.extensions().get::<Nonce>().cloned();
    let state = request.app_data::<State>();
    match nonce.zip(state) {
        Some((nonce, state)) => {
            let policy = editor_policy(&nonce, &state.address.url);
            page.header("Content-Security-Policy", policy)
        }
        None => page,
    }
}
