//! Every template of the organisation.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::content::Template;
use domain::ids::TemplateId;
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Serialize)]
struct Row {
    id: TemplateId,
    name: String,
    mode: &'static str,
    subject: String,
    updated_at: DateTime<Utc>,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let templates = blocking(move || state.ports.templates.list(tenant)).await?;
    let rows: Vec<Row> = templates.into_iter().map(Row::of).collect();
    Page::of(&request, "content/list.html")
        .title("layout-templates")
        .nav(Nav::Templates)
        .with("rows", &rows)
        .render()
}

impl Row {
    fn of(template: Template) -> Self {
        Self {
            id: template.id,
            name: template.name,
            mode: template.manuscript.mode.as_str(),
            subject: template.source.subject,
            updated_at: template.updated_at,
        }
    }
}
