//! Whom staff notices go to.

use crate::ids::UserId;
use crate::tenancy::{Role, User};

/// Whom a notice goes to: whom the step names, else whoever looks after the lead, else every
/// marketer, else every administrator. People whose account is closed are told nothing.
#[must_use]
pub fn recipients(users: &[User], wanted: Option<UserId>, owner: Option<UserId>) -> Vec<&User> {
    let one = |id: UserId| users.iter().find(|user| user.id == id && user.is_active);
    match wanted.and_then(one).or_else(|| owner.and_then(one)) {
        Some(user) => vec![user],
        None => marketers(users),
    }
}

/// Those who mend campaigns: every marketer, else every administrator.
#[must_use]
pub fn marketers(users: &[User]) -> Vec<&User> {
    let with = |role: Role| -> Vec<&User> {
        let active = users.iter().filter(|user| user.is_active);
        active.filter(|user| user.role == role).collect()
    };
    let found = with(Role::Marketer);
    if found.is_empty() {
        with(Role::Admin)
    } else {
        found
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::leads::EmailAddress;

    fn user(role: Role, is_active: bool) -> User {
        User {
            id: UserId::new(),
            email: EmailAddress::parse("aoki@example.jp").unwrap(),
            name: "青木".to_owned(),
            role,
            locale: None,
            is_active,
            last_signed_in_at: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn ids(users: Vec<&User>) -> Vec<UserId> {
        users.into_iter().map(|user| user.id).collect()
    }

    #[test]
    fn a_notice_goes_to_whom_it_names_then_to_the_owner_then_to_the_marketers() {
        let [admin, one, other, sales] =
            [Role::Admin, Role::Marketer, Role::Marketer, Role::Sales].map(|role| user(role, true));
        let (one_id, other_id, sales_id) = (one.id, other.id, sales.id);
        let all = [admin, one, other, sales];
        let to = |wanted, owner| ids(recipients(&all, wanted, owner));
        assert_eq!(to(Some(sales_id), Some(one_id)), [sales_id]);
        assert_eq!(to(None, Some(sales_id)), [sales_id]);
        assert_eq!(to(None, None), [one_id, other_id]);
        assert_eq!(to(Some(UserId::new()), None), [one_id, other_id]);
    }

    #[test]
    fn a_closed_account_is_told_nothing() {
        let [gone, admin] = [user(Role::Marketer, false), user(Role::Admin, true)];
        let (gone_id, admin_id) = (gone.id, admin.id);
        let all = [gone, admin];
        assert_eq!(ids(recipients(&all, Some(gone_id), None)), [admin_id]);
    }
}
