//! The interface's scripts, styles and the site tag, built by npm and embedded.
//!
//! Every file but `tag.js` carries a hash of its content in its name. Templates ask
//! [`hashed`] for the name, requests are answered from [`asset`].

mod embedded;

use std::borrow::Cow;

/// One file to serve, with what its HTTP answer needs.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The content, uncompressed.
    pub body: Cow<'static, [u8]>,
    /// The content with `Content-Encoding: br`, where that is smaller.
    pub brotli: Option<Cow<'static, [u8]>>,
    /// The content with `Content-Encoding: gzip`, where that is smaller.
    pub gzip: Option<Cow<'static, [u8]>>,
    /// The `Content-Type`, with the character set for text.
    pub content_type: &'static str,
    /// A strong validator of `body`, in quotes (RFC 9110, 8.8.3). The compressed
    /// forms are other representations, and need one of their own.
    pub etag: String,
    /// Whether the content behind this path never changes, so that the answer may
    /// carry `Cache-Control: public, max-age=31536000, immutable` (RFC 8246).
    pub immutable: bool,
}

/// The file behind a path such as `app-DSXNRJOA.js` or `fonts/x-AB12.woff2`, as it
/// follows `/assets/`. `None` for everything that the build did not write.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    embedded::asset(path)
}

/// The hashed name of a source file: `hashed("app.js")` is `app-DSXNRJOA.js`.
///
/// The names are `app.js`, `dashboard.js`, `seen.js`, `theme.js`, `app.css`, `icons.svg`,
/// `favicon.svg` and `tag.js`.
#[must_use]
pub fn hashed(name: &str) -> Option<&'static str> {
    embedded::manifest().get(name).map(String::as_str)
}

/// The site tag (A31), as `GET /tag.js` answers it; see `docs/WEB-TAG.md`.
///
/// # Panics
///
/// Never in a binary that was built: the build fails without a `tag.js`.
#[must_use]
pub fn tag_js() -> Cow<'static, [u8]> {
    embedded::file("tag.js").expect("the build writes tag.js")
}
