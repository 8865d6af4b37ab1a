//! What commands print.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints a line to standard output. Nobody may be reading any more, and that is fine.
pub(crate) fn say(line: impl Display) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

/// Prints a line to standard error: progress, and what is not the result.
pub(crate) fn remark(line: impl Display) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}
