//! A list of addresses that a draft goes to.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, web};
use domain::campaigns::{Broadcast, Invalid, ListedAddresses, read_list};
use domain::ids::BroadcastId;
use domain::leads::EmailAddress;
use futures_util::future::join;
use serde::{Deserialize, Serialize};

use super::audience::Reach;
use super::draft::{audit, draft};
use super::{LISTED, UNLISTED};
use crate::blocking::{blocking, blocking_long};
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::leads::import::{Trouble, channel, file_of};
use crate::pages::{Flash, FormErrors, Frame, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::state::{AppState, State};

const MEGABYTE: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pasted {
    addresses: String,
}

/// What became of a list.
#[derive(Serialize)]
struct Outcome {
    /// Leads that are on the list now; a list without any is not taken.
    found: usize,
    unknown: usize,
    /// The addresses that no lead has, a line each, to be copied.
    unknown_lines: String,
    invalid: u64,
    first_invalid: Vec<InvalidRow>,
}

#[derive(Serialize)]
struct InvalidRow {
    line: u64,
    text: String,
}

/// What the page shows.
struct Shown {
    broadcast: Broadcast,
    reach: Reach,
    outcome: Option<Outcome>,
    trouble: Option<Trouble>,
}

pub(super) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let (id, limit) = (broadcast.into_inner(), state.limits.upload);
    let shown = blocking(move || shown(&state, &me, id, None)).await?;
    page(&request, &shown, limit, &FormErrors::default())
}

pub(super) async fn paste(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    Form(pasted): Form<Pasted>,
) -> PageResult {
    let (id, limit) = (broadcast.into_inner(), state.limits.upload);
    let mut errors = FormErrors::default();
    if pasted.addresses.trim().is_empty() {
        errors.add("addresses", "campaigns-error-list-empty");
    }
    let shown = blocking(move || {
        let listed = ListedAddresses::pasted(&pasted.addresses);
        keep(&state, &me, id, &listed)
    })
    .await?;
    page(&request, &shown, limit, &errors)
}

pub(super) async fn upload(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
    mut form: Multipart,
) -> PageResult {
    let (id, limit) = (broadcast.into_inner(), state.limits.upload);
    let shown = match file_of(&request, &mut form, limit).await? {
        Err(trouble) => blocking(move || shown(&state, &me, id, Some(trouble))).await?,
        Ok(field) => {
            let (feed, mut incoming) = channel();
            let keeping = blocking_long(move || {
                let files = &*state.ports.import_files;
                let read = read_list(files, me.tenant_id(), &mut incoming, limit as u64);
                // Whoever waits with the next piece need not wait for us.
                drop(incoming);
                match read {
                    Ok(listed) => keep(&state, &me, id, &listed),
                    Err(error) => shown(&state, &me, id, Some(Trouble::with_file(error)?)),
                }
            });
            let ((), kept) = join(feed.take(field), keeping).await;
            kept?
        }
    };
    page(&request, &shown, limit, &FormErrors::default())
}

pub(super) async fn remove(
    me: SignedIn,
    state: State,
    broadcast: web::Path<BroadcastId>,
) -> PageResult {
    let id = broadcast.into_inner();
    let removed = blocking(move || {
        let name = draft(&state, me.tenant_id(), id)?.name;
        let removed = state
            .ports
            .recipient_lists
            .remove_list(me.tenant_id(), id)?;
        if removed {
            audit(&state, &me, UNLISTED, id, &name)?;
        }
        Ok::<_, Failure>(removed)
    })
    .await?;
    let flash = if removed {
        Flash::success("campaigns-list-removed")
    } else {
        Flash::danger("campaigns-moved-on")
    };
    Ok(redirect(&format!("/ui/broadcasts/{id}/edit"), Some(flash)))
}

/// Takes the list for that of the draft, if there is an address in it.
fn keep(
    state: &AppState,
    me: &SignedIn,
    id: BroadcastId,
    listed: &ListedAddresses,
) -> Result<Shown, Failure> {
    let (tenant, name) = (me.tenant_id(), draft(state, me.tenant_id(), id)?.name);
    let addresses = &listed.addresses;
    let mut unknown = addresses.clone();
    if !addresses.is_empty() {
        let lists = &state.ports.recipient_lists;
        let kept = lists.replace_list(tenant, id, addresses)?;
        unknown = kept.ok_or(Failure::NotFound)?;
        audit(state, me, LISTED, id, &name)?;
    }
    let unknown_lines: Vec<&str> = unknown.iter().map(EmailAddress::as_str).collect();
    let mut shown = shown(state, me, id, None)?;
    shown.outcome = Some(Outcome {
        found: addresses.len() - unknown.len(),
        unknown: unknown.len(),
        unknown_lines: unknown_lines.join("\n"),
        invalid: listed.invalid,
        first_invalid: listed.first_invalid.iter().map(row).collect(),
    });
    Ok(shown)
}

fn row(invalid: &Invalid) -> InvalidRow {
    InvalidRow {
        line: invalid.line,
        text: invalid.text.clone(),
    }
}

fn shown(
    state: &AppState,
    me: &SignedIn,
    id: BroadcastId,
    trouble: Option<Trouble>,
) -> Result<Shown, Failure> {
    let broadcast = draft(state, me.tenant_id(), id)?;
    let filter = &broadcast.audience;
    Ok(Shown {
        reach: Reach::of(&state.ports, me.tenant_id(), filter, me.as_of())?,
        broadcast,
        outcome: None,
        trouble,
    })
}

fn page(request: &HttpRequest, shown: &Shown, limit: usize, errors: &FormErrors) -> PageResult {
    let mut page = Page::of(request, "campaigns/recipients.html");
    if let Some(trouble) = &shown.trouble {
        page = page.status(trouble.status);
    }
    let page = page
        .titled(&shown.broadcast.name)
        .nav(Nav::Broadcasts)
        .with("id", &shown.broadcast.id)
        .with("has_list", &shown.broadcast.audience.listed_for.is_some())
        .with("reach", &shown.reach)
        .with("outcome", &shown.outcome)
        .with("trouble", &shown.trouble)
        .with("limit", &(limit / MEGABYTE))
        .errors(errors);
    if Frame::of(request).is_htmx() {
        page.render_block("list")
    } else {
        page.render()
    }
}
