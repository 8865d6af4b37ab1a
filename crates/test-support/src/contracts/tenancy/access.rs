use chrono::TimeDelta;
use domain::ids::UserId;
use domain::tenancy::{
    AuditAction, FailureCount, PasswordChange, Role, Scope, Session, SubjectHash, UserChange,
    random_256,
};

use crate::builders::tenancy::{at, audit_entry, new_api_token, new_session, new_user};

use super::TenancyPorts;

/// An open session is found with its tenant and user, and writes down the sign-in.
pub fn an_open_session_is_found_with_its_user(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let (new, secret) = new_session(tenant, administrator.user.id, at(2));
    let audit = audit_entry(AuditAction::USER_SIGNED_IN, at(2));
    assert!(ports.sessions.open(tenant, &new, "hash", &audit).unwrap());

    let mut user = administrator.user;
    user.last_signed_in_at = Some(at(2));
    let expected = Session {
        tenant: ports.tenants.find(tenant).unwrap().unwrap(),
        user,
        secret_hash: secret.hash(),
        csrf_token: "csrf".to_owned(),
        created_at: at(2),
        last_seen_at: at(2),
        expires_at: at(2) + TimeDelta::hours(12),
    };
    assert_eq!(
        ports.sessions.find(tenant, &secret.hash()).unwrap(),
        Some(expected)
    );
    assert_eq!(ports.actions(tenant)[0], AuditAction::USER_SIGNED_IN);

    let (other, _) = ports.found();
    assert_eq!(ports.sessions.find(other, &secret.hash()).unwrap(), None);
}

/// No session opens on a password that was changed while it was being verified, nor for nobody.
pub fn no_session_opens_on_an_old_password(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let change = PasswordChange {
        hash: "new".to_owned(),
        replaces: None,
        keeps: None,
    };
    let audit = audit_entry(AuditAction::PASSWORD_CHANGED, at(1));
    assert!(
        ports
            .users
            .replace_password(tenant, id, &change, &audit)
            .unwrap()
    );

    for user in [id, UserId::new()] {
        let (new, secret) = new_session(tenant, user, at(2));
        assert!(!ports.sessions.open(tenant, &new, "hash", &audit).unwrap());
        assert_eq!(ports.sessions.find(tenant, &secret.hash()).unwrap(), None);
    }
}

/// Somebody whose account is closed has no session and gets none.
pub fn a_closed_account_has_no_session(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let sales = new_user(Role::Sales);
    let audit = audit_entry(AuditAction::USER_CREATED, at(1));
    ports.users.create(tenant, &sales, &audit).unwrap();
    let secret = ports.open(tenant, sales.user.id, at(2)).unwrap();

    let closed = ports.users.update(tenant, sales.user.id, &|staff| {
        let mut edit = staff.user.edit();
        edit.is_active = false;
        // Even if the sessions were left: an inactive user has none.
        Ok(UserChange {
            edit,
            address_hash: None,
            ends_sessions: false,
            audit: audit_entry(AuditAction::USER_DEACTIVATED, at(3)),
        })
    });
    assert!(closed.unwrap().unwrap().is_ok());
    assert_eq!(ports.sessions.find(tenant, &secret).unwrap(), None);
    assert_eq!(ports.open(tenant, sales.user.id, at(4)), None);
}

/// A session ends at sign-out, and by time when it is cleared away.
pub fn a_session_ends_at_sign_out_and_by_time(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let open = |now| ports.open(tenant, administrator.user.id, now).unwrap();
    let (first, second, third) = (open(at(0)), open(at(0)), open(at(60)));

    assert!(ports.sessions.end(tenant, &first).unwrap());
    assert!(!ports.sessions.end(tenant, &first).unwrap());

    let half_a_day = at(0) + TimeDelta::hours(12);
    ports
        .sessions
        .touch(tenant, &third, at(70), half_a_day + TimeDelta::seconds(70))
        .unwrap();
    assert_eq!(
        ports.sessions.delete_expired(tenant, half_a_day).unwrap(),
        1
    );
    assert_eq!(ports.sessions.find(tenant, &second).unwrap(), None);
    let kept = ports.sessions.find(tenant, &third).unwrap().unwrap();
    assert_eq!((kept.created_at, kept.last_seen_at), (at(60), at(70)));
    assert_eq!(kept.expires_at, half_a_day + TimeDelta::seconds(70));
}

/// A token is found by its secret, in its own tenant, with its last use.
pub fn a_token_is_found_by_its_secret(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let (other, _) = ports.found();
    let (new, text) = new_api_token(tenant, &[Scope::LeadsRead, Scope::LeadsWrite], at(1));
    let audit = audit_entry(AuditAction::API_TOKEN_CREATED, at(1));
    ports.tokens.create(tenant, &new, &audit).unwrap();
    ports.tokens.touch(tenant, new.token.id, at(9)).unwrap();

    let mut expected = new.token;
    expected.last_used_at = Some(at(9));
    let found = ports.tokens.find_by_secret(tenant, &text.hash()).unwrap();
    assert_eq!(found, Some(expected.clone()));
    assert_eq!(ports.tokens.list(tenant).unwrap(), [expected]);
    assert_eq!(
        ports.tokens.find_by_secret(other, &text.hash()).unwrap(),
        None
    );
    assert_eq!(ports.actions(tenant)[0], AuditAction::API_TOKEN_CREATED);
}

/// A token is revoked once; the second time nothing is written.
pub fn a_token_is_revoked_once(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let (new, text) = new_api_token(tenant, &[Scope::LeadsRead], at(1));
    let created = audit_entry(AuditAction::API_TOKEN_CREATED, at(1));
    ports.tokens.create(tenant, &new, &created).unwrap();
    let (first, second) = (
        audit_entry(AuditAction::API_TOKEN_REVOKED, at(5)),
        audit_entry(AuditAction::API_TOKEN_REVOKED, at(6)),
    );
    assert!(ports.tokens.revoke(tenant, new.token.id, &first).unwrap());
    assert!(!ports.tokens.revoke(tenant, new.token.id, &second).unwrap());

    let found = ports
        .tokens
        .find_by_secret(tenant, &text.hash())
        .unwrap()
        .unwrap();
    assert_eq!(found.revoked_at, Some(at(5)));
    assert_eq!(ports.actions(tenant).len(), 3);
}

/// A count starts at none, is replaced as told, and is answered as it was before.
pub fn a_count_of_attempts_is_replaced_as_told(ports: &TenancyPorts<'_>) {
    let subject = SubjectHash(random_256());
    let one = FailureCount {
        failures: 1,
        last_failed_at: at(1),
        blocked_until: at(2),
    };
    let update = |to| ports.failures.recount(&subject, &move |_| to).unwrap();
    assert_eq!(update(one), FailureCount::NONE);
    assert_eq!(update(FailureCount::NONE), one);
    assert_eq!(update(one), FailureCount::NONE);
}

/// Counts nobody added to for long are deleted.
pub fn old_counts_of_attempts_are_deleted(ports: &TenancyPorts<'_>) {
    let (old, new) = (SubjectHash(random_256()), SubjectHash(random_256()));
    for (subject, failed_at) in [(old, at(-1000)), (new, at(-500))] {
        let count = FailureCount {
            failures: 3,
            last_failed_at: failed_at,
            blocked_until: failed_at,
        };
        ports.failures.recount(&subject, &|_| count).unwrap();
    }
    assert_eq!(ports.failures.delete_older(at(-500)).unwrap(), 1);
    let kept = ports.failures.recount(&new, &|count| *count).unwrap();
    assert_eq!(kept.failures, 3);
    let gone = ports.failures.recount(&old, &|count| *count).unwrap();
    assert_eq!(gone, FailureCount::NONE);
}
