//! A tenant and its settings.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::ids::TenantId;

use super::{AuditEntry, Locale, NewUser};

/// An organisation that uses Ondo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The name its people know it by.
    pub name: String,
    /// The zone that its days, reports and sending hours follow.
    pub time_zone: Tz,
    /// The language of people who chose none.
    pub locale: Locale,
    /// Names the tenant in the address of its webhooks; hard to guess, but not a secret.
    pub webhook_key: String,
    /// When it was set up.
    pub created_at: DateTime<Utc>,
}

impl Tenant {
    /// What an administrator may change.
    #[must_use]
    pub fn settings(&self) -> TenantSettings {
        TenantSettings {
            name: self.name.clone(),
            time_zone: self.time_zone,
            locale: self.locale,
        }
    }
}

/// The part of a tenant that an administrator may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSettings {
    /// See [`Tenant::name`].
    pub name: String,
    /// See [`Tenant::time_zone`].
    pub time_zone: Tz,
    /// See [`Tenant::locale`].
    pub locale: Locale,
}

/// A tenant with its first administrator, to be stored together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// Without whom nobody could enter.
    pub administrator: NewUser,
    /// Who made it.
    pub audit: AuditEntry,
}
