use domain::ids::{TenantId, UserId};
use domain::store::StoreResult;
use domain::tenancy::{
    AuditEntry, LastAdministrator, NewUser, PasswordChange, SecretHash, SignInAccount, Staff, User,
    UserChange, UserDecision, UserStore,
};

use super::{InMemoryTenancy, State};

impl State {
    fn staff(&self, tenant: TenantId, user: UserId) -> Option<Staff> {
        let others = self.users.iter().filter(|((owner, id), other)| {
            *owner == tenant && *id != user && other.user.is_active_administrator()
        });
        Some(Staff {
            user: self.users.get(&(tenant, user))?.user.clone(),
            other_active_administrators: others.count(),
        })
    }

    fn apply(&mut self, tenant: TenantId, user: UserId, change: &UserChange) -> StoreResult<()> {
        if let Some(hash) = &change.address_hash {
            self.refuse_taken(hash, user)?;
        }
        if let Some(stored) = self.users.get_mut(&(tenant, user)) {
            stored.user.email = change.edit.email.clone();
            stored.user.name.clone_from(&change.edit.name);
            stored.user.role = change.edit.role;
            stored.user.locale = change.edit.locale;
            stored.user.is_active = change.edit.is_active;
            stored.address_hash = change.address_hash.unwrap_or(stored.address_hash);
        }
        if change.ends_sessions {
            self.end_sessions(tenant, user, None);
        }
        self.log(tenant, &change.audit)?;
        Ok(())
    }

    fn end_sessions(&mut self, tenant: TenantId, user: UserId, kept: Option<SecretHash>) {
        self.sessions.retain(|(owner, secret), session| {
            *owner != tenant || session.new.user != user || Some(*secret) == kept
        });
    }
}

impl UserStore for InMemoryTenancy {
    fn create(&self, tenant: TenantId, user: &NewUser, audit: &AuditEntry) -> StoreResult<()> {
        let mut state = self.state();
        state.add_user(tenant, user)?;
        state.log(tenant, audit)?;
        Ok(())
    }

    fn find(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<User>> {
        let found = self.state().users.get(&(tenant, user)).cloned();
        Ok(found.map(|stored| stored.user))
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<User>> {
        let state = self.state();
        let of_tenant = state
            .users
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let mut users: Vec<_> = of_tenant.map(|(_, stored)| stored.user.clone()).collect();
        users.sort_by_key(|user| (!user.is_active, user.name.clone(), user.id));
        Ok(users)
    }

    fn find_for_sign_in(&self, address_hash: &[u8; 32]) -> StoreResult<Option<SignInAccount>> {
        let state = self.state();
        let mut users = state.users.iter();
        let found = users.find(|(_, stored)| stored.address_hash == *address_hash);
        Ok(found.map(|((tenant, _), stored)| SignInAccount {
            tenant: *tenant,
            user: stored.user.clone(),
            password_hash: stored.password_hash.clone(),
        }))
    }

    fn password_hash(&self, tenant: TenantId, user: UserId) -> StoreResult<Option<String>> {
        let found = self.state().users.get(&(tenant, user)).cloned();
        Ok(found.map(|stored| stored.password_hash))
    }

    fn update(
        &self,
        tenant: TenantId,
        user: UserId,
        decide: &UserDecision<'_>,
    ) -> StoreResult<Option<Result<User, LastAdministrator>>> {
        let mut state = self.state();
        let Some(staff) = state.staff(tenant, user) else {
            return Ok(None);
        };
        match decide(&staff) {
            Err(refusal) => Ok(Some(Err(refusal))),
            Ok(change) => {
                state.apply(tenant, user, &change)?;
                Ok(state.staff(tenant, user).map(|staff| Ok(staff.user)))
            }
        }
    }

    fn replace_password(
        &self,
        tenant: TenantId,
        user: UserId,
        change: &PasswordChange,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state.users.get_mut(&(tenant, user)).filter(|stored| {
            let expected = change.replaces.as_ref();
            expected.is_none_or(|expected| *expected == stored.password_hash)
        });
        let Some(stored) = found else {
            return Ok(false);
        };
        stored.password_hash.clone_from(&change.hash);
        state.end_sessions(tenant, user, change.keeps);
        state.log(tenant, audit)?;
        Ok(true)
    }
}
