use chrono::{DateTime, Utc};
use domain::ids::{ApiTokenId, TenantId};
use domain::store::StoreResult;
use domain::tenancy::{
    ApiToken, ApiTokenStore, AuditEntry, CountChange, FailureCount, NewApiToken, NewSession,
    SecretHash, Session, SessionStore, SignInFailures, SubjectHash,
};

use super::{InMemoryTenancy, StoredSession};

impl SessionStore for InMemoryTenancy {
    fn open(
        &self,
        tenant: TenantId,
        session: &NewSession,
        verified_hash: &str,
        audit: &AuditEntry,
    ) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state
            .users
            .get_mut(&(tenant, session.user))
            .filter(|stored| stored.user.is_active && stored.password_hash == verified_hash);
        let Some(stored) = found else {
            return Ok(false);
        };
        stored.user.last_signed_in_at = Some(session.created_at);
        let stored = StoredSession {
            new: session.clone(),
            last_seen_at: session.created_at,
        };
        state.sessions.insert((tenant, session.secret_hash), stored);
        state.log(tenant, audit)?;
        Ok(true)
    }

    fn find(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<Option<Session>> {
        let state = self.state();
        let find = || {
            let stored = state.sessions.get(&(tenant, *secret))?;
            let user = &state.users.get(&(tenant, stored.new.user))?.user;
            user.is_active.then_some(())?;
            Some(Session {
                tenant: state.tenants.get(&tenant)?.clone(),
                user: user.clone(),
                secret_hash: *secret,
                csrf_token: stored.new.csrf_token.clone(),
                created_at: stored.new.created_at,
                last_seen_at: stored.last_seen_at,
                expires_at: stored.new.expires_at,
            })
        };
        Ok(find())
    }

    fn touch(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
        seen_at: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> StoreResult<()> {
        if let Some(stored) = self.state().sessions.get_mut(&(tenant, *secret)) {
            stored.last_seen_at = seen_at;
            stored.new.expires_at = expires_at;
        }
        Ok(())
    }

    fn end(&self, tenant: TenantId, secret: &SecretHash) -> StoreResult<bool> {
        Ok(self.state().sessions.remove(&(tenant, *secret)).is_some())
    }

    fn delete_expired(&self, tenant: TenantId, now: DateTime<Utc>) -> StoreResult<usize> {
        let sessions = &mut self.state().sessions;
        let before = sessions.len();
        sessions.retain(|(owner, _), stored| *owner != tenant || now < stored.new.expires_at);
        Ok(before - sessions.len())
    }
}

impl ApiTokenStore for InMemoryTenancy {
    fn create(&self, tenant: TenantId, token: &NewApiToken, audit: &AuditEntry) -> StoreResult<()> {
        let mut state = self.state();
        state.tokens.insert((tenant, token.token.id), token.clone());
        state.log(tenant, audit)?;
        Ok(())
    }

    fn list(&self, tenant: TenantId) -> StoreResult<Vec<ApiToken>> {
        let state = self.state();
        let of_tenant = state
            .tokens
            .iter()
            .filter(|((owner, _), _)| *owner == tenant);
        let mut tokens: Vec<_> = of_tenant.map(|(_, stored)| stored.token.clone()).collect();
        tokens.sort_by_key(|token| std::cmp::Reverse((token.created_at, token.id)));
        Ok(tokens)
    }

    fn find_by_secret(
        &self,
        tenant: TenantId,
        secret: &SecretHash,
    ) -> StoreResult<Option<ApiToken>> {
        let state = self.state();
        let mut tokens = state.tokens.iter();
        let found =
            tokens.find(|((owner, _), stored)| *owner == tenant && stored.secret_hash == *secret);
        Ok(found.map(|(_, stored)| stored.token.clone()))
    }

    fn touch(
        &self,
        tenant: TenantId,
        token: ApiTokenId,
        used_at: DateTime<Utc>,
    ) -> StoreResult<()> {
        if let Some(stored) = self.state().tokens.get_mut(&(tenant, token)) {
            stored.token.last_used_at = Some(used_at);
        }
        Ok(())
    }

    fn revoke(&self, tenant: TenantId, token: ApiTokenId, audit: &AuditEntry) -> StoreResult<bool> {
        let mut state = self.state();
        let found = state.tokens.get_mut(&(tenant, token));
        let Some(stored) = found.filter(|stored| stored.token.revoked_at.is_none()) else {
            return Ok(false);
        };
        stored.token.revoked_at = Some(audit.occurred_at);
        state.log(tenant, audit)?;
        Ok(true)
    }
}

impl SignInFailures for InMemoryTenancy {
    fn recount(
        &self,
        subject: &SubjectHash,
        change: &CountChange<'_>,
    ) -> StoreResult<FailureCount> {
        let mut state = self.state();
        let before = state
            .failures
            .get(subject)
            .copied()
            .unwrap_or(FailureCount::NONE);
        let after = change(&before);
        if after == FailureCount::NONE {
            state.failures.remove(subject);
        } else {
            state.failures.insert(*subject, after);
        }
        Ok(before)
    }

    fn delete_older(&self, than: DateTime<Utc>) -> StoreResult<usize> {
        let failures = &mut self.state().failures;
        let before = failures.len();
        failures.retain(|_, count| count.last_failed_at >= than);
        Ok(before - failures.len())
    }
}
