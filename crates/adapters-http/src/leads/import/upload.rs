//! Uploading a file, and the list of what was imported before.

use actix_multipart::{Field, Multipart};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::{ImportId, TenantId, UserId};
use domain::leads::audit;
use domain::leads::import::{NewImport, guess_mapping};
use domain::tenancy::{Actor, AuditEntry};
use futures_util::StreamExt;
use futures_util::future::join;

use super::address;
use super::incoming::{Incoming, channel};
use super::trouble::Trouble;
use super::view::{View, file_name};
use crate::blocking::{blocking, blocking_long};
use crate::error::{Complaint, Failure, PageResult};
use crate::pages::{Frame, Nav, Page, redirect};
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// Past imports that are listed.
const LISTED: u32 = 50;
/// What a form takes around its file.
const WRAPPING: usize = 64 * 1024;
const MEGABYTE: usize = 1024 * 1024;

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (tenant, limit) = (me.tenant_id(), state.limits.upload);
    let imports = blocking(move || state.ports.imports.latest(tenant, LISTED)).await?;
    let imports: Vec<View> = imports.iter().map(View::of).collect();
    Page::of(&request, "leads/import/start.html")
        .title("leads-import-title")
        .nav(Nav::Import)
        .with("imports", &imports)
        .with("trouble", &None::<Trouble>)
        .with("limit", &(limit / MEGABYTE))
        .render()
}

/// Who uploads what.
struct Upload {
    tenant: TenantId,
    user: UserId,
    actor: Actor,
    file_name: String,
    limit: u64,
}

pub(super) async fn upload(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    mut form: Multipart,
) -> PageResult {
    let limit = state.limits.upload;
    let kept = match file_of(&request, &mut form, limit).await? {
        Err(trouble) => Err(trouble),
        Ok(field) => {
            let upload = Upload {
                tenant: me.tenant_id(),
                user: me.user().id,
                actor: me.actor(),
                file_name: file_name(name_of(&field)),
                limit: limit as u64,
            };
            let (feed, incoming) = channel();
            let keeping = blocking_long(move || upload.keep(&state.ports, incoming));
            let ((), kept) = join(feed.take(field), keeping).await;
            kept?
        }
    };
    match kept {
        Ok(id) => Ok(go_to(&request, &address(id))),
        Err(trouble) => Page::of(&request, "leads/import/upload.html")
            .with("trouble", &Some(trouble))
            .with("limit", &(limit / MEGABYTE))
            .status(trouble.status)
            .render(),
    }
}

/// The name of the file at the person's.
fn name_of(field: &Field) -> Option<&str> {
    field.content_disposition()?.get_filename()
}

/// The field with the file. What is announced as far too large is not even begun.
pub(crate) async fn file_of(
    request: &HttpRequest,
    form: &mut Multipart,
    limit: usize,
) -> Result<Result<Field, Trouble>, Failure> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let length = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit + WRAPPING) {
        return Ok(Err(Trouble::TOO_LARGE));
    }
    let Some(field) = form.next().await else {
        return Ok(Err(Trouble::NO_FILE));
    };
    let unreadable = |error| Failure::Invalid(Complaint::about_all(format!("{error}")));
    let field = field.map_err(unreadable)?;
    if field.name() != Some("file") {
        let name = field.name().unwrap_or_default().to_owned();
        return Err(Failure::Invalid(Complaint::about(name, "unknown field")));
    }
    // This is how browsers send a field in which no file was chosen.
    let is_chosen = name_of(&field).is_some_and(|name| !name.is_empty());
    Ok(is_chosen.then_some(field).ok_or(Trouble::NO_FILE))
}

impl Upload {
    /// Keeps the file, looks at it, and notes the import.
    fn keep(
        self,
        ports: &Ports,
        mut content: Incoming,
    ) -> Result<Result<ImportId, Trouble>, Failure> {
        let (tenant, id) = (self.tenant, ImportId::new());
        let files = &ports.import_files;
        let size = match files.keep(tenant, id, &mut content, self.limit) {
            Ok(size) => size,
            Err(error) => return Trouble::with_file(error).map(Err),
        };
        // Whoever waits with the next piece need not wait for us.
        drop(content);
        let inspection = match files.inspect(tenant, id, None) {
            Ok(inspection) => inspection,
            Err(error) => {
                files.discard(tenant, id).map_err(Failure::unexpected)?;
                return Trouble::with_file(error).map(Err);
            }
        };
        let attributes = ports.lead_listing.attributes(tenant)?;
        let now = ports.now();
        let import = NewImport {
            id,
            file_name: self.file_name,
            format: inspection.format,
            mapping: guess_mapping(&inspection.header, &attributes),
            bytes_total: size,
            created_by: Some(self.user),
        };
        ports.imports.create(tenant, import, now)?;
        let target = audit::import(id);
        let entry = AuditEntry::new(self.actor, audit::IMPORT_UPLOADED, target, now);
        ports.audit.append(tenant, &entry)?;
        Ok(Ok(id))
    }
}

/// htmx follows a header of its own, with the whole page.
fn go_to(request: &HttpRequest, target: &str) -> HttpResponse {
    if Frame::of(request).is_htmx() {
        HttpResponse::Ok()
            .insert_header(("HX-Redirect", target))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()
    } else {
        redirect(target, None)
    }
}
