//! Mails to begin with (雛形): written in MJML, good on a phone and in the dark, with merge tags
//! that say something also where a field is missing.

use serde::Serialize;

/// A mail to begin with.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Starter {
    /// Its name in addresses and in the keys of its texts.
    pub(super) key: &'static str,
    pub(super) subject: &'static str,
    #[serde(skip)]
    pub(super) body: &'static str,
}

macro_rules! starters {
    ($($key:literal: $subject:literal,)+) => {
        /// In the order in which they are offered.
        pub(super) const ALL: &[Starter] = &[$(Starter {
            key: $key,
            subject: $subject,
            body: include_str!(concat!("starter/", $key, ".mjml")),
        }),+];
    };
}

starters! {
    "thanks": "お問い合わせありがとうございます（{{ organisation }}）",
    "report": "{{ name or \"お客\" }}様　レポートをお届けします",
    "case-study": "【事例】問い合わせへの返信を、3日から半日に",
    "demo": "30分の個別相談のご案内（{{ organisation }}）",
    "offer": "【12月18日まで】初期費用を半額にいたします",
    "open-campus": "説明会の日程が決まりました（{{ organisation }}）",
    "reminder": "【明日開催】会場と持ち物のご確認",
    "re-engagement": "{{ name or \"お客\" }}様、その後いかがでしょうか",
}

/// The body of a visual template that begins with nothing.
pub(super) const BLANK_VISUAL: &str = include_str!("starter/blank.mjml");
/// The body of a text that begins with nothing but what every text has.
pub(super) const BLANK_PLAIN: &str = include_str!("starter/plain.txt");

/// The starter of this name.
pub(super) fn named(key: &str) -> Option<&'static Starter> {
    ALL.iter().find(|starter| starter.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use adapters_render::Renderer;
    use domain::content::{MailRenderer, Manuscript, TemplateDraft, TemplateMode};
    use domain::tenancy::Locale;

    use super::*;
    use crate::texts;

    fn typeset(subject: &str, mode: TemplateMode, body: &str) -> TemplateDraft {
        let manuscript = Manuscript {
            mode,
            body: body.to_owned(),
        };
        let (draft, problems) = TemplateDraft::typeset(
            &Renderer,
            "雛形".to_owned(),
            subject.to_owned(),
            manuscript,
            None,
        );
        assert_eq!(problems, [], "{subject}");
        draft
    }

    #[test]
    fn every_starter_can_be_sent_as_it_is_and_is_not_clipped() {
        assert_eq!(ALL.len(), 8);
        for starter in ALL {
            let draft = typeset(starter.subject, TemplateMode::Visual, starter.body);
            assert_eq!(draft.faults(), [], "{}", starter.key);
            let html = &draft.source.html;
            assert!(html.len() < 60 * 1024, "{}: {}", starter.key, html.len());
            assert!(
                html.contains("prefers-color-scheme: dark"),
                "{}",
                starter.key
            );
            assert!(html.contains("<html lang=\"ja\""), "{}", starter.key);
            assert!(!html.contains("<link"), "{} fetches something", starter.key);
            assert!(
                Renderer.text_of(&html.as_str().into()).chars().count() > 100,
                "{}",
                starter.key
            );
        }
    }

    #[test]
    fn what_begins_with_nothing_can_be_saved_too() {
        typeset("件名", TemplateMode::Visual, BLANK_VISUAL);
        typeset("件名", TemplateMode::Plain, BLANK_PLAIN);
    }

    #[test]
    fn every_starter_has_a_name_and_a_use_in_both_languages() {
        let keys: BTreeSet<_> = ALL.iter().map(|starter| starter.key).collect();
        assert_eq!(keys.len(), ALL.len());
        for key in keys {
            for locale in Locale::ALL {
                for of in ["name", "use"] {
                    let text = format!("content-starter-{key}-{of}");
                    let shown = texts::text(locale, &text, &texts::arguments([]));
                    assert_ne!(shown, text);
                }
            }
        }
    }
}
