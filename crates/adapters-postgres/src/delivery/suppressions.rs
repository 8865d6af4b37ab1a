//! Addresses that get no more mail.

use chrono::{DateTime, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use domain::delivery::{Suppression, SuppressionPage, SuppressionReason, Suppressions};
use domain::ids::TenantId;
use domain::leads::EmailAddress;
use domain::store::{StoreError, StoreResult};

use crate::PgStore;
use crate::schema::{soft_bounces, suppressions};

#[derive(Queryable, Selectable)]
#[diesel(table_name = suppressions, check_for_backend(diesel::pg::Pg))]
struct SuppressionRow {
    email: String,
    reason: String,
    detail: Option<String>,
    created_at: DateTime<Utc>,
}

impl TryFrom<SuppressionRow> for Suppression {
    type Error = StoreError;

    fn try_from(row: SuppressionRow) -> Result<Self, Self::Error> {
        Ok(Self {
            email: EmailAddress::parse(&row.email).map_err(StoreError::unexpected)?,
            reason: SuppressionReason::parse(&row.reason).ok_or_else(|| {
                StoreError::unexpected(format!("unknown suppression '{}'", row.reason))
            })?,
            detail: row.detail,
            created_at: row.created_at,
        })
    }
}

/// Adds a suppression, or lets a refusal take the place of another reason. `true` if it is new.
pub(super) fn suppress(
    connection: &mut PgConnection,
    tenant: TenantId,
    new: &Suppression,
) -> QueryResult<bool> {
    let values = (
        suppressions::reason.eq(new.reason.as_str()),
        suppressions::detail.eq(&new.detail),
        suppressions::created_at.eq(new.created_at),
    );
    let added = diesel::insert_into(suppressions::table)
        .values((
            suppressions::tenant_id.eq(tenant.uuid()),
            suppressions::email.eq(new.email.as_str()),
            values,
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    if added == 0 && new.reason.is_refusal() {
        let refusals = SuppressionReason::ALL
            .into_iter()
            .filter(|reason| reason.is_refusal())
            .map(SuppressionReason::as_str);
        diesel::update(suppressions::table.find((tenant.uuid(), new.email.as_str())))
            .filter(not(suppressions::reason.eq_any(refusals)))
            .set(values)
            .execute(connection)?;
    }
    Ok(added > 0)
}

impl Suppressions for PgStore {
    fn suppress(&self, tenant: TenantId, suppression: &Suppression) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(suppress(connection, tenant, suppression)?)
        })
    }

    fn lift(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>> {
        self.in_tenant(tenant, |connection| {
            diesel::delete(soft_bounces::table)
                .filter(soft_bounces::tenant_id.eq(tenant.uuid()))
                .filter(soft_bounces::email.eq(email.as_str()))
                .execute(connection)?;
            let lifted: Option<SuppressionRow> =
                diesel::delete(suppressions::table.find((tenant.uuid(), email.as_str())))
                    .returning(SuppressionRow::as_returning())
                    .get_result(connection)
                    .optional()?;
            Ok(lifted.map(Suppression::try_from).transpose()?)
        })
    }

    fn find(&self, tenant: TenantId, email: &EmailAddress) -> StoreResult<Option<Suppression>> {
        self.in_tenant(tenant, |connection| {
            let found: Option<SuppressionRow> = suppressions::table
                .find((tenant.uuid(), email.as_str()))
                .select(SuppressionRow::as_select())
                .first(connection)
                .optional()?;
            Ok(found.map(Suppression::try_from).transpose()?)
        })
    }

    fn list(&self, tenant: TenantId, page: &SuppressionPage) -> StoreResult<Vec<Suppression>> {
        self.in_tenant(tenant, |connection| {
            let mut query = suppressions::table
                .filter(suppressions::tenant_id.eq(tenant.uuid()))
                .order((suppressions::created_at.desc(), suppressions::email))
                .offset(page.offset.into())
                .limit(page.limit.into())
                .select(SuppressionRow::as_select())
                .into_boxed();
            if let Some(q) = &page.q {
                let pattern = format!("%{}%", escape_pattern(&q.trim().to_lowercase()));
                query = query.filter(suppressions::email.like(pattern));
            }
            let rows: Vec<SuppressionRow> = query.load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(Suppression::try_from).collect();
            Ok(found?)
        })
    }
}

/// What people type means itself in a pattern.
fn escape_pattern(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
