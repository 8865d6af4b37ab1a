//! What stands for something else while a text is parsed: one character each, which markup and
//! line breaks treat as a letter.

use domain::content::Filled;

/// First of Unicode's last but one plane, which is for private use; no font shows it.
const FIRST_VALUE: u32 = 0xF_0000;
const FIRST_LINK: u32 = 0xF_8000;
const TAIL: u32 = 0xF_FFF0;

/// What a character stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// The value with this number.
    Value(usize),
    /// The address of the link with this number.
    Link(usize),
    /// What is added at the end of the mail.
    Tail,
}

impl Mark {
    /// The character; `None` if there are more of them than anybody's mail has.
    pub(crate) fn character(self) -> Option<char> {
        let (first, number, end) = match self {
            Self::Value(number) => (FIRST_VALUE, number, FIRST_LINK),
            Self::Link(number) => (FIRST_LINK, number, TAIL),
            Self::Tail => (TAIL, 0, TAIL + 1),
        };
        let code = u32::try_from(number).ok()?.checked_add(first)?;
        char::from_u32(code).filter(|_| code < end)
    }

    fn of(character: char) -> Option<Self> {
        let code = u32::from(character);
        match code {
            FIRST_VALUE..FIRST_LINK => Some(Self::Value((code - FIRST_VALUE) as usize)),
            FIRST_LINK..TAIL => Some(Self::Link((code - FIRST_LINK) as usize)),
            TAIL => Some(Self::Tail),
            _ => None,
        }
    }
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As it is.
    Text(String),
    /// Something else is to stand here.
    Mark(Mark),
}

/// The text with a mark for each value, or `None` if it has too many of them. What the author wrote
/// with such characters goes: nobody could see it.
pub(crate) fn with_marks(text: &str) -> Option<String> {
    let mut marked = String::with_capacity(text.len());
    let mut values = 0;
    for character in text.chars() {
        if character == Filled::VALUE {
            marked.push(Mark::Value(values).character()?);
            values += 1;
        } else if Mark::of(character).is_none() {
            marked.push(character);
        }
    }
    Some(marked)
}

/// Whether a mark stands in the text.
pub(crate) fn has_mark(text: &str) -> bool {
    text.chars().any(|character| Mark::of(character).is_some())
}

/// The text, taken apart at its marks.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut from = 0;
    let marks = text
        .char_indices()
        .filter_map(|(at, character)| Some((at, character.len_utf8(), Mark::of(character)?)));
    for (at, length, mark) in marks {
        if from < at {
            pieces.push(Piece::Text(text[from..at].to_owned()));
        }
        pieces.push(Piece::Mark(mark));
        from = at + length;
    }
    if from < text.len() {
        pieces.push(Piece::Text(text[from..].to_owned()));
    }
    pieces
}

/// The pieces with the values in them. Other marks are left out.
pub(crate) fn filled(pieces: &[Piece], values: &[String]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Mark(Mark::Value(number)) => {
                text.extend(values.get(*number).map(String::as_str));
            }
            Piece::Mark(Mark::Link(_) | Mark::Tail) => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_apart() {
        for mark in [
            Mark::Value(0),
            Mark::Value(0x7FFF),
            Mark::Link(0),
            Mark::Link(0x7FEF),
            Mark::Tail,
        ] {
            assert_eq!(mark.character().and_then(Mark::of), Some(mark), "{mark:?}");
        }
        assert_eq!(Mark::Value(0x8000).character(), None);
        assert_eq!(Mark::Link(0x7FF0).character(), None);
    }

    #[test]
    fn values_come_back_in_their_places() {
        let marked = with_marks("a\u{FDD0}春\u{F_0007}\u{FDD0}").unwrap();
        let values = ["1".to_owned(), "2".to_owned()];
        assert_eq!(filled(&pieces(&marked), &values), "a1春2");
        assert!(has_mark(&marked) && !has_mark("春"));
    }
}
