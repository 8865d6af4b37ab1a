//! Important pages (重要ページ): pages whose visit says more, such as 出願 or 資料請求. (A45, D4)

use std::borrow::Cow;

use super::PageUrl;

/// The tenant's list of path fragments; a page is important when its path contains one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportantPages(Vec<String>);

impl ImportantPages {
    /// The list in comparable form; empty fragments would match everything and are left out.
    pub fn new<T: AsRef<str>>(fragments: impl IntoIterator<Item = T>) -> Self {
        let comparable = |fragment: T| decoded(fragment.as_ref().trim()).to_lowercase();
        Self(
            fragments
                .into_iter()
                .map(comparable)
                .filter(|fragment| !fragment.is_empty())
                .collect(),
        )
    }

    /// Whether the page's path, percent-decoded, contains a fragment. Query and host never match.
    #[must_use]
    pub fn contain(&self, page: &PageUrl) -> bool {
        let path = decoded(page.path()).to_lowercase();
        self.0.iter().any(|fragment| path.contains(fragment))
    }
}

/// Percent-decoded text; what is no UTF-8 is replaced, because it cannot match a fragment anyway.
fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> ImportantPages {
        ImportantPages::new(["/apply", "/exam", "入試", "出願"])
    }

    fn important(url: &str) -> bool {
        pages().contain(&PageUrl::parse(url).unwrap())
    }

    #[test]
    fn a_page_is_important_when_its_path_contains_a_fragment() {
        // A42, A43, A45
        assert!(important("https://school.example/apply/step1"));
        assert!(important("https://school.example/ja/exam"));
        assert!(important("https://school.example/入試/要項"));
        assert!(important("https://school.example/%E5%87%BA%E9%A1%98"));
        assert!(important("https://school.example/APPLY"));
        assert!(!important("https://school.example/about"));
    }

    #[test]
    fn query_host_and_fragment_never_match() {
        // D4
        assert!(!important("https://school.example/?next=/apply"));
        assert!(!important("https://apply.example/"));
        assert!(!important("https://school.example/#/apply"));
    }

    #[test]
    fn an_empty_fragment_matches_nothing() {
        let pages = ImportantPages::new(["", "  "]);
        assert!(!pages.contain(&PageUrl::parse("https://school.example/apply").unwrap()));
    }

    #[test]
    fn a_fragment_may_be_written_percent_encoded() {
        let pages = ImportantPages::new(["/%E5%85%A5%E8%A9%A6"]);
        assert!(pages.contain(&PageUrl::parse("https://school.example/入試").unwrap()));
    }
}
