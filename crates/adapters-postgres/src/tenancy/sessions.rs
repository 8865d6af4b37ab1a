//! Sessions.

use chrono::{DateTime, Utc};
use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::TenantId;
use domain::store::StoreResult;
use domain::tenancy::{AuditEntry, NewSession, SecretHash, Session, SessionStore};
use uuid::Uuid;

use crate::PgStore;
use crate::schema::{sessions, tenants, users};

use super::audit::write_audit;
use super::rows::{TenantRow, UserRow};

fn sessions_of(tenant: TenantId) -> Filter<sessions::table, Eq<sessions::tenant_id, Uuid>> {
    sessions::table.filter(sessions::tenant_id.eq(tenant.uuid()))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
struct Row {
    csrf_token: String,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Writes the sign-in down if the account is as it was when the password was verified.
fn write_sign_in(
    connection: &mut PgConnection,
    tenant: TenantId,
    session: &NewSession,
    verified_hash: &str,
) -> QueryResult<bool> {
    let as_verified = users::table
        .find((tenant.uuid(), session.user.uuid()))
        .filter(users::is_active)
        .filter(users::password_hash.eq(verified_hash));
    let signed_in = diesel::update(as_verified)
        .set(users::last_signed_in_at.eq(session.created_at))
        .execute(connection)?;
    Ok(signed_in == 1)
}

fn insert_session(
    connection: &mut PgConnection,
    tenant: TenantId,
    session: &NewSession,
) -> QueryResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::tenant_id.eq(tenant.uuid()),
            sessions::secret_hash.eq(session.secret_hash.as_bytes().as_slice()),
            sessions::user_id.eq(session.user.uuid()),
            sessions::csrf_token.eq(&session.csrf_token),
            sessions::user_agent.eq(&session.user_agent),
            sessions::network.eq(&session.network),
            sessions::created_at.eq(session.created_at),
            sessions::last_seen_at.eq(session.created_at),
            sessions::expires_at.eq(session.expires_at),
        ))
        .execute(connection)
        .map(drop)
}

impl SessionStore for PgStore {
    fn open(
        &self,
        tenant: TenantId,
        session: &NewSession,
        verified_hash: &str,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            if !write_sign_in(connection, tenant, session, verified_hash)? {
                return Ok(false);
            }
            insert_session(connection, tenant, session)?;
            write_audit(connection, tenant, audit)?;
            Ok(true)
        })
    }

    fn find(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<Option<Session>> {
        let of_user = users::tenant_id
            .eq(sessions::tenant_id)
            .and(users::id.eq(sessions::user_id));
        let found = self.in_tenant(tenant, |connection| {
            Ok(sessions_of(tenant)
                .filter(sessions::secret_hash.eq(secret.as_bytes().as_slice()))
                .inner_join(users::table.on(of_user))
                .inner_join(tenants::table.on(tenants::id.eq(sessions::tenant_id)))
                .filter(users::is_active)
                .select((
                    Row::as_select(),
                    UserRow::as_select(),
                    TenantRow::as_select(),
                ))
                .first::<(Row, UserRow, TenantRow)>(connection)
                .optional()?)
        })?;
        let session = |(row, user, tenant): (Row, UserRow, TenantRow)| {
            Ok(Session {
                tenant: tenant.tenant()?,
                user: user.user()?,
                secret_hash: *secret,
                csrf_token: row.csrf_token,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
                expires_at: row.expires_at,
            })
        };
        found.map(session).transpose()
    }

    fn touch(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
        seen_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> StoreResult<()> {
        let session =
            sessions_of(tenant).filter(sessions::secret_hash.eq(secret.as_bytes().to_vec()));
        self.in_tenant(tenant, |connection| {
            diesel::update(session)
                .set((
                    sessions::last_seen_at.eq(seen_at),
                    sessions::expires_at.eq(expires_at),
                ))
                .execute(connection)?;
            Ok(())
        })
    }

    fn end(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<bool> {
        let session =
            sessions_of(tenant).filter(sessions::secret_hash.eq(secret.as_bytes().to_vec()));
        self.in_tenant(tenant, |connection| {
            Ok(diesel::delete(session).execute(connection)? == 1)
        })
    }

    fn delete_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<usize> {
        let expired = sessions_of(tenant).filter(sessions::expires_at.le(now));
        self.in_tenant(tenant, |connection| {
            Ok(diesel::delete(expired).execute(connection)?)
        })
    }
}
