//! Which character separates the cells of a table.

use domain::leads::import::Separator;

/// Lines that are looked at.
const LINES: usize = 20;

/// The separator that occurs outside quotes, most often equally often on each line. A table of one
/// column has none; then it is the comma.
pub(crate) fn guess_separator(text: &str) -> Separator {
    let text = text.trim_start_matches(['\r', '\n']);
    let counts = Separator::ALL.map(|separator| (separator, score(text, separator.byte())));
    let mut best = (Separator::Comma, (0, 0));
    for (separator, score) in counts {
        if score > best.1 {
            best = (separator, score);
        }
    }
    best.0
}

/// On how many lines it is as frequent as on the first, and how frequent that is.
fn score(text: &str, separator: u8) -> (usize, usize) {
    let counts = counts(text, separator);
    match counts.first() {
        Some(&first) if first > 0 => (counts.iter().filter(|&&n| n == first).count(), first),
        Some(_) | None => (0, 0),
    }
}

fn counts(text: &str, separator: u8) -> Vec<usize> {
    let mut counts = vec![0];
    let mut is_quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted && counts.len() == LINES => break,
            b'\n' if !is_quoted => counts.push(0),
            other if other == separator && !is_quoted => {
                if let Some(last) = counts.last_mut() {
                    *last += 1;
                }
            }
            _ => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_apart() {
        for (text, separator) in [
            ("a,b\n1,2\n", Separator::Comma),
            ("a;b\n1,5;2,5\n", Separator::Semicolon),
            ("a\tb\n1, 2\t3\n", Separator::Tab),
            ("a|b\n1|2\n", Separator::Pipe),
            ("\"a;b;c\",d\n\"1;2;3\",4\n", Separator::Comma),
            ("メールアドレス\na@example.jp\n", Separator::Comma),
            ("", Separator::Comma),
        ] {
            assert_eq!(guess_separator(text), separator, "{text:?}");
        }
    }
}
