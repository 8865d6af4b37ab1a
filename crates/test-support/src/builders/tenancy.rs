//! Tenants, users and what belongs to them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ApiTokenId, TenantId, UserId};
use domain::leads::EmailAddress;
use domain::tenancy::{
    Actor, ApiToken, ApiTokenText, AuditAction, AuditEntry, AuditTarget, Locale, NewApiToken,
    NewSession, NewTenant, NewUser, Role, Scope, SessionSecret, Tenant, User, expiry, random_256,
};

/// 2026-11-21 09:30 in Tokyo, and so many seconds.
#[must_use]
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_795_221_000 + seconds)
}

/// A tenant with its administrator.
#[must_use]
pub fn new_tenant(name: &str) -> NewTenant {
    let id = TenantId::new();
    NewTenant {
        tenant: Tenant {
            id,
            name: name.to_owned(),
            time_zone: chrono_tz::Asia::Tokyo,
            locale: Locale::Ja,
            webhook_key: id.uuid().simple().to_string(),
            created_at: at(0),
        },
        administrator: new_user(Role::Admin),
        audit: audit_entry(AuditAction::TENANT_SET_UP, at(0)),
    }
}

/// An active user with an address of their own and the password hash `hash`.
///
/// # Panics
/// Never: the address is valid.
#[must_use]
pub fn new_user(role: Role) -> NewUser {
    let id = UserId::new();
    let address = format!("{}@example.jp", id.uuid().simple());
    let mut address_hash = [0; 32];
    address_hash[..16].copy_from_slice(id.uuid().as_bytes());
    NewUser {
        user: User {
            id,
            email: EmailAddress::parse(&address).expect("this is an address"),
            name: format!("担当 {}", role.as_str()),
            role,
            locale: None,
            is_active: true,
            last_signed_in_at: None,
            created_at: at(0),
        },
        password_hash: "hash".to_owned(),
        address_hash,
    }
}

/// A line of the audit log about the tenant itself.
#[must_use]
pub fn audit_entry(action: AuditAction, now: DateTime<Utc>) -> AuditEntry {
    AuditEntry::new(
        Actor::system("test"),
        action,
        AuditTarget::all("tenant"),
        now,
    )
}

/// A session of this user, opened at `now`, and its secret.
#[must_use]
pub fn new_session(
    tenant: TenantId,
    user: UserId,
    now: DateTime<Utc>,
) -> (NewSession, SessionSecret) {
    let secret = SessionSecret::new(tenant, random_256());
    let session = NewSession {
        secret_hash: secret.hash(),
        user,
        csrf_token: "csrf".to_owned(),
        user_agent: Some("Mozilla/5.0".to_owned()),
        network: Some("192.0.2.0/24".to_owned()),
        created_at: now,
        expires_at: expiry(now, now),
    };
    (session, secret)
}

/// A token for these scopes, made at `now`, and its text.
#[must_use]
pub fn new_api_token(
    tenant: TenantId,
    scopes: &[Scope],
    now: DateTime<Utc>,
) -> (NewApiToken, ApiTokenText) {
    let token = ApiToken {
        id: ApiTokenId::new(),
        name: "CRM 連携".to_owned(),
        scopes: scopes.to_vec(),
        created_by: None,
        created_at: now,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    NewApiToken::issue(tenant, token, random_256())
}
