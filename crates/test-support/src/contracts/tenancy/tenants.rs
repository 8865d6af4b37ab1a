use chrono_tz::Europe;
use domain::ids::TenantId;
use domain::store::StoreError;
use domain::tenancy::{AuditAction, Locale, TenantSettings};

use crate::builders::tenancy::{at, audit_entry, new_tenant};

use super::TenancyPorts;

/// A tenant comes back as it was stored, by id, by webhook key and in the list.
pub fn a_tenant_comes_back_as_it_was_stored(ports: &TenancyPorts<'_>) {
    let new = new_tenant("温度大学");
    ports.tenants.create(&new).unwrap();

    let tenant = new.tenant;
    assert_eq!(ports.tenants.find(tenant.id).unwrap(), Some(tenant.clone()));
    let by_key = ports
        .tenants
        .find_by_webhook_key(&tenant.webhook_key)
        .unwrap();
    assert_eq!(by_key, Some(tenant.clone()));
    assert!(ports.tenants.list().unwrap().contains(&tenant));
    assert_eq!(
        ports.users.list(tenant.id).unwrap(),
        [new.administrator.user]
    );
    assert_eq!(ports.actions(tenant.id), [AuditAction::TENANT_SET_UP]);
    assert_eq!(ports.tenants.find(TenantId::new()).unwrap(), None);
    assert_eq!(ports.tenants.find_by_webhook_key("?").unwrap(), None);
}

/// Only the first set-up makes a tenant; a later one leaves nothing behind.
pub fn only_the_first_set_up_makes_a_tenant(ports: &TenancyPorts<'_>) {
    assert!(!ports.tenants.is_set_up().unwrap());
    let first = new_tenant("一番");
    assert!(ports.tenants.create_first(&first).unwrap());
    assert!(ports.tenants.is_set_up().unwrap());

    let second = new_tenant("二番");
    assert!(!ports.tenants.create_first(&second).unwrap());
    assert_eq!(ports.tenants.list().unwrap(), [first.tenant]);
    assert_eq!(ports.users.list(second.tenant.id).unwrap(), []);
}

/// An address signs in to one tenant only; a tenant whose administrator's address is taken is not
/// stored at all.
pub fn an_address_belongs_to_one_tenant(ports: &TenancyPorts<'_>) {
    let (_, taken) = ports.found();
    let mut new = new_tenant("別の大学");
    new.administrator.address_hash = taken.address_hash;

    let refused = ports.tenants.create(&new).unwrap_err();
    assert!(matches!(refused, StoreError::Duplicate(_)), "{refused}");
    assert_eq!(ports.tenants.find(new.tenant.id).unwrap(), None);
}

/// New settings are stored with their line in the log, and only of a tenant that there is.
pub fn settings_change_together_with_the_log(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let settings = TenantSettings {
        name: "Ondo e.V.".to_owned(),
        time_zone: Europe::Berlin,
        locale: Locale::En,
    };
    let audit = audit_entry(AuditAction::TENANT_CHANGED, at(10));
    assert!(
        ports
            .tenants
            .change_settings(tenant, &settings, &audit)
            .unwrap()
    );

    let stored = ports.tenants.find(tenant).unwrap().unwrap();
    assert_eq!(stored.settings(), settings);
    let expected = [AuditAction::TENANT_CHANGED, AuditAction::TENANT_SET_UP];
    assert_eq!(ports.actions(tenant), expected);

    let nobody = TenantId::new();
    assert!(
        !ports
            .tenants
            .change_settings(nobody, &settings, &audit)
            .unwrap()
    );
}

/// The log is read in pages from newest to oldest, without gaps, repeats or strangers' lines.
pub fn the_log_is_read_page_by_page(ports: &TenancyPorts<'_>) {
    let (tenant, _) = ports.found();
    let (other, _) = ports.found();
    // Two lines a moment, so that the time alone does not order them.
    let entries: Vec<_> = (0..10)
        .map(|n| audit_entry(AuditAction::new("export.made"), at(100 + n / 2)).with_detail("CSV"))
        .collect();
    for entry in &entries {
        ports.audit.append(tenant, entry).unwrap();
    }

    let mut read = Vec::new();
    let mut cursor = None;
    loop {
        let page = ports.audit.page(tenant, cursor, 3).unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some(last.cursor());
        read.extend(page);
    }
    let mut expected = entries;
    expected.sort_by_key(|entry| std::cmp::Reverse(entry.cursor()));
    assert_eq!(read.len(), 11);
    assert_eq!(read[..10], expected);
    assert_eq!(ports.actions(other), [AuditAction::TENANT_SET_UP]);
}
