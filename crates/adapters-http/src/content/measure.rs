//! How long a mail is, where that decides whether it is read.

use domain::delivery::OutgoingMail;
use serde::Serialize;

/// Beyond so many bytes of HTML, Gmail cuts a mail off and hides the rest, the link to refuse more
/// mail included.
const GMAIL_CLIPS_AFTER: usize = 102 * 1024;
/// Phones show about so many full-width characters of a subject.
const SUBJECT_SHOWN: usize = 20;

/// What a preview says about a mail's length.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Measured {
    /// Tenths of a kilobyte (1024 bytes) of HTML.
    kilobytes: f64,
    is_clipped: bool,
    /// Characters.
    subject: usize,
    is_subject_cut: bool,
}

impl Measured {
    pub(super) fn of(mail: &OutgoingMail) -> Self {
        let (bytes, subject) = (mail.html.len(), mail.subject.chars().count());
        Self {
            kilobytes: (bytes as f64 / 102.4).round() / 10.0,
            is_clipped: bytes > GMAIL_CLIPS_AFTER,
            subject,
            is_subject_cut: subject > SUBJECT_SHOWN,
        }
    }
}
