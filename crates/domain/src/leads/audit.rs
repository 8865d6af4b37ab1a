//! What the audit log calls the acts on leads.

use crate::ids::{ImportId, LeadId};
use crate::tenancy::{AuditAction, AuditTarget};

/// A lead was added by hand or by a program.
pub const LEAD_CREATED: AuditAction = AuditAction::new("lead.created");
/// Fields of a lead were changed.
pub const LEAD_CHANGED: AuditAction = AuditAction::new("lead.changed");
/// A lead was deleted with all its traces.
pub const LEAD_DELETED: AuditAction = AuditAction::new("lead.deleted");
/// Tags of several leads were changed at once.
pub const LEADS_TAGGED: AuditAction = AuditAction::new("leads.tagged");
/// A list of leads was taken out as a file.
pub const LEADS_EXPORTED: AuditAction = AuditAction::new("leads.exported");
/// A file was uploaded to be imported.
pub const IMPORT_UPLOADED: AuditAction = AuditAction::new("import.uploaded");
/// An import was started.
pub const IMPORT_STARTED: AuditAction = AuditAction::new("import.started");
/// An import was stopped.
pub const IMPORT_CANCELLED: AuditAction = AuditAction::new("import.cancelled");

/// One lead, by its id: addresses do not belong in the log.
#[must_use]
pub fn lead(id: LeadId) -> AuditTarget {
    AuditTarget::one("lead", id)
}

/// One import.
#[must_use]
pub fn import(id: ImportId) -> AuditTarget {
    AuditTarget::one("import", id)
}
