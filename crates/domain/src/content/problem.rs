//! What is wrong with a template, and where.

use std::fmt;

/// Which part of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TemplatePart {
    /// The subject line.
    Subject,
    /// The HTML part.
    Html,
    /// The text part.
    Text,
}

impl TemplatePart {
    /// The name in forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
        }
    }
}

/// One place of a template that has to change before the template can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// In which part.
    pub part: TemplatePart,
    /// Line of that part, from 1.
    pub line: u32,
    /// Character of that line, from 1.
    pub column: u32,
    /// What is wrong there.
    pub fault: TemplateFault,
}

/// What is wrong at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// The tag is not closed, or not written as a tag is; the text is the parser's.
    Syntax(String),
    /// A field that leads do not have.
    UnknownField(String),
    /// A filter that mails do not have.
    UnknownFilter(String),
    /// A function; mails have none (V-08).
    UnknownFunction(String),
    /// A test (`is …`) that mails do not have.
    UnknownTest(String),
    /// A tag or an operation that mails do not have, such as a loop.
    NotAllowed(String),
    /// An element that is not closed, or that does not belong there; the text names it or quotes
    /// the parser.
    Markup(String),
    /// All parts together are longer than [`super::MAX_SOURCE_BYTES`].
    TooLarge,
    /// Filling it in takes more work than one mail may take (V-11).
    TooCostly,
    /// All contents of a broadcast or campaign together have more links than there are numbers.
    TooManyLinks,
}

impl TemplateFault {
    /// The key of the sentence that explains it, in the interface's texts.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "syntax",
            Self::UnknownField(_) => "unknown-field",
            Self::UnknownFilter(_) => "unknown-filter",
            Self::UnknownFunction(_) => "unknown-function",
            Self::UnknownTest(_) => "unknown-test",
            Self::NotAllowed(_) => "not-allowed",
            Self::Markup(_) => "markup",
            Self::TooLarge => "too-large",
            Self::TooCostly => "too-costly",
            Self::TooManyLinks => "too-many-links",
        }
    }

    /// The name or text that the sentence is about, or nothing.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Syntax(text)
            | Self::UnknownField(text)
            | Self::UnknownFilter(text)
            | Self::UnknownFunction(text)
            | Self::UnknownTest(text)
            | Self::Markup(text)
            | Self::NotAllowed(text) => text,
            Self::TooLarge | Self::TooCostly | Self::TooManyLinks => "",
        }
    }
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(f, "syntax error: {text}"),
            Self::UnknownField(name) => write!(f, "unknown field `{name}`"),
            Self::UnknownFilter(name) => write!(f, "unknown filter `{name}`"),
            Self::UnknownFunction(name) => write!(f, "unknown function `{name}`"),
            Self::UnknownTest(name) => write!(f, "unknown test `{name}`"),
            Self::Markup(text) => write!(f, "markup: {text}"),
            Self::NotAllowed(what) => write!(f, "{what} cannot be used in a mail"),
            Self::TooLarge => f.write_str("the template is too large"),
            Self::TooCostly => f.write_str("the template takes too much work"),
            Self::TooManyLinks => f.write_str("there are more links than can be told apart"),
        }
    }
}

impl fmt::Display for TemplateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            part,
            line,
            column,
            fault,
        } = self;
        write!(f, "{} {line}:{column}: {fault}", part.as_str())
    }
}

impl std::error::Error for TemplateProblem {}
