use actix_web::ResponseError;
use actix_web::http::header;

use super::*;

fn every_failure() -> Vec<(Failure, u16, &'static str)> {
    let complaint = || Complaint::about("email", "is no address");
    vec![
        (Failure::Invalid(complaint()), 400, "invalid"),
        (Failure::SignedOut, 401, "signed-out"),
        (Failure::Forbidden, 403, "forbidden"),
        (Failure::ForeignForm, 403, "foreign-form"),
        (Failure::NotFound, 404, "not-found"),
        (Failure::WrongMethod, 405, "wrong-method"),
        (Failure::TooSlow, 408, "too-slow"),
        (Failure::Conflict(complaint()), 409, "conflict"),
        (Failure::Gone, 410, "gone"),
        (Failure::TooLarge, 413, "too-large"),
        (Failure::UnsupportedKind, 415, "unsupported-kind"),
        (Failure::Impossible(complaint()), 422, "impossible"),
        (
            Failure::TooMany {
                retry_after: Duration::from_secs(7),
            },
            429,
            "too-many",
        ),
        (Failure::unexpected("broken"), 500, "unexpected"),
        (StoreError::unavailable("away").into(), 503, "unavailable"),
        (
            Failure::NotKept(NotKept {
                retry_after: Duration::from_secs(2),
            }),
            503,
            "not-kept",
        ),
    ]
}

#[test]
fn every_failure_has_its_status_and_name() {
    for (failure, status, name) in every_failure() {
        assert_eq!(failure.status(), status, "{failure:?}");
        assert_eq!(failure.name(), name);
        assert_eq!(ApiError::from(failure).error_response().status(), status);
    }
}

#[test]
fn storage_errors_become_the_failure_that_the_caller_can_act_on() {
    let table = [
        (StoreError::unavailable("x"), 503),
        (StoreError::Duplicate("users_email".into()), 409),
        (StoreError::InUse("broadcasts".into()), 409),
        (StoreError::unexpected("x"), 500),
    ];
    for (error, status) in table {
        let text = error.to_string();
        assert_eq!(Failure::from(error).status(), status, "{text}");
    }
}

#[test]
fn waiting_is_named_where_it_helps() {
    for (failure, status, _) in every_failure() {
        let answer = ApiError::from(failure).error_response();
        let named = answer.headers().contains_key(header::RETRY_AFTER);
        assert_eq!(named, status == 429 || status == 503, "{status}");
    }
}

#[test]
fn every_failure_has_a_text_for_people_in_both_languages() {
    use crate::texts::{arguments, lookup};
    for (failure, _, name) in every_failure() {
        for locale in ::domain::tenancy::Locale::ALL {
            for part in ["title", "help"] {
                let key = format!("errors-{name}-{part}");
                assert!(
                    lookup(locale, &key, &arguments([])).is_some(),
                    "{key} {failure:?}"
                );
            }
        }
    }
}
