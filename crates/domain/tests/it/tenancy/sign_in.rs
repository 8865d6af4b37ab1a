use chrono::TimeDelta;
use domain::tenancy::{
    Actor, Role, SessionStore, SignInAttempt, SignInError, authenticate_session, update_user,
};
use test_support::builders::tenancy::at;

use super::{ADMINISTRATOR, PASSWORD, World, attempt};

fn refused(world: &World, address: &str, password: &str) -> bool {
    let answer = world.sign_in(&attempt(address, password), at(10));
    matches!(answer, Err(SignInError::Refused))
}

/// Wrong guesses, one a second.
fn guess(world: &World, address: &str, seconds: std::ops::Range<i64>) {
    for n in seconds {
        let answer = world.sign_in(&attempt(address, "wrong password"), at(n));
        assert!(
            matches!(answer, Err(SignInError::Refused)),
            "{n}: {answer:?}"
        );
    }
}

// V-24
#[test]
fn unknown_known_and_closed_accounts_are_refused_alike_and_cost_the_same() {
    let (world, new) = World::new();
    let closed = world.add(new.tenant.id, "closed@example.jp", Role::Sales);
    let mut edit = closed.edit();
    edit.is_active = false;
    let (desk, actor) = (world.user_desk(), Actor::system("test"));
    update_user(&desk, new.tenant.id, closed.id, &edit, &actor, at(2)).unwrap();

    let attempts = [
        (ADMINISTRATOR, "wrong password"),
        ("nobody@example.jp", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
        ("closed@example.jp", PASSWORD),
    ];
    for (done, (address, password)) in attempts.into_iter().enumerate() {
        assert!(refused(&world, address, password), "{address}");
        assert_eq!(world.hasher.verified(), done + 1, "{address}");
    }
}

// V-19
#[test]
fn no_other_text_equals_the_password() {
    let (world, _) = World::new();
    for text in [
        "",
        "0",
        "0e462097431906509019562988736854",
        "{\"$ne\":\"\"}",
        "[]",
    ] {
        let answer = world.sign_in(&attempt(ADMINISTRATOR, text), at(0));
        assert!(matches!(answer, Err(SignInError::Refused)), "{text}");
    }
}

#[test]
fn the_seventh_guess_at_an_account_has_to_wait() {
    let (world, _) = World::new();
    guess(&world, ADMINISTRATOR, 10..16);
    let verified = world.hasher.verified();

    let answer = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(15))
        .unwrap_err();
    let SignInError::Throttled { retry_after } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(retry_after, TimeDelta::seconds(1));
    assert_eq!(
        world.hasher.verified(),
        verified,
        "the password was looked at"
    );

    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(16))
            .is_ok()
    );
    guess(&world, ADMINISTRATOR, 17..22);
}

#[test]
fn an_unknown_account_is_throttled_like_a_known_one() {
    let (world, _) = World::new();
    guess(&world, "nobody@example.jp", 10..16);
    let answer = world.sign_in(&attempt("nobody@example.jp", PASSWORD), at(15));
    assert!(
        matches!(answer, Err(SignInError::Throttled { .. })),
        "{answer:?}"
    );
}

#[test]
fn guesses_of_a_stranger_do_not_lock_out_a_known_device() {
    let (world, _) = World::new();
    let earlier = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
        .unwrap();
    guess(&world, ADMINISTRATOR, 10..16);

    let known = SignInAttempt {
        device: Some(&earlier.device),
        ..attempt(ADMINISTRATOR, PASSWORD)
    };
    assert!(world.sign_in(&known, at(15)).is_ok());

    // The device gets no more guesses than anybody else.
    let guess = SignInAttempt {
        password: "wrong password",
        ..known
    };
    for _ in 0..6 {
        assert!(matches!(
            world.sign_in(&guess, at(20)),
            Err(SignInError::Refused)
        ));
    }
    assert!(matches!(
        world.sign_in(&known, at(20)),
        Err(SignInError::Throttled { .. })
    ));
}

#[test]
fn a_network_that_tries_many_accounts_has_to_wait() {
    let (world, _) = World::new();
    for n in 0..20 {
        let address = format!("person{n}@example.jp");
        assert!(refused(&world, &address, "wrong password"), "{n}");
    }
    // Signing in with an account of one's own does not clear the count.
    assert!(
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(10))
            .is_ok()
    );
    assert!(refused(&world, "person20@example.jp", "wrong password"));
    let here = world.sign_in(&attempt("person21@example.jp", "wrong"), at(10));
    assert!(
        matches!(here, Err(SignInError::Throttled { .. })),
        "{here:?}"
    );

    let elsewhere = SignInAttempt {
        network: "198.51.100.0/24",
        ..attempt(ADMINISTRATOR, PASSWORD)
    };
    assert!(world.sign_in(&elsewhere, at(10)).is_ok());
}

#[test]
fn every_sign_in_has_secrets_of_its_own() {
    let (world, _) = World::new();
    let sign_in = || {
        world
            .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
            .unwrap()
    };
    let (first, second) = (sign_in(), sign_in());
    assert_ne!(first.secret, second.secret);
    assert_ne!(first.session.csrf_token, second.session.csrf_token);
    assert_ne!(first.device, second.device);
}

#[test]
fn a_session_slides_until_it_is_idle_for_twelve_hours() {
    let (world, _) = World::new();
    let signed_in = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
        .unwrap();
    let hours = |hours: i64| at(hours * 3600);
    assert!(world.session(&signed_in, hours(11)).is_some());
    assert!(world.session(&signed_in, hours(22)).is_some());
    assert!(world.session(&signed_in, hours(34)).is_none());
}

#[test]
fn a_session_ends_after_seven_days_of_use() {
    let (world, _) = World::new();
    let signed_in = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
        .unwrap();
    for hour in 0..168 {
        assert!(
            world.session(&signed_in, at(hour * 3600)).is_some(),
            "{hour}"
        );
    }
    assert!(world.session(&signed_in, at(168 * 3600)).is_none());
}

#[test]
fn the_use_of_a_session_is_written_down_once_a_minute() {
    let (world, new) = World::new();
    let signed_in = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
        .unwrap();
    let stored = |now| {
        world.session(&signed_in, now).unwrap();
        let hash = signed_in.secret.hash();
        let found = SessionStore::find(&world.store, new.tenant.id, &hash).unwrap();
        found.unwrap().last_seen_at
    };
    assert_eq!(stored(at(59)), at(0));
    assert_eq!(stored(at(60)), at(60));
    assert_eq!(stored(at(61)), at(60));
}

#[test]
fn a_cookie_that_is_not_ours_is_no_session() {
    let (world, _) = World::new();
    for cookie in ["", "abc", "00000000000000000000000000000000."] {
        assert_eq!(
            authenticate_session(&world.store, cookie, at(0)).unwrap(),
            None
        );
    }
}

#[test]
fn a_session_ends_at_sign_out() {
    let (world, new) = World::new();
    let signed_in = world
        .sign_in(&attempt(ADMINISTRATOR, PASSWORD), at(0))
        .unwrap();
    assert!(
        world
            .store
            .end(new.tenant.id, &signed_in.secret.hash())
            .unwrap()
    );
    assert_eq!(world.session(&signed_in, at(1)), None);
}
