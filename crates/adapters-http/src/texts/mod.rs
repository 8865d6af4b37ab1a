//! The texts of the interface in Japanese and English.
//!
//! `locales/<language>/<capability>.ftl`; every key begins with the name of its file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use domain::tenancy::Locale;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader};

use crate::pages::format::thousands;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "../../locales",
        fallback_language: "ja",
        customise: |bundle| {
            // Isolating marks would show up in Japanese text and in copied addresses.
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(|value, _| grouped(value)));
        },
    };
}

static JAPANESE: LazyLock<LanguageIdentifier> = LazyLock::new(|| tag(Locale::Ja));
static ENGLISH: LazyLock<LanguageIdentifier> = LazyLock::new(|| tag(Locale::En));

fn tag(locale: Locale) -> LanguageIdentifier {
    LanguageIdentifier::from_bytes(locale.as_str().as_bytes())
        .expect("the tags of our languages are language tags")
}

/// Whole numbers in texts get thousands separators, as everywhere else.
fn grouped(value: &FluentValue<'_>) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let whole = number.value.fract() == 0.0 && number.value.abs() < 9e15;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    whole.then(|| thousands(number.value as i64))
}

/// What stands in a text for `{ $name }`.
pub(crate) type Arguments = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// Arguments from pairs.
pub(crate) fn arguments<const N: usize>(
    pairs: [(&'static str, FluentValue<'static>); N],
) -> Arguments {
    pairs
        .into_iter()
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect()
}

/// The text with this key, in Japanese where the language lacks it; `None` if nobody has it.
pub(crate) fn lookup(locale: Locale, key: &str, arguments: &Arguments) -> Option<String> {
    let language = match locale {
        Locale::Ja => &*JAPANESE,
        Locale::En => &*ENGLISH,
    };
    TEXTS.try_lookup_with_args(language, key, arguments)
}

/// The text with this key; the key itself if there is none, so that a page still appears.
pub(crate) fn text(locale: Locale, key: &str, arguments: &Arguments) -> String {
    lookup(locale, key, arguments).unwrap_or_else(|| {
        tracing::error!(key, "there is no such text");
        key.to_owned()
    })
}

/// The language a browser asks for (RFC 9110 §12.5.4): the first of ours in its list, else Japanese.
/// Browsers list languages by falling weight, so the weights themselves are not read.
pub(crate) fn accepted(header: Option<&str>) -> Locale {
    header
        .unwrap_or_default()
        .split(',')
        .filter_map(|range| range.split([';', '-']).next())
        .find_map(|tag| Locale::parse(tag.trim()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
