//! What the harness prints: results on standard output, progress on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints a line of the result. Nobody may be reading any more, and that is fine.
pub(crate) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Prints a line of progress.
pub(crate) fn remark(line: impl Display) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}
