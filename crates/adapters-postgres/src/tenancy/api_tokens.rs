//! API tokens.

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::{ApiTokenId, TenantId, UserId};
use domain::store::StoreResult;
use domain::tenancy::{ApiToken, ApiTokenStore, AuditEntry, NewApiToken, Scope, SecretHash};
use uuid::Uuid;

use crate::PgStore;
use crate::schema::api_tokens;

use super::audit::write_audit;

fn tokens_of(tenant: TenantId) -> Filter<api_tokens::table, Eq<api_tokens::tenant_id, Uuid>> {
    api_tokens::table.filter(api_tokens::tenant_id.eq(tenant.uuid()))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    created_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<Row> for ApiToken {
    fn from(row: Row) -> Self {
        Self {
            id: ApiTokenId::from_uuid(row.id),
            name: row.name,
            // A scope that this version does not know allows nothing here.
            scopes: row
                .scopes
                .iter()
                .filter_map(|name| Scope::parse(name))
                .collect(),
            created_by: row.created_by.map(UserId::from_uuid),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

impl ApiTokenStore for PgStore {
    fn create(&self, tenant: TenantId, new: &NewApiToken, audit: &AuditEntry) -> StoreResult<()> {
        let token = &new.token;
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(api_tokens::table)
                .values((
                    api_tokens::tenant_id.eq(tenant.uuid()),
                    api_tokens::id.eq(token.id.uuid()),
                    api_tokens::name.eq(&token.name),
                    api_tokens::secret_hash.eq(new.secret_hash.as_bytes().as_slice()),
                    api_tokens::scopes.eq(scopes),
                    api_tokens::created_by.eq(token.created_by.map(UserId::uuid)),
                    api_tokens::created_at.eq(token.created_at),
                    api_tokens::last_used_at.eq(token.last_used_at),
                    api_tokens::expires_at.eq(token.expires_at),
                    api_tokens::revoked_at.eq(token.revoked_at),
                ))
                .execute(connection)?;
            Ok(write_audit(connection, tenant, audit)?)
        })
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<ApiToken>> {
        let newest_first = (api_tokens::created_at.desc(), api_tokens::id.desc());
        let rows: Vec<Row> = self.in_tenant(tenant, |connection| {
            let sorted = tokens_of(tenant).order(newest_first);
            Ok(sorted.select(Row::as_select()).load(connection)?)
        })?;
        Ok(rows.into_iter().map(ApiToken::from).collect())
    }

    fn find_by_secret(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
    ) -> StoreResult<Option<ApiToken>> {
        let row: Option<Row> = self.in_tenant(tenant, |connection| {
            let found =
                tokens_of(tenant).filter(api_tokens::secret_hash.eq(secret.as_bytes().as_slice()));
            Ok(found
                .select(Row::as_select())
                .first(connection)
                .optional()?)
        })?;
        Ok(row.map(ApiToken::from))
    }

    fn touch(
        &self,
        tenant: TenantId,
        token: ApiTokenId,
        used_at: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            diesel::update(tokens_of(tenant).filter(api_tokens::id.eq(token.uuid())))
                .set(api_tokens::last_used_at.eq(used_at))
                .execute(connection)?;
            Ok(())
        })
    }

    fn revoke(&self, tenant: TenantId, token: ApiTokenId, audit: &AuditEntry) -> StoreResult<bool> {
        let valid = tokens_of(tenant)
            .filter(api_tokens::id.eq(token.uuid()))
            .filter(api_tokens::revoked_at.is_null());
        self.in_tenant(tenant, |connection| {
            let revoked = diesel::update(valid)
                .set(api_tokens::revoked_at.eq(audit.occurred_at))
                .execute(connection)?;
            if revoked == 1 {
                write_audit(connection, tenant, audit)?;
            }
            Ok(revoked == 1)
        })
    }
}
