//! Setting up, signing in, and what ends a session.

mod passwords;
mod people;
mod sign_in;
mod tokens;

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::leads::EmailAddress;
use domain::tenancy::{
    Actor, AuditAction, AuditLog, Installation, Locale, NewTenant, PasswordDesk, Role, Session,
    SetUp, SetUpError, SignIn, SignInAttempt, SignInError, SignedIn, User, UserDesk, UserDraft,
    authenticate_session, create_user, random_256, set_up, sign_in,
};
use test_support::builders::tenancy::at;
use test_support::in_memory::{InMemoryTenancy, ReadableHasher};

const ADMINISTRATOR: &str = "admin@example.jp";
const PASSWORD: &str = "温度を測る人は十人いる";

/// An installation in memory.
#[derive(Default)]
struct World {
    store: InMemoryTenancy,
    hasher: ReadableHasher,
}

fn digest(input: &[u8]) -> [u8; 32] {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a key of these tests");
    ring::hmac::sign(&key, input).as_ref().try_into().unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl World {
    /// An installation that is set up.
    fn new() -> (Self, NewTenant) {
        let world = Self::default();
        let new = world.set_up(PASSWORD).unwrap();
        (world, new)
    }

    fn set_up(&self, password: &str) -> Result<NewTenant, SetUpError> {
        let with = SetUp {
            tenants: &self.store,
            hasher: &self.hasher,
            digest: &digest,
            random: &random_256,
        };
        let installation = Installation {
            organisation: " 温度大学 ",
            time_zone: chrono_tz::Asia::Tokyo,
            locale: Locale::Ja,
            administrator: "管理 太郎",
            address: &address(ADMINISTRATOR),
            password,
        };
        set_up(&with, &installation, at(0))
    }

    fn sign_in(
        &self,
        attempt: &SignInAttempt<'_>,
        now: DateTime<Utc>,
    ) -> Result<SignedIn, SignInError> {
        let with = SignIn {
            users: &self.store,
            sessions: &self.store,
            failures: &self.store,
            hasher: &self.hasher,
            digest: &digest,
            random: &random_256,
        };
        sign_in(&with, attempt, now)
    }

    fn session(&self, signed_in: &SignedIn, now: DateTime<Utc>) -> Option<Session> {
        authenticate_session(&self.store, &signed_in.secret.cookie_value(), now).unwrap()
    }

    fn user_desk(&self) -> UserDesk<'_> {
        UserDesk {
            users: &self.store,
            hasher: &self.hasher,
            digest: &digest,
        }
    }

    fn password_desk(&self) -> PasswordDesk<'_> {
        PasswordDesk {
            users: &self.store,
            failures: &self.store,
            hasher: &self.hasher,
            digest: &digest,
        }
    }

    fn add(&self, tenant: TenantId, email: &str, role: Role) -> User {
        let draft = UserDraft {
            email: &address(email),
            name: "担当",
            role,
            locale: None,
            password: PASSWORD,
        };
        create_user(
            &self.user_desk(),
            tenant,
            &draft,
            Actor::system("test"),
            at(1),
        )
        .unwrap()
    }

    fn actions(&self, tenant: TenantId) -> Vec<AuditAction> {
        let entries = self.store.page(tenant, None, 100).unwrap();
        entries.into_iter().map(|entry| entry.action).collect()
    }
}

fn attempt<'a>(address: &'a str, password: &'a str) -> SignInAttempt<'a> {
    SignInAttempt {
        address,
        password,
        network: "192.0.2.0/24",
        user_agent: None,
        device: None,
    }
}

#[test]
fn whoever_sets_up_can_sign_in_as_administrator() {
    let (world, new) = World::new();
    assert_eq!(new.tenant.name, "温度大学");
    let signed_in = world
        .sign_in(&attempt("Admin@Example.jp ", PASSWORD), at(1))
        .unwrap();
    let session = world.session(&signed_in, at(2)).unwrap();
    assert_eq!(session.tenant, new.tenant);
    assert_eq!(session.user.role, Role::Admin);
    let expected = [AuditAction::USER_SIGNED_IN, AuditAction::TENANT_SET_UP];
    assert_eq!(world.actions(new.tenant.id), expected);
}

#[test]
fn an_installation_is_set_up_only_once() {
    let (world, _) = World::new();
    assert!(matches!(
        world.set_up(PASSWORD),
        Err(SetUpError::AlreadySetUp)
    ));
}

#[test]
fn a_weak_password_sets_nothing_up() {
    let world = World::default();
    assert!(matches!(
        world.set_up("short"),
        Err(SetUpError::Password(_))
    ));
    assert!(world.set_up(PASSWORD).is_ok());
}
