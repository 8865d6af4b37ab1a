//! The folder that the build script wrote, inside the binary.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

use crate::Asset;

const MANIFEST: &str = "manifest.json";

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Files;

static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let bytes = file(MANIFEST).expect("the build writes manifest.json");
    serde_json::from_slice(&bytes).expect("the build writes names into manifest.json")
});

/// Plain names to hashed names.
pub(crate) fn manifest() -> &'static HashMap<String, String> {
    &NAMES
}

pub(crate) fn file(path: &str) -> Option<Cow<'static, [u8]>> {
    Files::get(path).map(|file| file.data)
}

pub(crate) fn asset(path: &str) -> Option<Asset> {
    // The manifest and the compressed forms are ours, not files to ask for.
    let content_type = content_type(path)?;
    let found = Files::get(path)?;
    Some(Asset {
        body: found.data,
        brotli: file(&format!("{path}.br")),
        gzip: file(&format!("{path}.gz")),
        content_type,
        etag: etag(&found.metadata.sha256_hash()),
        immutable: path != "tag.js",
    })
}

fn content_type(path: &str) -> Option<&'static str> {
    Some(match Path::new(path).extension()?.to_str()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// 128 bits of the digest, which is plenty to tell two versions apart.
fn etag(digest: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in digest.iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}
