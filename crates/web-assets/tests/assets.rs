//! What a page and a request can rely on.

use web_assets::{asset, hashed, tag_js};

const NAMES: [&str; 7] = [
    "app.js",
    "dashboard.js",
    "theme.js",
    "app.css",
    "icons.svg",
    "favicon.svg",
    "tag.js",
];

#[test]
fn every_name_that_templates_use_leads_to_a_file() {
    for name in NAMES {
        let path = hashed(name).unwrap_or_else(|| panic!("{name} is not in the manifest"));
        let file = asset(path).unwrap_or_else(|| panic!("{path} is not embedded"));
        assert!(!file.body.is_empty(), "{name} is empty");
    }
}

#[test]
fn a_hashed_name_may_be_cached_for_ever_and_the_tag_may_not() {
    let app = asset(hashed("app.js").unwrap()).unwrap();
    assert!(app.immutable);
    assert_ne!(hashed("app.js"), Some("app.js"));
    assert!(!asset("tag.js").unwrap().immutable);
}

#[test]
fn text_comes_compressed_as_well() {
    for name in ["app.js", "dashboard.js", "app.css", "icons.svg", "tag.js"] {
        let file = asset(hashed(name).unwrap()).unwrap();
        let brotli = file.brotli.unwrap().len();
        let gzip = file.gzip.unwrap().len();
        assert!(
            brotli < gzip && gzip < file.body.len(),
            "{name}: {brotli} {gzip}"
        );
    }
}

#[test]
fn the_type_of_a_file_is_told() {
    let type_of = |name| asset(hashed(name).unwrap()).unwrap().content_type;
    assert_eq!(type_of("app.js"), "text/javascript; charset=utf-8");
    assert_eq!(type_of("app.css"), "text/css; charset=utf-8");
    assert_eq!(type_of("icons.svg"), "image/svg+xml");
}

#[test]
fn fonts_come_from_here_too() {
    let css = asset(hashed("app.css").unwrap()).unwrap();
    let css = String::from_utf8(css.body.into_owned()).unwrap();
    let start = css.find("fonts/").unwrap();
    let font = css[start..].split(['"', '\'', ')']).next().unwrap();
    assert_eq!(asset(font).unwrap().content_type, "font/woff2");
    assert!(!css.contains("https://fonts."), "a font from a CDN");
}

#[test]
fn a_validator_is_quoted_and_differs_between_files() {
    let app = asset(hashed("app.js").unwrap()).unwrap().etag;
    let tag = asset("tag.js").unwrap().etag;
    assert_ne!(app, tag);
    assert_eq!(app.len(), 34);
    assert!(app.starts_with('"') && app.ends_with('"'), "{app}");
}

#[test]
fn nothing_else_is_served() {
    for path in [
        "",
        "app.js",
        "manifest.json",
        "tag.js.br",
        "../lib.rs",
        "/tag.js",
        "fonts",
    ] {
        assert!(asset(path).is_none(), "{path} is served");
    }
    assert_eq!(hashed("jquery.js"), None);
}

// A31: the tag is an output of the product; its size is a promise of docs/WEB-TAG.md.
#[test]
fn the_site_tag_is_smaller_than_a_kilobyte_on_the_wire() {
    let tag = asset("tag.js").unwrap();
    assert_eq!(tag.body, tag_js());
    assert!(tag.gzip.unwrap().len() < 1024);
    let source = String::from_utf8(tag_js().into_owned()).unwrap();
    assert!(source.contains("/t/pv") && source.contains("ma_tid"));
}
