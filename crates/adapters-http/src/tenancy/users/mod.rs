//! The people who may sign in.

pub(super) mod create;
pub(super) mod edit;
pub(super) mod list;
pub(super) mod password;

use domain::tenancy::{Role, UserDesk};

use crate::state::AppState;

/// The names of all roles, for the choice of one.
fn roles() -> Vec<&'static str> {
    Role::ALL.into_iter().map(Role::as_str).collect()
}

/// Does something about people with the ports of the installation.
fn at_desk<T>(state: &AppState, work: impl FnOnce(&UserDesk<'_>) -> T) -> T {
    work(&UserDesk {
        users: &*state.ports.users,
        hasher: &state.passwords,
        digest: &|input| state.keys.lookup_hash(input),
    })
}
