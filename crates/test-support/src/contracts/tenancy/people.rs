use domain::ids::{TenantId, UserId};
use domain::leads::EmailAddress;
use domain::store::StoreError;
use domain::tenancy::{
    AuditAction, LastAdministrator, Locale, NewUser, PasswordChange, Role, UserChange,
};

use crate::builders::tenancy::{at, audit_entry, new_user};

use super::TenancyPorts;

/// A user comes back as they were stored, by id, in the list and by the digest of their address.
pub fn a_user_comes_back_as_they_were_stored(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let mut new = new_user(Role::Sales);
    new.user.locale = Some(Locale::En);
    add(ports, tenant, &new);

    let id = new.user.id;
    assert_eq!(
        ports.users.find(tenant, id).unwrap(),
        Some(new.user.clone())
    );
    assert!(ports.users.list(tenant).unwrap().contains(&new.user));
    let hash = ports.users.password_hash(tenant, id).unwrap();
    assert_eq!(hash.as_deref(), Some("hash"));
    let account = ports
        .users
        .find_for_sign_in(&new.address_hash)
        .unwrap()
        .unwrap();
    assert_eq!((account.tenant, account.user), (tenant, new.user));
    assert_eq!(ports.users.find_for_sign_in(&[0xee; 32]).unwrap(), None);
}

/// One tenant's people are unknown to another.
pub fn people_are_known_to_their_own_tenant_only(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let (other, _) = ports.found();
    let id = administrator.user.id;
    assert!(ports.users.find(tenant, id).unwrap().is_some());
    assert_eq!(ports.users.find(other, id).unwrap(), None);
    assert_eq!(ports.users.password_hash(other, id).unwrap(), None);
}

/// A second account of one address is refused, and leaves no line in the log.
pub fn one_address_makes_one_account(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let mut twin = new_user(Role::Viewer);
    twin.address_hash = administrator.address_hash;
    let audit = audit_entry(AuditAction::USER_CREATED, at(1));

    let refused = ports.users.create(tenant, &twin, &audit).unwrap_err();
    assert!(matches!(refused, StoreError::Duplicate(_)), "{refused}");
    assert_eq!(ports.users.find(tenant, twin.user.id).unwrap(), None);
    assert_eq!(ports.actions(tenant), [AuditAction::TENANT_SET_UP]);
}

/// A decided change is stored whole: the user, their way in, their sessions and the log.
pub fn a_change_of_a_user_is_stored_whole(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let sales = new_user(Role::Sales);
    add(ports, tenant, &sales);
    let id = sales.user.id;
    let session = ports.open(tenant, id, at(2)).unwrap();

    let changed = ports.users.update(tenant, id, &|staff| {
        assert_eq!(staff.user.edit(), sales.user.edit());
        assert_eq!(staff.other_active_administrators, 1);
        let mut edit = staff.user.edit();
        edit.email = EmailAddress::parse("new@example.jp").unwrap();
        edit.name = "佐藤 花子".to_owned();
        edit.role = Role::Marketer;
        edit.locale = Some(Locale::En);
        edit.is_active = false;
        Ok(UserChange {
            edit,
            address_hash: Some(fresh_hash()),
            ends_sessions: true,
            audit: audit_entry(AuditAction::USER_CHANGED, at(5)),
        })
    });

    let changed = changed.unwrap().unwrap().unwrap();
    assert_eq!((changed.role, changed.is_active), (Role::Marketer, false));
    assert_eq!(
        (&*changed.name, changed.locale),
        ("佐藤 花子", Some(Locale::En))
    );
    assert_eq!(ports.users.find(tenant, id).unwrap(), Some(changed));
    assert_eq!(ports.sessions.find(tenant, &session).unwrap(), None);
    assert_eq!(
        ports.users.find_for_sign_in(&sales.address_hash).unwrap(),
        None
    );
    assert_eq!(ports.actions(tenant)[0], AuditAction::USER_CHANGED);
    assert!(administrator.user.is_active_administrator());
}

/// A new name alone ends no session and keeps the way in.
pub fn a_change_that_ends_no_session_ends_none(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let session = ports.open(tenant, id, at(2)).unwrap();
    let changed = ports.users.update(tenant, id, &|staff| {
        assert_eq!(staff.other_active_administrators, 0);
        Ok(UserChange {
            edit: staff.user.edit(),
            address_hash: None,
            ends_sessions: false,
            audit: audit_entry(AuditAction::USER_CHANGED, at(5)),
        })
    });
    assert!(changed.unwrap().unwrap().is_ok());
    assert!(ports.sessions.find(tenant, &session).unwrap().is_some());
    let account = ports
        .users
        .find_for_sign_in(&administrator.address_hash)
        .unwrap();
    assert!(account.is_some());
}

/// What the decision refuses changes nothing; of a user there is not, nothing is asked.
pub fn a_refused_change_changes_nothing(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let refused = ports
        .users
        .update(tenant, id, &|_| Err(LastAdministrator))
        .unwrap();
    assert_eq!(refused, Some(Err(LastAdministrator)));
    assert_eq!(
        ports.users.find(tenant, id).unwrap(),
        Some(administrator.user)
    );
    assert_eq!(ports.actions(tenant), [AuditAction::TENANT_SET_UP]);

    let nobody = ports
        .users
        .update(tenant, UserId::new(), &|_| panic!("asked about nobody"));
    assert_eq!(nobody.unwrap(), None);
}

/// An address that belongs to somebody else is refused, and nothing changes.
pub fn an_address_of_somebody_else_is_refused(ports: &TenancyPorts<'_>) {
    let (_, stranger) = ports.found();
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let refused = ports.users.update(tenant, id, &|staff| {
        let mut edit = staff.user.edit();
        edit.name = "別人".to_owned();
        Ok(UserChange {
            edit,
            address_hash: Some(stranger.address_hash),
            ends_sessions: true,
            audit: audit_entry(AuditAction::USER_CHANGED, at(5)),
        })
    });
    assert!(
        matches!(refused, Err(StoreError::Duplicate(_))),
        "{refused:?}"
    );
    assert_eq!(
        ports.users.find(tenant, id).unwrap(),
        Some(administrator.user)
    );
    assert_eq!(ports.actions(tenant), [AuditAction::TENANT_SET_UP]);
}

/// A new password ends every session but the one it was changed in (V-23).
pub fn a_new_password_ends_the_other_sessions(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let (here, elsewhere) = (
        ports.open(tenant, id, at(2)).unwrap(),
        ports.open(tenant, id, at(2)).unwrap(),
    );
    let change = PasswordChange {
        hash: "new".to_owned(),
        replaces: Some("hash".to_owned()),
        keeps: Some(here),
    };
    let audit = audit_entry(AuditAction::PASSWORD_CHANGED, at(5));
    assert!(
        ports
            .users
            .replace_password(tenant, id, &change, &audit)
            .unwrap()
    );

    assert!(ports.sessions.find(tenant, &here).unwrap().is_some());
    assert_eq!(ports.sessions.find(tenant, &elsewhere).unwrap(), None);
    let hash = ports.users.password_hash(tenant, id).unwrap();
    assert_eq!(hash.as_deref(), Some("new"));
    assert_eq!(ports.actions(tenant)[0], AuditAction::PASSWORD_CHANGED);
}

/// A password that was changed meanwhile is not replaced; a reset replaces any.
pub fn a_password_changed_meanwhile_is_not_replaced(ports: &TenancyPorts<'_>) {
    let (tenant, administrator) = ports.found();
    let id = administrator.user.id;
    let session = ports.open(tenant, id, at(2)).unwrap();
    let mut change = PasswordChange {
        hash: "new".to_owned(),
        replaces: Some("an older one".to_owned()),
        keeps: None,
    };
    let audit = audit_entry(AuditAction::PASSWORD_RESET, at(5));
    assert!(
        !ports
            .users
            .replace_password(tenant, id, &change, &audit)
            .unwrap()
    );
    assert!(ports.sessions.find(tenant, &session).unwrap().is_some());

    change.replaces = None;
    assert!(
        !ports
            .users
            .replace_password(tenant, UserId::new(), &change, &audit)
            .unwrap()
    );
    assert!(
        ports
            .users
            .replace_password(tenant, id, &change, &audit)
            .unwrap()
    );
    assert_eq!(ports.sessions.find(tenant, &session).unwrap(), None);
}

fn add(ports: &TenancyPorts<'_>, tenant: TenantId, new: &NewUser) {
    let audit = audit_entry(AuditAction::USER_CREATED, at(1));
    ports.users.create(tenant, new, &audit).unwrap();
}

fn fresh_hash() -> [u8; 32] {
    new_user(Role::Viewer).address_hash
}
