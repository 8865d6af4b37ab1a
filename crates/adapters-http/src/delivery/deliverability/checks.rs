//! What was found in DNS, as cards; and what the law wants in every mail.

use domain::delivery::authentication::{Authentication, Finding, Note, PublishedRecord};
use domain::delivery::{SenderItem, SenderProfile};
use domain::tenancy::Locale;
use serde::Serialize;

use crate::texts;

/// A card.
#[derive(Serialize)]
pub(super) struct Card {
    topic: &'static str,
    verdict: &'static str,
    found: Vec<String>,
    notes: Vec<String>,
    publish: Vec<Publish>,
}

/// A record to publish, each part with a copy button.
#[derive(Serialize)]
struct Publish {
    /// Of the elements on the page.
    id: String,
    name: String,
    kind: &'static str,
    value: String,
}

pub(super) fn cards(found: &Authentication, locale: Locale) -> Vec<Card> {
    let card = |finding: &Finding| {
        let topic = finding.topic.as_str();
        let publish = finding.publish.iter().enumerate();
        Card {
            topic,
            verdict: finding.verdict.as_str(),
            found: finding.found.clone(),
            notes: finding
                .notes
                .iter()
                .map(|note| text(note, locale))
                .collect(),
            publish: publish
                .map(|(index, record)| Publish::of(format!("{topic}-{index}"), record))
                .collect(),
        }
    };
    found.findings.iter().map(card).collect()
}

fn text(note: &Note, locale: Locale) -> String {
    let key = format!("delivery-dns-note-{}", note.key());
    let value = note.value().unwrap_or_default();
    texts::text(locale, &key, &texts::arguments([("value", value.into())]))
}

impl Publish {
    fn of(id: String, record: &PublishedRecord) -> Self {
        Self {
            id,
            name: record.name.clone(),
            kind: record.kind.as_str(),
            value: record.value.clone(),
        }
    }
}

/// One of the five items of 特定電子メール法, and whether every mail has it.
#[derive(Serialize)]
pub(super) struct LawItem {
    key: &'static str,
    is_there: bool,
}

/// The link to refuse and its statement are put into every mail by us.
pub(super) fn law(profile: &SenderProfile) -> Vec<LawItem> {
    let missing = profile.missing();
    let has = |items: &[SenderItem]| !items.iter().any(|item| missing.contains(item));
    let items = [
        (
            "name",
            has(&[SenderItem::FromName, SenderItem::Organisation]),
        ),
        ("refusal", true),
        ("statement", true),
        ("address", has(&[SenderItem::PostalAddress])),
        ("contact", has(&[SenderItem::Contact])),
    ];
    items
        .into_iter()
        .map(|(key, is_there)| LawItem { key, is_there })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_note_has_its_words_in_both_languages() {
        for key in Note::KEYS {
            for locale in [Locale::Ja, Locale::En] {
                let key = format!("delivery-dns-note-{key}");
                let arguments = texts::arguments([("value", "x".into())]);
                assert!(texts::lookup(locale, &key, &arguments).is_some(), "{key}");
            }
        }
    }
}
