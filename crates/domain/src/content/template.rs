//! A template, its source, and what becomes of it for one person.

use chrono::{DateTime, Utc};

use crate::ids::TemplateId;

/// How many bytes subject, HTML and text may have together (V-11).
pub const MAX_SOURCE_BYTES: usize = 512 * 1024;

/// What the author wrote, with its merge tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateSource {
    /// The subject line.
    pub subject: String,
    /// The HTML part.
    pub html: String,
    /// The text part; where there is none, it is made from the HTML.
    pub text: Option<String>,
}

impl TemplateSource {
    /// How many bytes the author wrote.
    #[must_use]
    pub fn size(&self) -> usize {
        self.subject.len() + self.html.len() + self.text.as_ref().map_or(0, String::len)
    }
}

/// A mail that can be sent again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// What staff call it; unique within the tenant.
    pub name: String,
    /// What the author wrote.
    pub source: TemplateSource,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A template as it comes from a form, before anybody has looked at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateDraft {
    /// What staff shall call it.
    pub name: String,
    /// What the author wrote.
    pub source: TemplateSource,
}

/// Why a draft cannot become a template whatever its merge tags are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateDraftFault {
    /// It has no name.
    NameMissing,
    /// Its name has more than 120 characters.
    NameTooLong,
    /// It has no subject.
    SubjectMissing,
    /// Its HTML part is empty.
    HtmlMissing,
}

impl TemplateDraft {
    /// Everything that is wrong with it, in the order of the form.
    #[must_use]
    pub fn faults(&self) -> Vec<TemplateDraftFault> {
        let name = self.name.trim();
        let found = [
            (name.is_empty(), TemplateDraftFault::NameMissing),
            (name.chars().count() > 120, TemplateDraftFault::NameTooLong),
            (
                self.source.subject.trim().is_empty(),
                TemplateDraftFault::SubjectMissing,
            ),
            (
                self.source.html.trim().is_empty(),
                TemplateDraftFault::HtmlMissing,
            ),
        ];
        found
            .into_iter()
            .filter_map(|(wrong, fault)| wrong.then_some(fault))
            .collect()
    }

    /// The new template of this draft. The text part counts as missing if it is blank.
    #[must_use]
    pub fn into_template(self, id: TemplateId, now: DateTime<Utc>) -> Template {
        let text = self.source.text.filter(|text| !text.trim().is_empty());
        Template {
            id,
            name: self.name.trim().to_owned(),
            source: TemplateSource {
                text,
                ..self.source
            },
            created_at: now,
            updated_at: now,
        }
    }
}

/// A template with one person's fields filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line without control characters, fit for a header.
    pub subject: String,
    /// The HTML part; values of fields are escaped.
    pub html: String,
    /// The text part, if the author wrote one.
    pub text: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_draft_names_everything_that_is_missing() {
        assert_eq!(
            TemplateDraft::default().faults(),
            [
                TemplateDraftFault::NameMissing,
                TemplateDraftFault::SubjectMissing,
                TemplateDraftFault::HtmlMissing
            ]
        );
    }

    #[test]
    fn a_name_is_measured_in_characters() {
        let draft = TemplateDraft {
            name: "春".repeat(120),
            source: TemplateSource {
                subject: "件名".into(),
                html: "<p>本文</p>".into(),
                text: None,
            },
        };
        assert_eq!(draft.faults(), []);
    }

    #[test]
    fn a_blank_text_part_counts_as_none() {
        let draft = TemplateDraft {
            source: TemplateSource {
                text: Some(" \n".into()),
                ..TemplateSource::default()
            },
            ..TemplateDraft::default()
        };
        let template = draft.into_template(TemplateId::new(), DateTime::UNIX_EPOCH);
        assert_eq!(template.source.text, None);
    }
}
