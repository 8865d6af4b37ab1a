use domain::ids::UserId;
use domain::tenancy::{Actor, AuditAction, PasswordChangeError, change_password, reset_password};
use test_support::builders::tenancy::at;

use super::{ADMINISTRATOR, PASSWORD, World, attempt};

const NEW_PASSWORD: &str = "それは新しい合言葉です";

// V-23
#[test]
fn a_changed_password_ends_every_other_session() {
    let (world, new) = World::new();
    let sign_in = || {
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(2))
            .unwrap()
    };
    let (here, elsewhere) = (sign_in(), sign_in());
    let session = world.session(&here, at(3)).unwrap();
    let desk = world.password_desk();
    change_password(&desk, &session, PASSWORD, NEW_PASSWORD, at(3)).unwrap();

    assert!(world.session(&here, at(4)).is_some());
    assert_eq!(world.session(&elsewhere, at(4)), None);
    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, NEW_PASSWORD), at(4))
            .is_ok()
    );
    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(4))
            .is_err()
    );
    assert!(
        world
            .actions(new.tenant.id)
            .contains(&AuditAction::PASSWORD_CHANGED)
    );
}

#[test]
fn a_wrong_password_changes_nothing_and_guessing_has_to_wait() {
    let (world, _) = World::new();
    let here = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(2))
        .unwrap();
    let session = world.session(&here, at(3)).unwrap();
    let desk = world.password_desk();
    for _ in 0..6 {
        let answer = change_password(&desk, &session, "wrong password", NEW_PASSWORD, at(3));
        assert!(
            matches!(answer, Err(PasswordChangeError::WrongPassword)),
            "{answer:?}"
        );
    }
    let answer = change_password(&desk, &session, PASSWORD, NEW_PASSWORD, at(3));
    assert!(
        matches!(answer, Err(PasswordChangeError::Throttled { .. })),
        "{answer:?}"
    );
    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(4))
            .is_ok()
    );
}

#[test]
fn a_weak_new_password_is_refused() {
    let (world, _) = World::new();
    let here = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(2))
        .unwrap();
    let session = world.session(&here, at(3)).unwrap();
    let answer = change_password(&world.password_desk(), &session, PASSWORD, "short", at(3));
    assert!(
        matches!(answer, Err(PasswordChangeError::Password(_))),
        "{answer:?}"
    );
}

#[test]
fn a_reset_password_ends_all_sessions() {
    let (world, new) = World::new();
    let (tenant, user) = (new.tenant.id, new.administrator.user.id);
    let here = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(2))
        .unwrap();
    let (desk, actor) = (world.password_desk(), Actor::system("command line"));
    reset_password(&desk, tenant, user, NEW_PASSWORD, actor.clone(), at(3)).unwrap();
    assert_eq!(world.session(&here, at(4)), None);
    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, NEW_PASSWORD), at(4))
            .is_ok()
    );

    let nobody = reset_password(&desk, tenant, UserId::new(), NEW_PASSWORD, actor, at(3));
    assert!(
        matches!(nobody, Err(PasswordChangeError::Unknown)),
        "{nobody:?}"
    );
}
