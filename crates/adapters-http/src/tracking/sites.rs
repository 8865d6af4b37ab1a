//! The registered sites and the tag that goes into their pages. (A31, A70)

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use domain::ids::SiteId;
use domain::store::StoreError;
use domain::tenancy::{AuditAction, AuditEntry, AuditTarget, random_256};
use domain::tracking::{Origin, Site, SiteKey};
use serde::{Deserialize, Serialize};

use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, FormErrors, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

const PATH: &str = "/ui/settings/sites";
const REGISTERED: AuditAction = AuditAction::new("site.registered");
const REMOVED: AuditAction = AuditAction::new("site.removed");

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteForm {
    name: String,
    address: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    origin: String,
    snippet: String,
    last_received_at: Option<DateTime<Utc>>,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let tenant = me.tenant_id();
    let shared = state.clone();
    let sites = blocking(move || shared.ports.sites.sites(tenant)).await?;
    page(
        &request,
        &state,
        &sites,
        &SiteForm::default(),
        &FormErrors::default(),
    )
    .render()
}

pub(super) async fn register(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    Form(form): Form<SiteForm>,
) -> PageResult {
    let tenant = me.tenant_id();
    let (site, errors) = match parsed(&form, me.now()) {
        Ok(site) => (Some(site), FormErrors::default()),
        Err(errors) => (None, errors),
    };
    let actor = me.actor();
    let shared = state.clone();
    let (sites, errors) = blocking(move || {
        let ports = &shared.ports;
        let mut errors = errors;
        if let Some(site) = site {
            match ports.sites.register_site(tenant, &site) {
                Ok(()) => {
                    let target = AuditTarget::one("site", site.id);
                    let entry = AuditEntry::new(actor, REGISTERED, target, site.created_at)
                        .with_detail(site.origin.as_str());
                    ports.audit.append(tenant, &entry)?;
                    shared.sites.reload()?;
                }
                Err(StoreError::Duplicate(_)) => errors.add("address", "tracking-site-known"),
                Err(other) => return Err(Failure::from(other)),
            }
        }
        Ok((ports.sites.sites(tenant)?, errors))
    })
    .await?;
    if errors.is_empty() {
        return Ok(redirect(
            PATH,
            Some(Flash::success("tracking-site-registered")),
        ));
    }
    page(&request, &state, &sites, &form, &errors).render()
}

pub(super) async fn remove(me: SignedIn, state: State, site: web::Path<SiteId>) -> PageResult {
    let (tenant, actor, site) = (me.tenant_id(), me.actor(), site.into_inner());
    let removed = blocking(move || {
        let removed = state.ports.sites.remove_site(tenant, site)?;
        if removed {
            let target = AuditTarget::one("site", site);
            let entry = AuditEntry::new(actor, REMOVED, target, state.now());
            state.ports.audit.append(tenant, &entry)?;
            state.sites.reload()?;
        }
        Ok::<_, StoreError>(removed)
    })
    .await?;
    if !removed {
        return Err(Failure::NotFound.into());
    }
    Ok(redirect(
        PATH,
        Some(Flash::success("tracking-site-removed")),
    ))
}

fn parsed(form: &SiteForm, now: DateTime<Utc>) -> Result<Site, FormErrors> {
    let mut errors = FormErrors::default();
    let name = form.name.trim();
    if name.is_empty() {
        errors.add("name", "tracking-site-name-missing");
    }
    let origin = Origin::parse_address(&form.address);
    if origin.is_err() {
        errors.add("address", "tracking-site-address-wrong");
    }
    let Ok(origin) = origin
        .map_err(drop)
        .and_then(|it| errors.is_empty().then_some(it).ok_or(()))
    else {
        return Err(errors);
    };
    let mut random = [0; 12];
    random.copy_from_slice(&random_256()[..12]);
    Ok(Site {
        id: SiteId::new(),
        name: name.to_owned(),
        origin,
        key: SiteKey::from_random_bytes(random),
        last_received_at: None,
        created_at: now,
    })
}

fn page(
    request: &HttpRequest,
    state: &AppState,
    sites: &[Site],
    form: &SiteForm,
    errors: &FormErrors,
) -> Page {
    let rows: Vec<Row> = sites.iter().map(|site| Row::of(site, state)).collect();
    Page::of(request, "tracking/sites.html")
        .title("tracking-sites-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .with("form", form)
        .errors(errors)
}

impl Row {
    fn of(site: &Site, state: &AppState) -> Self {
        Self {
            id: site.id.to_string(),
            name: site.name.clone(),
            origin: site.origin.to_string(),
            snippet: site.snippet(&state.address.url),
            last_received_at: site.last_received_at,
        }
    }
}
