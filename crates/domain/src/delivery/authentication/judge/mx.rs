//! Whether the domain of the sending address takes mail.

use crate::delivery::authentication::dns::{Answers, RecordKind};
use crate::delivery::authentication::finding::{Finding, Topic, Verdict};
use crate::delivery::authentication::note::Note;
use crate::delivery::authentication::setup::SendingSetup;

pub(in super::super) fn mx(setup: &SendingSetup, answers: &Answers) -> Finding {
    let Ok(records) = answers.records(&setup.domain, RecordKind::Mx) else {
        return Finding::unanswered(Topic::Mx);
    };
    let finding = Finding::good(Topic::Mx, records);
    // A null MX has a root for its server (RFC 7505).
    let is_null = |record: &String| {
        record
            .split(' ')
            .nth(1)
            .is_none_or(|host| host == "." || host.is_empty())
    };
    match records {
        [] => finding.but(Verdict::Warning, Note::MxNone),
        [only] if is_null(only) => finding.but(Verdict::Missing, Note::MxNull),
        _ => finding,
    }
}
