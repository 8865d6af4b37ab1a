//! Names of databases, which tell their age.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// Begins the name of a test's database.
pub(crate) const TEST: &str = "ondo_test_";
/// Begins the name of a template.
pub(crate) const TEMPLATE: &str = "ondo_template_";

/// A name that no other process uses.
pub(crate) fn fresh_name(prefix: &str) -> String {
    format!("{prefix}{}", Uuid::now_v7().simple())
}

/// How long ago [`fresh_name`] gave `name`; `None` when it did not.
pub(crate) fn age(name: &str) -> Option<Duration> {
    let id = name
        .strip_prefix(TEST)
        .or_else(|| name.strip_prefix(TEMPLATE))?;
    let (seconds, _) = Uuid::try_parse(id).ok()?.get_timestamp()?.to_unix();
    let made = UNIX_EPOCH + Duration::from_secs(seconds);
    SystemTime::now().duration_since(made).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_age_and_foreign_names_tell_none() {
        assert!(age(&fresh_name(TEST)).unwrap() < Duration::from_secs(60));
        assert!(age(&fresh_name(TEMPLATE)).unwrap() < Duration::from_secs(60));
        let of_2023 = "ondo_test_018bcfe568007000800000000000000a";
        assert!(age(of_2023).unwrap() > Duration::from_secs(86_400));
        for foreign in ["ondo", "postgres", "ondo_test_mine", "production"] {
            assert_eq!(age(foreign), None);
        }
    }
}
