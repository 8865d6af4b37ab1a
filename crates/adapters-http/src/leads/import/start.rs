//! Starting an import with the mapping that was chosen.

use actix_web::{HttpRequest, web};
use domain::ids::ImportId;
use domain::leads::audit;
use domain::leads::import::ColumnMapping;
use domain::tenancy::AuditEntry;

use super::address;
use super::columns::MappingForm;
use super::review::{Look, trouble_page};
use super::trouble::Trouble;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::extract::Form;
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

enum Outcome {
    Started,
    /// It was started or stopped elsewhere meanwhile.
    TooLate,
    Faulty(Box<super::review::Review>, ColumnMapping),
    Trouble(Box<domain::leads::import::Import>, Trouble),
}

pub(super) async fn start(
    request: HttpRequest,
    me: SignedIn,
    state: State,
    id: web::Path<ImportId>,
    Form(form): Form<MappingForm>,
) -> PageResult {
    let (tenant, actor, id) = (me.tenant_id(), me.actor(), id.into_inner());
    let (format, typed_tags) = (form.format()?, form.tags.clone());
    let outcome = blocking(move || {
        let ports = &state.ports;
        let import = ports.imports.find(tenant, id)?.ok_or(Failure::NotFound)?;
        let review = match Look::at(ports, tenant, import, Some(format))? {
            Look::Fine(review) => review,
            Look::Trouble(import, trouble) => return Ok(Outcome::Trouble(import, trouble)),
        };
        let mapping = form.mapping(&review.inspection.header, &review.attributes)?;
        if mapping.check(&review.attributes).is_err() {
            return Ok(Outcome::Faulty(review, mapping));
        }
        let now = ports.now();
        if !ports.imports.queue(tenant, id, format, &mapping, now)? {
            return Ok(Outcome::TooLate);
        }
        let entry = AuditEntry::new(actor, audit::IMPORT_STARTED, audit::import(id), now);
        ports.audit.append(tenant, &entry)?;
        Ok::<_, Failure>(Outcome::Started)
    })
    .await?;
    match outcome {
        Outcome::Started => Ok(redirect(&address(id), None)),
        Outcome::TooLate => {
            let flash = Flash::danger("leads-import-too-late");
            Ok(redirect(&address(id), Some(flash)))
        }
        Outcome::Faulty(review, mapping) => review.page(&request, &mapping, &typed_tags).render(),
        Outcome::Trouble(import, trouble) => trouble_page(&request, &import, trouble),
    }
}
