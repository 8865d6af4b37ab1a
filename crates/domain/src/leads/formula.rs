//! Cells that a spreadsheet would run as a formula (V-29, CWE-1236).
//!
//! [`protect`] puts an apostrophe before them, [`restore`] takes exactly that apostrophe away, so
//! that an exported file imports unchanged. A value that starts with apostrophes before such a
//! character gets one more, which makes the two functions inverse for every text.

use std::borrow::Cow;

const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

fn would_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// The text as a cell that is shown, never run.
#[must_use]
pub fn protect(text: &str) -> Cow<'_, str> {
    if would_run(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`protect`] made a cell of.
#[must_use]
pub fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if would_run(text) => text,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_quoted() {
        // V-29
        for formula in [
            "=HYPERLINK(\"x\")",
            "+8190",
            "-1",
            "@SUM",
            "\t=1",
            "\r=1",
            "＝1",
            "＠",
        ] {
            assert_eq!(protect(formula), format!("'{formula}"));
        }
        for plain in ["佐藤", "a=b", "'quoted'", "O'Brien", ""] {
            assert_eq!(protect(plain), plain);
        }
    }

    proptest! {
        #[test]
        fn restoring_undoes_protecting(text in "'{0,3}[=+@＝\\-\t\ra'佐]?.{0,5}") {
            let cell = protect(&text).into_owned();
            prop_assert_eq!(restore(&cell), text);
        }

        #[test]
        fn no_protected_cell_starts_as_a_formula(text in ".{0,6}") {
            prop_assert!(!protect(&text).starts_with(STARTS));
        }
    }
}
