//! A template, its source, and what becomes of it for one person.

use chrono::{DateTime, Utc};

use super::{Filled, MailRenderer, Manuscript, TemplateMode, TemplatePart, TemplateProblem};
use crate::ids::{TemplateId, UserId};

/// How many bytes subject, HTML and text may have together (V-11).
pub const MAX_SOURCE_BYTES: usize = 512 * 1024;

/// What is filled in and sent: subject, HTML and text, with their merge tags.
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
    /// How many bytes its parts have together.
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
    /// What the author works on.
    pub manuscript: Manuscript,
    /// What is sent; its HTML was made from the manuscript.
    pub source: TemplateSource,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it last, if a person did.
    pub updated_by: Option<UserId>,
}

/// A template as it was once saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateVersion {
    /// Counts from 1; never used twice for one template.
    pub number: u32,
    /// What the author worked on.
    pub manuscript: Manuscript,
    /// What would have been sent.
    pub source: TemplateSource,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
    /// Who saved it, if a person did.
    pub created_by: Option<UserId>,
}

/// How many versions of a template are kept; older ones go.
pub const KEPT_VERSIONS: u32 = 50;

/// A template as it comes from a form, before anybody has looked at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateDraft {
    /// What staff shall call it.
    pub name: String,
    /// What the author works on.
    pub manuscript: Manuscript,
    /// What is sent.
    pub source: TemplateSource,
    /// Who writes, if a person does.
    pub by: Option<UserId>,
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
    /// Nothing is written in it.
    BodyMissing,
}

impl TemplateDraft {
    /// A template of HTML as it is sent.
    #[must_use]
    pub fn of_html(name: impl Into<String>, source: TemplateSource) -> Self {
        Self {
            name: name.into(),
            manuscript: Manuscript::of_html(source.html.clone()),
            source,
            by: None,
        }
    }

    /// What a manuscript becomes, and everything in its merge tags and its markup that stops it
    /// from being sent. A plain manuscript is its own text part.
    #[must_use]
    pub fn typeset(
        renderer: &dyn MailRenderer,
        name: String,
        subject: String,
        manuscript: Manuscript,
        text: Option<String>,
    ) -> (Self, Vec<TemplateProblem>) {
        let text = match manuscript.mode {
            TemplateMode::Plain => Some(manuscript.body.clone()),
            TemplateMode::Visual | TemplateMode::Code => text,
        };
        let (html, problems) = match renderer.typeset(&manuscript) {
            Ok(html) => (html, Vec::new()),
            Err(problems) => (String::new(), problems),
        };
        let source = TemplateSource {
            subject,
            html,
            text: text.filter(|text| !text.trim().is_empty()),
        };
        let problems = with_those_of_parts(renderer, &manuscript, &source, problems);
        let draft = Self {
            name,
            manuscript,
            source,
            by: None,
        };
        (draft, problems)
    }

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
                self.manuscript.body.trim().is_empty(),
                TemplateDraftFault::BodyMissing,
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
            manuscript: self.manuscript,
            source: TemplateSource {
                text,
                ..self.source
            },
            created_at: now,
            updated_at: now,
            updated_by: self.by,
        }
    }
}

/// The problems of the parts that no manuscript stands behind; those of the HTML come with the
/// places of the manuscript. The text of a plain one has the same places, so it is named once.
fn with_those_of_parts(
    renderer: &dyn MailRenderer,
    manuscript: &Manuscript,
    source: &TemplateSource,
    found: Vec<TemplateProblem>,
) -> Vec<TemplateProblem> {
    let has_failed = !found.is_empty();
    let is_new = |problem: &TemplateProblem| match problem.part {
        TemplatePart::Subject => true,
        TemplatePart::Html => !has_failed,
        TemplatePart::Text => !has_failed || manuscript.mode != TemplateMode::Plain,
    };
    let of_parts = renderer.check(source).into_iter().filter(is_new);
    let (mut problems, rest): (Vec<_>, Vec<_>) =
        of_parts.partition(|problem| problem.part == TemplatePart::Subject);
    problems.extend(found);
    problems.extend(rest);
    problems
}

/// A template with one person's fields filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line without control characters, fit for a header.
    pub subject: String,
    /// The HTML part; values of fields are escaped.
    pub html: Filled,
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
                TemplateDraftFault::BodyMissing
            ]
        );
    }

    #[test]
    fn a_name_is_measured_in_characters() {
        let source = TemplateSource {
            subject: "件名".into(),
            html: "<p>本文</p>".into(),
            text: None,
        };
        let draft = TemplateDraft::of_html("春".repeat(120), source);
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
