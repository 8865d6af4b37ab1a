//! What the ports of [`domain::tenancy`] promise. Each contract makes tenants of its own.

mod access;
mod people;
mod tenants;

pub use access::*;
pub use people::*;
pub use tenants::*;

use chrono::{DateTime, Utc};
use domain::ids::{TenantId, UserId};
use domain::tenancy::{
    ApiTokenStore, AuditAction, AuditLog, NewUser, SecretHash, SessionStore, SignInFailures,
    TenantStore, UserStore,
};

use crate::builders::tenancy::{audit_entry, new_session, new_tenant};

/// The ports of tenancy over one and the same storage.
#[derive(Clone, Copy)]
pub struct TenancyPorts<'a> {
    /// The tenants.
    pub tenants: &'a dyn TenantStore,
    /// The people.
    pub users: &'a dyn UserStore,
    /// Their sessions.
    pub sessions: &'a dyn SessionStore,
    /// The tokens of programs.
    pub tokens: &'a dyn ApiTokenStore,
    /// The counts of attempts.
    pub failures: &'a dyn SignInFailures,
    /// The audit log.
    pub audit: &'a dyn AuditLog,
}

impl<'a> TenancyPorts<'a> {
    /// All ports of one storage.
    pub fn of<S>(storage: &'a S) -> Self
    where
        S: TenantStore + UserStore + SessionStore + ApiTokenStore + SignInFailures + AuditLog,
    {
        Self {
            tenants: storage,
            users: storage,
            sessions: storage,
            tokens: storage,
            failures: storage,
            audit: storage,
        }
    }

    fn found(&self) -> (TenantId, NewUser) {
        let new = new_tenant("温度大学");
        self.tenants.create(&new).expect("a tenant");
        (new.tenant.id, new.administrator)
    }

    /// A session of a user whose password hash is `hash`, if they get one.
    fn open(&self, tenant: TenantId, user: UserId, now: DateTime<Utc>) -> Option<SecretHash> {
        let (session, secret) = new_session(tenant, user, now);
        let audit = audit_entry(AuditAction::USER_SIGNED_IN, now);
        let opened = self.sessions.open(tenant, &session, "hash", &audit);
        opened.expect("an answer").then(|| secret.hash())
    }

    fn actions(&self, tenant: TenantId) -> Vec<AuditAction> {
        let entries = self.audit.page(tenant, None, 100).expect("the log");
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

/// Makes a test of each contract of tenancy. `$on_storage` is a function that takes a closure and
/// calls it with the [`TenancyPorts`] of an empty storage.
#[macro_export]
macro_rules! tenancy_contracts {
    ($on_storage:path) => {
        $crate::tenancy_contracts! { $on_storage:
            a_tenant_comes_back_as_it_was_stored,
            only_the_first_set_up_makes_a_tenant,
            an_address_belongs_to_one_tenant,
            settings_change_together_with_the_log,
            the_log_is_read_page_by_page,
            a_user_comes_back_as_they_were_stored,
            people_are_known_to_their_own_tenant_only,
            one_address_makes_one_account,
            a_change_of_a_user_is_stored_whole,
            a_change_that_ends_no_session_ends_none,
            a_refused_change_changes_nothing,
            an_address_of_somebody_else_is_refused,
            a_new_password_ends_the_other_sessions,
            a_password_changed_meanwhile_is_not_replaced,
            an_open_session_is_found_with_its_user,
            no_session_opens_on_an_old_password,
            a_closed_account_has_no_session,
            a_session_ends_at_sign_out_and_by_time,
            a_token_is_found_by_its_secret,
            a_token_is_revoked_once,
            a_count_of_attempts_is_replaced_as_told,
            old_counts_of_attempts_are_deleted,
        }
    };
    ($on_storage:path: $($contract:ident,)*) => {$(
        #[test]
        fn $contract() {
            $on_storage(|ports| $crate::contracts::tenancy::$contract(ports));
        }
    )*};
}
