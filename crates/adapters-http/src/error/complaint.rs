//! What is wrong with a request.

/// What is wrong with a request, in words for an engineer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Which of several documents it is about, from 0.
    pub index: Option<usize>,
    /// The offending field, as the caller wrote it.
    pub field: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

impl Complaint {
    /// About the request as a whole.
    pub fn about_all(reason: impl Into<String>) -> Self {
        Self {
            index: None,
            field: None,
            reason: reason.into(),
        }
    }

    /// About one field.
    pub fn about(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            index: None,
            field: Some(field.into()),
            reason: reason.into(),
        }
    }

    /// The same about one of several documents.
    #[must_use]
    pub fn at(self, index: usize) -> Self {
        Self {
            index: Some(index),
            ..self
        }
    }
}
