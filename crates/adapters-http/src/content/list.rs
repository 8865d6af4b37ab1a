//! Every template of the organisation.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::content::Template;
use domain::ids::TemplateId;
use domain::store::StoreError;
use serde::Serialize;

use crate::analytics::mail::{MeanRates, OfTemplates};
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
    /// What became of its broadcasts; of one that was sent.
    rates: Option<MeanRates>,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let rows: Vec<Row> = blocking(move || {
        let rates = OfTemplates::read(&state.ports, tenant)?;
        let templates = state.ports.templates.list(tenant)?.into_iter();
        let row = |template: Template| Row::of(rates.of(template.id), template);
        Ok::<_, StoreError>(templates.map(row).collect())
    })
    .await?;
    Page::of(&request, "content/list.html")
        .title("layout-templates")
        .nav(Nav::Templates)
        .with("rows", &rows)
        .render()
}

impl Row {
    fn of(rates: Option<MeanRates>, template: Template) -> Self {
        Self {
            id: template.id,
            name: template.name,
            mode: template.manuscript.mode.as_str(),
            subject: template.source.subject,
            updated_at: template.updated_at,
            rates,
        }
    }
}
