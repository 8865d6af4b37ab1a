use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// The messages of one language: key, file it is in, and the arguments it names.
fn messages(locale: Locale) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found = BTreeMap::new();
    for path in files_under(&root().join("locales").join(locale.as_str()), "ftl") {
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for (key, body) in entries(&fs::read_to_string(&path).unwrap()) {
            let previous = found.insert(key.clone(), (file.clone(), arguments_in(&body)));
            assert!(
                previous.is_none(),
                "{key} is written twice in {}",
                locale.as_str()
            );
        }
    }
    found
}

/// Key and body of each message: a key starts in the first column, its body goes on indented.
fn entries(text: &str) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.split_once(" =") {
            Some((key, rest)) if line.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                entries.push((key.trim().to_owned(), rest.to_owned()));
            }
            _ => {
                if let Some((_, body)) = entries.last_mut().filter(|_| line.starts_with(' ')) {
                    body.push_str(line);
                }
            }
        }
    }
    entries
}

fn arguments_in(body: &str) -> BTreeSet<String> {
    body.split('$')
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
                .collect()
        })
        .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The fixed keys that a source names right after `marker`, where that is a word of its own.
fn keys_after(source: &str, marker: &str) -> Vec<String> {
    source
        .match_indices(marker)
        .filter(|(at, _)| !source[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .filter_map(|(at, _)| source[at + marker.len()..].split_once('"'))
        .map(|(key, _)| key.to_owned())
        .collect()
}

// D24
#[test]
fn both_languages_have_the_same_texts_with_the_same_arguments() {
    let japanese = messages(Locale::Ja);
    let english = messages(Locale::En);
    assert!(japanese.len() > 50, "the texts were not found");
    for (key, text) in &japanese {
        assert_eq!(Some(text), english.get(key), "{key} differs in English");
    }
    for key in english.keys() {
        assert!(japanese.contains_key(key), "{key} is missing in Japanese");
    }
}

#[test]
fn every_key_begins_with_the_name_of_its_file() {
    for (key, (file, _)) in messages(Locale::Ja) {
        assert!(
            key.starts_with(&format!("{file}-")),
            "{key} is in {file}.ftl"
        );
    }
}

#[test]
fn every_text_that_a_template_names_exists() {
    let texts = messages(Locale::Ja);
    let templates = files_under(&root().join("templates"), "html");
    assert!(!templates.is_empty(), "the templates were not found");
    for path in templates {
        let source = fs::read_to_string(&path).unwrap();
        for key in keys_after(&source, "t(key=\"") {
            // A key that is composed, `t(key="x-" ~ kind)`, is proved by the screen's own test.
            if !key.ends_with('-') {
                assert!(texts.contains_key(&key), "{key} in {}", path.display());
            }
        }
    }
}

#[test]
fn every_text_that_a_handler_names_exists() {
    let texts = messages(Locale::Ja);
    for path in files_under(&root().join("crates/adapters-http/src"), "rs") {
        let source = fs::read_to_string(&path).unwrap();
        let (source, _) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
        for marker in ["title(\"", "Flash::success(\"", "Flash::danger(\""] {
            for key in keys_after(source, marker) {
                assert!(texts.contains_key(&key), "{key} in {}", path.display());
            }
        }
    }
}

#[test]
fn every_text_can_be_shown_in_both_languages() {
    for locale in Locale::ALL {
        for (key, (_, names)) in messages(locale) {
            let values: Arguments = names
                .into_iter()
                .map(|name| (Cow::Owned(name), FluentValue::from(2)))
                .collect();
            assert!(
                lookup(locale, &key, &values).is_some(),
                "{key} in {}",
                locale.as_str()
            );
        }
    }
}

#[test]
fn numbers_in_texts_are_grouped() {
    let values = arguments([("count", 12_345.into())]);
    assert_eq!(text(Locale::Ja, "layout-ago-days", &values), "12,345日前");
    assert_eq!(
        text(Locale::En, "layout-ago-days", &values),
        "12,345 days ago"
    );
}

#[test]
fn a_browser_gets_the_first_of_its_languages_that_we_have() {
    let cases = [
        (None, Locale::Ja),
        (Some(""), Locale::Ja),
        (Some("en-US,en;q=0.9,ja;q=0.8"), Locale::En),
        (Some("fr-FR, ja;q=0.9, en;q=0.8"), Locale::Ja),
        (Some("fr"), Locale::Ja),
    ];
    for (header, locale) in cases {
        assert_eq!(accepted(header), locale, "{header:?}");
    }
}
