//! What a person may see of a lead, and how foreign texts become safe to show.

use domain::leads::EmailAddress;
use domain::tenancy::Permission;
use serde::Serialize;
use url::{Url, form_urlencoded};

use crate::security::SignedIn;

/// Digits that make a telephone number worth a link.
const PHONE_DIGITS: usize = 6;

/// The address, masked for those who need not know it (A60).
pub(crate) fn address(me: &SignedIn, email: &EmailAddress) -> String {
    if me.can(Permission::SeeAddresses) {
        email.to_string()
    } else {
        email.masked()
    }
}

/// A telephone number.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Phone {
    text: String,
    /// `tel:…`, where it can be dialled.
    href: Option<String>,
}

impl Phone {
    /// The number, for those who may call.
    pub(crate) fn shown(me: &SignedIn, phone: Option<&str>) -> Option<Self> {
        let may_call = me.can(Permission::SeeAddresses);
        phone.filter(|_| may_call).map(Self::of)
    }

    fn of(text: &str) -> Self {
        let ascii = text.chars().map(narrow);
        let number: String = ascii.filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let digits = number.chars().filter(char::is_ascii_digit).count();
        let is_number = digits >= PHONE_DIGITS && !number.trim_start_matches('+').contains('+');
        Self {
            text: text.to_owned(),
            href: is_number.then(|| format!("tel:{number}")),
        }
    }
}

/// Full-width digits as Japanese keyboards type them.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '＋' => '+',
        other => other,
    }
}

/// The address of a page that somebody else wrote: always a text, a link only where it is of the
/// web (V-04).
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct WebLink {
    /// Host and path as people read them.
    text: String,
    /// The whole address, if it is of the web.
    href: Option<String>,
}

impl WebLink {
    pub(super) fn of(url: &str) -> Self {
        let web = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        let text = web.as_ref().and_then(|web| {
            let query = web.query().map(|query| format!("?{query}"));
            let path = readable(web.path());
            Some(format!(
                "{}{path}{}",
                web.host_str()?,
                query.unwrap_or_default()
            ))
        });
        Self {
            text: text.unwrap_or_else(|| url.to_owned()),
            href: web.map(String::from),
        }
    }
}

/// A path with its percent signs decoded: `/入試/要項`.
fn readable(path: &str) -> String {
    // What means something in forms only stays what it is.
    let plain = path
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let mut decoded = form_urlencoded::parse(plain.as_bytes());
    let text = decoded.next().map(|(name, _)| name.into_owned());
    text.filter(|text| !text.chars().any(char::is_control))
        .unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // V-04
    #[test]
    fn only_addresses_of_the_web_become_links() {
        for url in [
            "javascript:alert(1)//x",
            "data:text/html,x",
            "vbscript:x",
            "//evil",
            "x",
            "",
        ] {
            let link = WebLink::of(url);
            assert_eq!(link.href, None, "{url}");
            assert_eq!(link.text, url);
        }
        let link = WebLink::of("https://school.example/%E5%85%A5%E8%A9%A6/a+b?x=1");
        assert_eq!(link.text, "school.example/入試/a+b?x=1");
        let href = "https://school.example/%E5%85%A5%E8%A9%A6/a+b?x=1";
        assert_eq!(link.href.as_deref(), Some(href));
    }

    #[test]
    fn a_path_with_hidden_line_breaks_stays_encoded() {
        assert_eq!(
            WebLink::of("https://a.example/%0d%0aX").text,
            "a.example/%0d%0aX"
        );
    }

    #[test]
    fn a_number_that_can_be_dialled_is_a_link() {
        let href = |text| Phone::of(text).href;
        assert_eq!(
            href("０３-１２３４-5678").as_deref(),
            Some("tel:0312345678")
        );
        assert_eq!(
            href("+81 (3) 1234 5678").as_deref(),
            Some("tel:+81312345678")
        );
        assert_eq!(href("内線 12"), None);
        assert_eq!(href("javascript:alert(1)"), None);
    }
}
