//! The pages of a list, with addresses that keep the filters.

use actix_web::HttpRequest;
use serde::Serialize;
use url::form_urlencoded;

/// Rows on one page of a list.
pub(crate) const PER_PAGE: u32 = 50;
/// Nobody turns this many pages, and no storage should skip this many rows.
const LAST_PAGE: u32 = 2_000;

/// The pages of a list, for the component `pagination`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Pagination {
    total: u64,
    page: u32,
    last: u32,
    from: u64,
    to: u64,
    previous: Option<String>,
    next: Option<String>,
}

/// The page that was asked for, counted from 1, within what can be shown.
pub(crate) fn asked_page(page: Option<u32>) -> u32 {
    page.unwrap_or(1).clamp(1, LAST_PAGE)
}

/// Rows before that page.
fn offset(page: u32) -> u64 {
    u64::from(page - 1) * u64::from(PER_PAGE)
}

impl Pagination {
    /// The pages around `page` of a list with `total` rows, at the address of this request.
    pub(crate) fn of(request: &HttpRequest, page: u32, total: u64) -> Self {
        let rows = u64::from(PER_PAGE);
        let last = u32::try_from(total.div_ceil(rows))
            .unwrap_or(LAST_PAGE)
            .clamp(1, LAST_PAGE);
        let address = |page: u32| address(request, page);
        Self {
            total,
            page,
            last,
            from: (offset(page) + 1).min(total),
            to: (offset(page) + rows).min(total),
            previous: (page > 1).then(|| address(page.min(last + 1) - 1)),
            next: (page < last).then(|| address(page + 1)),
        }
    }
}

/// The address of the request with another page, everything else kept.
fn address(request: &HttpRequest, page: u32) -> String {
    let query = request.query_string().as_bytes();
    let kept = form_urlencoded::parse(query).filter(|(name, _)| name != "page");
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs
        .extend_pairs(kept)
        .append_pair("page", &page.to_string());
    format!("{}?{}", request.path(), pairs.finish())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn pages(uri: &str, page: u32, total: u64) -> Pagination {
        Pagination::of(&TestRequest::with_uri(uri).to_http_request(), page, total)
    }

    #[test]
    fn neighbouring_pages_keep_the_filters() {
        let pages = pages("/ui/leads?band=hot&page=2&q=%E4%BD%90%E8%97%A4", 2, 120);
        assert_eq!((pages.from, pages.to, pages.last), (51, 100, 3));
        let filters = "band=hot&q=%E4%BD%90%E8%97%A4";
        assert_eq!(pages.previous, Some(format!("/ui/leads?{filters}&page=1")));
        assert_eq!(pages.next, Some(format!("/ui/leads?{filters}&page=3")));
    }

    #[test]
    fn the_first_and_the_last_page_lead_no_further() {
        let only = pages("/ui/leads", 1, 50);
        assert_eq!((only.previous, only.next, only.last), (None, None, 1));
        let none = pages("/ui/leads", 1, 0);
        assert_eq!((none.from, none.to, none.next), (0, 0, None));
    }

    #[test]
    fn beyond_the_end_one_comes_back_to_the_last_page() {
        let beyond = pages("/ui/leads?page=9", 9, 60);
        assert_eq!(beyond.previous.as_deref(), Some("/ui/leads?page=2"));
        assert_eq!(beyond.next, None);
    }

    #[test]
    fn a_page_that_makes_no_sense_is_the_nearest_that_does() {
        assert_eq!(asked_page(None), 1);
        assert_eq!(asked_page(Some(0)), 1);
        assert_eq!(asked_page(Some(u32::MAX)), LAST_PAGE);
        assert_eq!(offset(3), 100);
    }
}
