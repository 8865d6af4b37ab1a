//! How texts of leads are tidied before they are stored, and folded before they are searched.

use unicode_normalization::UnicodeNormalization;

use super::lead::Lead;

/// Longest text of a fixed field, in characters.
pub const TEXT_MAX: usize = 500;
/// Longest text of a custom attribute, in characters.
pub const ATTRIBUTE_TEXT_MAX: usize = 4_000;
/// Longest tag, in characters.
pub const TAG_MAX: usize = 100;
/// Characters between two tags in one cell of a file.
pub(super) const TAG_SEPARATORS: [char; 5] = [',', ';', '、', '；', '\n'];

/// A text of several lines as it is stored: without surrounding spaces, without control characters
/// and without the marks of damaged text. `None` where nothing is left, which means "not known".
#[must_use]
pub fn tidy(text: &str) -> Option<String> {
    let is_kept = |c: &char| {
        (!c.is_control() || matches!(c, '\n' | '\r' | '\t')) && *c != char::REPLACEMENT_CHARACTER
    };
    let text: String = text.chars().filter(is_kept).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A text of one line as it is stored: line breaks in it are spaces.
#[must_use]
pub fn tidy_line(text: &str) -> Option<String> {
    let lines = text.split(['\n', '\r', '\t']).filter_map(tidy);
    tidy(&lines.collect::<Vec<_>>().join(" "))
}

/// A tag in the one form in which tags are stored: one line, without the characters that
/// separate tags in a file, not too long. `None` where nothing is left.
#[must_use]
pub fn tidy_tag(text: &str) -> Option<String> {
    let plain = text.replace(|c: char| TAG_SEPARATORS.contains(&c) || c.is_control(), " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let tag: String = words.join(" ").chars().take(TAG_MAX).collect();
    tidy(&tag)
}

/// A text as it is searched: NFKC, lower case, katakana as hiragana, no spaces. `ｻﾄｳ ﾊﾅｺ`,
/// `サトウハナコ` and `さとう　はなこ` are the same.
#[must_use]
pub fn search_form(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .map(hiragana)
        .collect()
}

/// What a search looks through: name, kana, company and address, each on its own line.
#[must_use]
pub fn search_text(lead: &Lead) -> String {
    let texts = [&lead.name, &lead.kana, &lead.company];
    let mut lines: Vec<String> = texts
        .into_iter()
        .flatten()
        .map(|t| search_form(t))
        .collect();
    lines.push(search_form(lead.email.as_str()));
    lines.join("\n")
}

/// The words of a search in search form; a lead is found if it has them all.
#[must_use]
pub fn search_words(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .map(search_form)
        .filter(|word| !word.is_empty())
        .take(8)
        .collect()
}

/// Katakana and hiragana lie in the same order, 0x60 apart.
fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_its_kana_are_typed() {
        let stored = search_form("サトウ　ハナコ");
        for typed in ["さとうはなこ", "ｻﾄｳ", "サトウハナコ", "はなこ"] {
            assert!(stored.contains(&search_form(typed)), "{typed}");
        }
        assert_eq!(search_form("ＡＢＣ㈱"), "abc(株)");
    }

    #[test]
    fn a_text_is_stored_without_what_nobody_meant() {
        assert_eq!(tidy(" a\n\0b\u{FFFD} ").as_deref(), Some("a\nb"));
        assert_eq!(tidy_line("佐藤\r\n  花子\t").as_deref(), Some("佐藤 花子"));
        assert_eq!(tidy("\u{3000}\0"), None);
    }

    #[test]
    fn a_tag_never_contains_what_separates_tags() {
        assert_eq!(tidy_tag(" 資料請求 ").as_deref(), Some("資料請求"));
        assert_eq!(tidy_tag("a, b;c\r\nd").as_deref(), Some("a b c d"));
        assert_eq!(tidy_tag(" 、 "), None);
    }

    #[test]
    fn a_search_is_split_into_words() {
        assert_eq!(search_words("佐藤　ABC大学"), ["佐藤", "abc大学"]);
        assert!(search_words("  ").is_empty());
    }
}
