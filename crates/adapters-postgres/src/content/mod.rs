//! Templates, their versions, and the pictures of mails.

mod images;
mod templates;
mod versions;

use domain::content::{Manuscript, TemplateMode};
use domain::store::StoreError;

/// Where the HTML is itself what the author works on, it is stored once.
fn stored_manuscript<'a>(manuscript: &'a Manuscript, html: &str) -> Option<&'a str> {
    let body = manuscript.body.as_str();
    (manuscript.mode != TemplateMode::Code || body != html).then_some(body)
}

fn read_manuscript(
    mode: &str,
    stored: Option<String>,
    html: &str,
) -> Result<Manuscript, StoreError> {
    let unknown = |_| StoreError::unexpected(std::io::Error::other(format!("mode `{mode}`")));
    Ok(Manuscript {
        mode: mode.parse().map_err(unknown)?,
        body: stored.unwrap_or_else(|| html.to_owned()),
    })
}
