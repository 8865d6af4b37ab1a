//! The list as a file: the leads that the filter of the address finds, no others (V-13).
//!
//! It is posted, because it leaves a line in the audit log, and looking never changes anything.

use std::collections::BTreeMap;
use std::io::Write;

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::ids::{TenantId, UserId};
use domain::leads::{
    AsOf, EmailAddress, ExportFormat, ExportOrder, LeadFilter, audit, export_leads,
};
use domain::store::StoreResult;
use domain::tenancy::{AuditEntry, AuditTarget, Locale};

use super::export_stream::written_by;
use super::query::LeadQuery;
use crate::error::{Failure, PageResult};
use crate::extract::Query;
use crate::ports::Ports;
use crate::security::SignedIn;
use crate::state::State;

/// What to write.
struct Order {
    tenant: TenantId,
    filter: LeadFilter,
    format: ExportFormat,
    locale: Locale,
    as_of: AsOf,
}

pub(super) async fn download(
    me: SignedIn,
    state: State,
    Query(query): Query<LeadQuery>,
) -> PageResult {
    let order = Order {
        tenant: me.tenant_id(),
        filter: query.filter()?,
        format: query.format.unwrap_or_default(),
        locale: me.locale(),
        as_of: me.as_of(),
    };
    let (format, as_of) = (order.format, order.as_of);
    let target = AuditTarget::all("lead");
    let entry = AuditEntry::new(me.actor(), audit::LEADS_EXPORTED, target, as_of.now)
        .with_detail(format.as_str());
    let file = written_by(move |out| {
        state.ports.audit.append(order.tenant, &entry)?;
        order.write(&state.ports, out)
    })
    .await?;
    let local = as_of.now.with_timezone(&me.tenant().time_zone);
    let name = format!(
        "leads-{}.{}",
        local.format("%Y%m%d-%H%M"),
        format.extension()
    );
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format.media_type()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(file))
}

impl Order {
    fn write(&self, ports: &Ports, out: Box<dyn Write + Send>) -> Result<(), Failure> {
        let owners = owners(ports, self.tenant)?;
        let order = ExportOrder {
            filter: &self.filter,
            format: self.format,
            locale: self.locale,
            owners: &owners,
            as_of: self.as_of,
        };
        let (listing, export) = (&*ports.lead_listing, &*ports.lead_export);
        let written = export_leads(listing, export, self.tenant, order, out)?;
        tracing::info!(leads = written, "leads were exported");
        Ok(())
    }
}

fn owners(ports: &Ports, tenant: TenantId) -> StoreResult<BTreeMap<UserId, EmailAddress>> {
    let staff = ports.users.list(tenant)?;
    Ok(staff
        .into_iter()
        .map(|user| (user.id, user.email))
        .collect())
}
