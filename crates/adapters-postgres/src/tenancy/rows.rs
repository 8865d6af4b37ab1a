//! Rows of users and tenants, and what they mean.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{TenantId, UserId};
use domain::leads::EmailAddress;
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{Locale, Role, Tenant, User};
use uuid::Uuid;

use crate::schema::{tenants, users};

/// What a stored text means; the checks of the tables keep others out.
pub(super) fn known<T>(meaning: Option<T>, text: &str) -> StoreResult<T> {
    meaning.ok_or_else(|| StoreError::unexpected(format!("the database holds '{text}'")))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tenants, check_for_backend(diesel::pg::Pg))]
pub(super) struct TenantRow {
    id: Uuid,
    name: String,
    time_zone: String,
    locale: String,
    webhook_key: String,
    created_at: DateTime<Utc>,
}

impl TenantRow {
    pub(super) fn tenant(self) -> StoreResult<Tenant> {
        Ok(Tenant {
            id: TenantId::from_uuid(self.id),
            name: self.name,
            time_zone: self.time_zone.parse().map_err(StoreError::unexpected)?,
            locale: known(Locale::parse(&self.locale), &self.locale)?,
            webhook_key: self.webhook_key,
            created_at: self.created_at,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub(super) struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    locale: Option<String>,
    is_active: bool,
    last_signed_in_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl UserRow {
    pub(super) fn user(self) -> StoreResult<User> {
        let locale = self.locale.map(|tag| known(Locale::parse(&tag), &tag));
        Ok(User {
            id: UserId::from_uuid(self.id),
            email: EmailAddress::parse(&self.email).map_err(StoreError::unexpected)?,
            name: self.name,
            role: known(Role::parse(&self.role), &self.role)?,
            locale: locale.transpose()?,
            is_active: self.is_active,
            last_signed_in_at: self.last_signed_in_at,
            created_at: self.created_at,
        })
    }
}
