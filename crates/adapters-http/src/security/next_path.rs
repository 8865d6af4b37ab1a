//! Where to go after sign-in: a path of ours, never anybody else's (V-02).

use url::Url;

/// Where people go who asked for nothing else.
pub(crate) const HOME: &str = "/ui/dashboard";

/// `next` if it is a page of ours, else [`HOME`].
///
/// It is joined to an address of our own exactly as a browser would join it, so that whatever a
/// browser would take for another host is seen here too.
pub(crate) fn after_sign_in(next: Option<&str>) -> String {
    next.and_then(own_page).unwrap_or_else(|| HOME.to_owned())
}

fn own_page(next: &str) -> Option<String> {
    const OURS: &str = "http://ondo.invalid/";
    if !next.starts_with("/ui/") || next.contains('\\') || next.chars().any(char::is_control) {
        return None;
    }
    let base = Url::parse(OURS).ok()?;
    let joined = base.join(next).ok()?;
    let ours = joined.origin() == base.origin() && joined.path().starts_with("/ui/");
    ours.then(|| match joined.query() {
        Some(query) => format!("{}?{query}", joined.path()),
        None => joined.path().to_owned(),
    })
}

/// The address of the sign-in page that leads back to `next`.
pub(crate) fn sign_in_address(next: Option<&str>) -> String {
    match next.and_then(own_page) {
        Some(next) => {
            let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("/login?next={query}")
        }
        None => "/login".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // V-02
    #[test]
    fn an_evil_next_leads_home() {
        let evil = [
            "https://evil",
            "//evil",
            "/\\evil",
            "/%09/evil",
            "https:evil",
            "/ui/\\evil",
            "/ui/../../evil",
            "/ui/..//evil",
            "/ui/%2e%2e/%2e%2e/evil",
            "/ui/\t/evil",
            "/ui/\r\nLocation: https://evil",
            "javascript:alert(1)",
            " /ui/leads",
            "ui/leads",
            "/uix",
            "",
        ];
        for next in evil {
            assert_eq!(after_sign_in(Some(next)), HOME, "{next:?}");
            assert_eq!(sign_in_address(Some(next)), "/login", "{next:?}");
        }
        assert_eq!(after_sign_in(None), HOME);
    }

    #[test]
    fn a_page_of_ours_is_kept_with_its_query() {
        assert_eq!(
            after_sign_in(Some("/ui/leads?band=hot&page=2#x")),
            "/ui/leads?band=hot&page=2"
        );
        assert_eq!(
            sign_in_address(Some("/ui/leads?band=hot")),
            "/login?next=%2Fui%2Fleads%3Fband%3Dhot"
        );
    }
}
