//! The people who sign in.

use diesel::dsl::{Eq, Filter};
use diesel::prelude::*;
use domain::ids::{TenantId, UserId};
use domain::store::{StoreError, StoreResult};
use domain::tenancy::{
    AuditEntry, LastAdministrator, NewUser, PasswordChange, Role, SecretHash, SignInAccount, Staff,
    User, UserChange, UserDecision, UserStore,
};
use uuid::Uuid;

use crate::PgStore;
use crate::pool::{TenantWorkError, enter_tenant};
use crate::schema::{sessions, users};

use super::audit::write_audit;
use super::login_addresses;
use super::rows::UserRow;

fn users_of(tenant: TenantId) -> Filter<users::table, Eq<users::tenant_id, Uuid>> {
    users::table.filter(users::tenant_id.eq(tenant.uuid()))
}

pub(super) fn insert_user(
    connection: &mut PgConnection,
    tenant: TenantId,
    new: &NewUser,
) -> QueryResult<()> {
    let user = &new.user;
    diesel::insert_into(users::table)
        .values((
            users::tenant_id.eq(tenant.uuid()),
            users::id.eq(user.id.uuid()),
            users::email.eq(user.email.as_str()),
            users::name.eq(&user.name),
            users::role.eq(user.role.as_str()),
            users::password_hash.eq(&new.password_hash),
            users::locale.eq(user.locale.map(|locale| locale.as_str())),
            users::is_active.eq(user.is_active),
            users::last_signed_in_at.eq(user.last_signed_in_at),
            users::created_at.eq(user.created_at),
            users::updated_at.eq(user.created_at),
        ))
        .execute(connection)?;
    login_addresses::insert(connection, tenant, user.id, &new.address_hash)
}

fn end_sessions(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    kept: Option<SecretHash>,
) -> QueryResult<()> {
    let kept = kept
        .map(|secret| secret.as_bytes().to_vec())
        .unwrap_or_default();
    let ended = sessions::table
        .filter(sessions::tenant_id.eq(tenant.uuid()))
        .filter(sessions::user_id.eq(user.uuid()))
        .filter(sessions::secret_hash.ne(kept));
    diesel::delete(ended).execute(connection).map(drop)
}

/// The user and all administrators who can sign in, locked, in the order of their ids, so that two
/// changes at once wait for one another instead of both taking the last administrator away.
fn lock_staff(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Staff>, TenantWorkError> {
    let administrator = users::role.eq(Role::Admin.as_str()).and(users::is_active);
    let rows = users_of(tenant)
        .filter(users::id.eq(user.uuid()).or(administrator))
        .order(users::id)
        .select(UserRow::as_select())
        .for_update()
        .load(connection)?;
    let locked = rows
        .into_iter()
        .map(UserRow::user)
        .collect::<StoreResult<Vec<_>>>()?;
    let (mut found, others): (Vec<_>, Vec<_>) =
        locked.into_iter().partition(|locked| locked.id == user);
    Ok(found.pop().map(|user| Staff {
        user,
        other_active_administrators: others.len(),
    }))
}

fn apply(
    connection: &mut PgConnection,
    tenant: TenantId,
    user: UserId,
    change: &UserChange,
) -> Result<User, TenantWorkError> {
    let edit = &change.edit;
    let row = diesel::update(users_of(tenant).filter(users::id.eq(user.uuid())))
        .set((
            users::email.eq(edit.email.as_str()),
            users::name.eq(&edit.name),
            users::role.eq(edit.role.as_str()),
            users::locale.eq(edit.locale.map(|locale| locale.as_str())),
            users::is_active.eq(edit.is_active),
            users::updated_at.eq(change.audit.occurred_at),
        ))
        .returning(UserRow::as_returning())
        .get_result(connection)?;
    if let Some(address_hash) = &change.address_hash {
        login_addresses::replace(connection, tenant, user, address_hash)?;
    }
    if change.ends_sessions {
        end_sessions(connection, tenant, user, None)?;
    }
    write_audit(connection, tenant, &change.audit)?;
    Ok(row.user()?)
}

impl UserStore for PgStore {
    fn create(&self, tenant: TenantId, user: &NewUser, audit: &AuditEntry) -> StoreResult<()> {
        self.in_tenant(tenant, |connection| {
            insert_user(connection, tenant, user)?;
            Ok(write_audit(connection, tenant, audit)?)
        })
    }

    fn find(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<User>> {
        let row = self.in_tenant(tenant, |connection| {
            let found = users_of(tenant).filter(users::id.eq(user.uuid()));
            Ok(found
                .select(UserRow::as_select())
                .first(connection)
                .optional()?)
        })?;
        row.map(UserRow::user).transpose()
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<User>> {
        let rows = self.in_tenant(tenant, |connection| {
            let sorted = users_of(tenant).order((users::is_active.desc(), users::name, users::id));
            Ok(sorted.select(UserRow::as_select()).load(connection)?)
        })?;
        rows.into_iter().map(UserRow::user).collect()
    }

    fn find_for_sign_in(&self, address_hash: &[u8; 32]) -> StoreResult<Option<SignInAccount>> {
        let found = self.connection()?.transaction(|connection| {
            let (tenant, user) = login_addresses::lead_to(connection, address_hash)?;
            let tenant = TenantId::from_uuid(tenant);
            enter_tenant(connection, tenant)?;
            let found = users_of(tenant)
                .filter(users::id.eq(user))
                .select((UserRow::as_select(), users::password_hash))
                .first::<(UserRow, String)>(connection)
                .optional()?;
            Ok::<_, TenantWorkError>(found.map(|found| (tenant, found)))
        });
        let account = |(tenant, (row, password_hash)): (TenantId, (UserRow, String))| {
            row.user().map(|user| SignInAccount {
                tenant,
                user,
                password_hash,
            })
        };
        found.map_err(StoreError::from)?.map(account).transpose()
    }

    fn password_hash(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<String>> {
        self.in_tenant(tenant, |connection| {
            let found = users_of(tenant).filter(users::id.eq(user.uuid()));
            Ok(found
                .select(users::password_hash)
                .first(connection)
                .optional()?)
        })
    }

    fn update(
        &self,
        tenant: TenantId,
        user: UserId,
        decide: &UserDecision<'_>,
    ) -> StoreResult<Option<Result<User, LastAdministrator>>> {
        self.in_tenant(tenant, |connection| {
            let Some(staff) = lock_staff(connection, tenant, user)? else {
                return Ok(None);
            };
            match decide(&staff) {
                Ok(change) => apply(connection, tenant, user, &change).map(|user| Some(Ok(user))),
                Err(refusal) => Ok(Some(Err(refusal))),
            }
        })
    }

    fn replace_password(
        &self,
        tenant: TenantId,
        user: UserId,
        change: &PasswordChange,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            let found = users_of(tenant).filter(users::id.eq(user.uuid()));
            let current: Option<String> = found
                .select(users::password_hash)
                .for_update()
                .first(connection)
                .optional()?;
            let replaced = current.filter(|current| {
                let expected = change.replaces.as_ref();
                expected.is_none_or(|expected| expected == current)
            });
            if replaced.is_none() {
                return Ok(false);
            }
            diesel::update(found)
                .set((
                    users::password_hash.eq(&change.hash),
                    users::updated_at.eq(audit.occurred_at),
                ))
                .execute(connection)?;
            end_sessions(connection, tenant, user, change.keeps)?;
            write_audit(connection, tenant, audit)?;
            Ok(true)
        })
    }
}
