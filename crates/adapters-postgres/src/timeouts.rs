//! How long a silent network is waited for.

/// How soon a lost host or network is noticed, unless the URL says otherwise: a host that does not
/// take a connection, one that acknowledges nothing that was sent (`tcp_user_timeout`), and one that
/// is silent while it owes an answer. Without these Linux waits a quarter of an hour and more. A
/// server whose processes are stopped but whose kernel answers is not noticed: libpq has no limit
/// for that.
const TIMEOUTS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "10000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// The URL or keyword string with [`TIMEOUTS`] for what it does not say itself.
pub(crate) fn with_timeouts(url: &str) -> String {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme));
    let mut all = url.to_owned();
    for (name, value) in TIMEOUTS {
        if all.contains(&format!("{name}=")) {
            continue;
        }
        let separator = match (is_url, all.contains('?')) {
            (false, _) => ' ',
            (true, false) => '?',
            (true, true) => '&',
        };
        all.push_str(&format!("{separator}{name}={value}"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gets_the_timeouts_that_it_does_not_have() {
        let all = with_timeouts("postgres://ondo@db/ondo");
        assert!(all.starts_with("postgres://ondo@db/ondo?connect_timeout=5&tcp_user_timeout="));
        let own = with_timeouts("postgres://ondo@db/ondo?tcp_user_timeout=1&sslmode=require");
        assert_eq!(own.matches("tcp_user_timeout").count(), 1);
        assert!(own.contains("&keepalives_idle=5"));
        let keywords = with_timeouts("host=db dbname=ondo connect_timeout=9");
        assert!(keywords.starts_with("host=db dbname=ondo connect_timeout=9 tcp_user_timeout="));
    }
}
