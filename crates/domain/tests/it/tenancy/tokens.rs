use domain::tenancy::{ApiAccess, ApiTokenStore, AuditAction, Scope, authenticate_api_token};
use test_support::builders::tenancy::{at, audit_entry, new_api_token};

use super::World;

#[test]
fn a_token_opens_its_own_tenant_until_it_is_revoked() {
    let (world, new) = World::new();
    let tenant = new.tenant.id;
    let (token, text) = new_api_token(tenant, &[Scope::LeadsRead], at(0));
    let audit = audit_entry(AuditAction::API_TOKEN_CREATED, at(0));
    world.store.create(tenant, &token, &audit).unwrap();
    let open = |now| authenticate_api_token(&world.store, &text.reveal(), now).unwrap();

    let ApiAccess {
        tenant: opened,
        token: access,
    } = open(at(5)).unwrap();
    assert_eq!(opened, tenant);
    assert!(access.allows(Scope::LeadsRead));
    assert!(!access.allows(Scope::LeadsWrite));

    let audit = audit_entry(AuditAction::API_TOKEN_REVOKED, at(6));
    assert!(world.store.revoke(tenant, token.token.id, &audit).unwrap());
    assert_eq!(open(at(6)), None);
}

#[test]
fn a_token_ends_at_its_expiry() {
    let (world, new) = World::new();
    let (mut token, text) = new_api_token(new.tenant.id, &[Scope::LeadsRead], at(0));
    token.token.expires_at = Some(at(100));
    let audit = audit_entry(AuditAction::API_TOKEN_CREATED, at(0));
    world.store.create(new.tenant.id, &token, &audit).unwrap();
    let open = |now| authenticate_api_token(&world.store, &text.reveal(), now).unwrap();
    assert!(open(at(99)).is_some());
    assert!(open(at(100)).is_none());
}

#[test]
fn the_use_of_a_token_is_written_down_once_a_minute() {
    let (world, new) = World::new();
    let (token, text) = new_api_token(new.tenant.id, &[Scope::LeadsRead], at(0));
    let audit = audit_entry(AuditAction::API_TOKEN_CREATED, at(0));
    world.store.create(new.tenant.id, &token, &audit).unwrap();
    let used = |now| {
        authenticate_api_token(&world.store, &text.reveal(), now)
            .unwrap()
            .unwrap();
        world
            .store
            .list(new.tenant.id)
            .unwrap()
            .remove(0)
            .last_used_at
    };
    assert_eq!(used(at(10)), Some(at(10)));
    assert_eq!(used(at(69)), Some(at(10)));
    assert_eq!(used(at(70)), Some(at(70)));
}

#[test]
fn a_text_that_is_no_token_of_ours_opens_nothing() {
    let (world, new) = World::new();
    let (_, unknown) = new_api_token(new.tenant.id, &[Scope::LeadsRead], at(0));
    for text in ["", "ondo_", "Bearer x", &unknown.reveal()] {
        assert_eq!(
            authenticate_api_token(&world.store, text, at(0)).unwrap(),
            None,
            "{text}"
        );
    }
}
