//! What is wrong with an uploaded file, for the person who uploaded it.

use actix_web::http::StatusCode;
use domain::leads::import::ImportFileError;
use serde::Serialize;

use super::super::refusal_text;
use crate::error::Failure;

/// What is wrong with a file, as the key of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Trouble {
    key: &'static str,
    /// The line of the file where it is wrong; 0 for the file as a whole.
    line: u64,
    /// More about it, as the key of another text.
    cause: Option<&'static str>,
    #[serde(skip)]
    pub(crate) status: StatusCode,
}

impl Trouble {
    /// No file came with the form.
    pub(super) const NO_FILE: Self = Self::of("leads-import-error-no-file");
    /// The upload broke off.
    pub(super) const BROKEN_OFF: Self = Self::of("leads-import-error-broken-off");
    /// It is larger than we take.
    pub(super) const TOO_LARGE: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..Self::of("leads-import-error-too-large")
    };

    const fn of(key: &'static str) -> Self {
        Self {
            key,
            line: 0,
            cause: None,
            status: StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// What a person can mend.
    ///
    /// # Errors
    /// What only we can mend.
    pub(crate) fn with_file(error: ImportFileError) -> Result<Self, Failure> {
        use ImportFileError as E;
        Ok(match error {
            E::NotFound => Self::of("leads-import-error-gone"),
            E::Empty => Self::of("leads-import-error-empty"),
            E::TooLarge(_) => Self::TOO_LARGE,
            E::Workbook => Self::of("leads-import-error-workbook"),
            E::Binary { line } => Self {
                line,
                ..Self::of("leads-import-error-binary")
            },
            E::Header { line, reason } => Self {
                line,
                cause: Some(refusal_text::key(reason)),
                ..Self::of("leads-import-error-header")
            },
            E::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Self::BROKEN_OFF,
            E::Io(error) => return Err(Failure::unexpected(error)),
        })
    }
}
