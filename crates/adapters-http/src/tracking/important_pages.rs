//! The list of important pages. (A45)

use actix_web::{HttpRequest, web};
use domain::ids::ImportantPageId;
use domain::store::StoreError;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget};
use domain::tracking::ImportantPage;
use serde::{Deserialize, Serialize};

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/settings/important-pages";
const ADDED: AuditAction = AuditAction::new("important_page.added");
const REMOVED: AuditAction = AuditAction::new("important_page.removed");
/// Longest fragment; a path is not longer where it says anything.
const MAX_CHARS: usize = 200;

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FragmentForm {
    fragment: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    fragment: String,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let pages = blocking(move || state.ports.important_pages.important_pages(tenant)).await?;
    page(
        &request,
        &pages,
        &FragmentForm::default(),
        &FormErrors::default(),
    )
    .render()
}

pub(super) async fn add(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<FragmentForm>,
) -> PageResult {
    let (tenant, actor) = (me.tenant_id(), me.actor());
    let typed = form.clone();
    let (pages, errors) = blocking(move || {
        let mut errors = FormErrors::default();
        let fragment = typed.fragment.trim().to_owned();
        if fragment.trim_matches('/').is_empty() || fragment.chars().count() > MAX_CHARS {
            errors.add("fragment", "tracking-page-wrong");
        } else {
            let page = ImportantPage {
                id: ImportantPageId::new(),
                fragment,
            };
            let now = state.now();
            match state
                .ports
                .important_pages
                .add_important_page(tenant, &page, now)
            {
                Ok(()) => {
                    let target = AuditTarget::one("important_page", page.id);
                    let entry =
                        AuditEntry::new(actor, ADDED, target, now).with_detail(page.fragment);
                    state.ports.audit.append(tenant, &entry)?;
                }
                Err(StoreError::Duplicate(_)) => errors.add("fragment", "tracking-page-known"),
                Err(other) => return Err(Failure::from(other)),
            }
        }
        Ok((state.ports.important_pages.important_pages(tenant)?, errors))
    })
    .await?;
    if errors.is_empty() {
        return Ok(redirect(PATH, Some(Flash::success("tracking-page-added"))));
    }
    page(&request, &pages, &form, &errors).render()
}

pub(super) async fn remove(
    me: SignedIn,
    state: State,
    page: web::Path<ImportantPageId>,
) -> PageResult {
    let (tenant, actor, page) = (me.tenant_id(), me.actor(), page.into_inner());
    let removed = blocking(move || {
        let removed = state
            .ports
            .important_pages
            .remove_important_page(tenant, page)?;
        if removed {
            let target = AuditTarget::one("important_page", page);
            let entry = AuditEntry::new(actor, REMOVED, target, state.now());
            state.ports.audit.append(tenant, &entry)?;
        }
        Ok::<_, StoreError>(removed)
    })
    .await?;
    if !removed {
        return Err(Failure::NotFound.into());
    }
    Ok(redirect(
        PATH,
        Some(Flash::success("tracking-page-removed")),
    ))
}

fn page(
    request: &HttpRequest,
    pages: &[ImportantPage],
    form: &FragmentForm,
    errors: &FormErrors,
) -> Page {
    let row = |page: &ImportantPage| Row {
        id: page.id.to_string(),
        fragment: page.fragment.clone(),
    };
    let rows: Vec<Row> = pages.iter().map(row).collect();
    Page::of(request, "tracking/important_pages.html")
        .title("tracking-pages-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .with("form", form)
        .errors(errors)
}
