//! What the author works on, before it is HTML.

use std::fmt;
use std::str::FromStr;

/// How a template is written. Chosen once, when it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TemplateMode {
    /// MJML, put together in the visual editor.
    Visual,
    /// HTML or MJML, by hand.
    #[default]
    Code,
    /// Text only. Its HTML part is paragraphs and links, nothing else.
    Plain,
}

impl TemplateMode {
    /// Every mode, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Visual, Self::Code, Self::Plain];

    /// The name in forms, addresses and the storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visual => "visual",
            Self::Code => "code",
            Self::Plain => "plain",
        }
    }
}

impl fmt::Display for TemplateMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that no mode has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMode;

impl FromStr for TemplateMode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or(UnknownMode)
    }
}

/// What the author works on: MJML, HTML or text, with merge tags. The renderer makes the HTML part
/// from it whenever it is saved or looked at, so that a preview is what is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manuscript {
    /// How it is written.
    pub mode: TemplateMode,
    /// What is written.
    pub body: String,
}

impl Manuscript {
    /// HTML as it will be sent.
    #[must_use]
    pub fn of_html(html: impl Into<String>) -> Self {
        Self {
            mode: TemplateMode::Code,
            body: html.into(),
        }
    }

    /// Whether it is MJML: always in the visual editor; by hand, if it says so.
    #[must_use]
    pub fn is_mjml(&self) -> bool {
        match self.mode {
            TemplateMode::Visual => true,
            TemplateMode::Code => self.body.contains("<mjml"),
            TemplateMode::Plain => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_is_found_by_its_name() {
        for mode in TemplateMode::ALL {
            assert_eq!(mode.as_str().parse(), Ok(mode));
        }
        assert_eq!("html".parse::<TemplateMode>(), Err(UnknownMode));
    }

    #[test]
    fn code_is_mjml_if_it_says_so() {
        assert!(Manuscript::of_html("<!-- 春 -->\n<mjml lang=\"ja\">").is_mjml());
        assert!(!Manuscript::of_html("<p>MJML</p>").is_mjml());
    }
}
