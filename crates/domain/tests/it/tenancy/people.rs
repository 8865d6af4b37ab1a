use domain::ids::UserId;
use domain::tenancy::{
    Actor, AuditAction, AuditLog, Role, SignInError, User, UserDraft, UserEdit, UserError,
    create_user, update_user,
};
use test_support::builders::tenancy::at;

use super::{ADMINISTRATOR, PASSWORD, World, address, attempt};

/// Changes a user and answers how many of their two sessions are left.
fn sessions_after(change: impl FnOnce(&mut UserEdit)) -> usize {
    let (world, new) = World::new();
    let sales = world.add(new.tenant.id, "sales@example.jp", Role::Sales);
    let sign_in = || {
        world
            .sign_in(&attempt("sales@example.jp", PASSWORD), at(2))
            .unwrap()
    };
    let sessions = [sign_in(), sign_in()];
    let mut edit = sales.edit();
    change(&mut edit);
    let (desk, actor) = (world.user_desk(), Actor::system("test"));
    update_user(&desk, new.tenant.id, sales.id, &edit, &actor, at(3)).unwrap();
    let left = sessions
        .iter()
        .filter(|session| world.session(session, at(4)).is_some());
    left.count()
}

// V-23
#[test]
fn a_new_role_address_or_state_ends_all_sessions() {
    assert_eq!(sessions_after(|edit| edit.role = Role::Viewer), 0);
    assert_eq!(
        sessions_after(|edit| edit.email = address("new@example.jp")),
        0
    );
    assert_eq!(sessions_after(|edit| edit.is_active = false), 0);
    assert_eq!(sessions_after(|edit| edit.name = "佐藤".to_owned()), 2);
}

#[test]
fn a_new_address_signs_in_and_the_old_one_does_not() {
    let (world, new) = World::new();
    let sales = world.add(new.tenant.id, "sales@example.jp", Role::Sales);
    let mut edit = sales.edit();
    edit.email = address("new@example.jp");
    let (desk, actor) = (world.user_desk(), Actor::system("test"));
    update_user(&desk, new.tenant.id, sales.id, &edit, &actor, at(3)).unwrap();
    assert!(
        world
            .sign_in(&attempt("new@example.jp", PASSWORD), at(4))
            .is_ok()
    );
    let old = world.sign_in(&attempt("sales@example.jp", PASSWORD), at(4));
    assert!(matches!(old, Err(SignInError::Refused)));
}

fn change_administrator(
    world: &World,
    administrator: &User,
    change: impl FnOnce(&mut UserEdit),
) -> Result<User, UserError> {
    let tenant = domain::tenancy::TenantStore::list(&world.store).unwrap()[0].id;
    let mut edit = administrator.edit();
    change(&mut edit);
    let actor = Actor::user(administrator);
    update_user(
        &world.user_desk(),
        tenant,
        administrator.id,
        &edit,
        &actor,
        at(3),
    )
}

#[test]
fn the_last_administrator_stays() {
    let (world, new) = World::new();
    let administrator = &new.administrator.user;
    world.add(new.tenant.id, "sales@example.jp", Role::Sales);
    let demoted = change_administrator(&world, administrator, |edit| edit.role = Role::Viewer);
    assert!(
        matches!(demoted, Err(UserError::LastAdministrator(_))),
        "{demoted:?}"
    );
    let closed = change_administrator(&world, administrator, |edit| edit.is_active = false);
    assert!(
        matches!(closed, Err(UserError::LastAdministrator(_))),
        "{closed:?}"
    );

    world.add(new.tenant.id, "second@example.jp", Role::Admin);
    let demoted = change_administrator(&world, administrator, |edit| edit.role = Role::Viewer);
    assert_eq!(demoted.unwrap().role, Role::Viewer);
}

#[test]
fn the_log_says_what_changed_about_somebody() {
    let (world, new) = World::new();
    let sales = world.add(new.tenant.id, "sales@example.jp", Role::Sales);
    let mut edit = sales.edit();
    edit.role = Role::Viewer;
    edit.name = " 佐藤 ".to_owned();
    let actor = Actor::user(&new.administrator.user);
    update_user(
        &world.user_desk(),
        new.tenant.id,
        sales.id,
        &edit,
        &actor,
        at(3),
    )
    .unwrap();

    let entry = world.store.page(new.tenant.id, None, 1).unwrap().remove(0);
    assert_eq!(entry.action, AuditAction::USER_CHANGED);
    assert_eq!(entry.actor, actor);
    assert_eq!(
        entry.detail.as_deref(),
        Some("name: 担当 → 佐藤, role: sales → viewer")
    );
}

#[test]
fn a_draft_that_cannot_be_a_user_is_refused() {
    let (world, new) = World::new();
    let taken = address(ADMINISTRATOR);
    let free = address("free@example.jp");
    let draft = |email, name, password| {
        let draft = UserDraft {
            email,
            name,
            role: Role::Sales,
            locale: None,
            password,
        };
        let (desk, actor) = (world.user_desk(), Actor::system("test"));
        create_user(&desk, new.tenant.id, &draft, actor, at(1)).unwrap_err()
    };
    assert!(matches!(
        draft(&taken, "担当", PASSWORD),
        UserError::AddressTaken
    ));
    assert!(matches!(
        draft(&free, "　", PASSWORD),
        UserError::NameMissing
    ));
    assert!(matches!(
        draft(&free, "担当", "short"),
        UserError::Password(_)
    ));
}

#[test]
fn nobody_else_is_changed_in_place_of_an_unknown_user() {
    let (world, new) = World::new();
    let edit = new.administrator.user.edit();
    let (desk, actor) = (world.user_desk(), Actor::system("test"));
    let answer = update_user(&desk, new.tenant.id, UserId::new(), &edit, &actor, at(3));
    assert!(matches!(answer, Err(UserError::Unknown)), "{answer:?}");
}
