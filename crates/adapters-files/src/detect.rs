//! What a file is, from its first bytes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use domain::leads::import::{FileEncoding, ImportFileError};
use encoding_rs::{EUC_JP, ISO_2022_JP, UTF_8};

/// How much of a file is looked at.
pub(crate) const PREFIX: usize = 64 * 1024;

/// Workbooks: zip (xlsx, ods, numbers) and the compound files of old Excel.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xD0\xCF\x11\xE0"];
/// Files that people drag by mistake: PNG, JPEG, GIF, PDF, gzip, programs.
const BINARIES: [&[u8]; 7] = [
    b"\x89PNG",
    b"\xFF\xD8\xFF",
    b"GIF8",
    b"%PDF",
    b"\x1F\x8B",
    b"\x7FELF",
    b"MZ\x90",
];

/// The encoding of a file that starts with `prefix`.
///
/// # Errors
/// `Workbook` or `Binary`.
pub(crate) fn guess_encoding(prefix: &[u8]) -> Result<FileEncoding, ImportFileError> {
    if WORKBOOKS.iter().any(|sign| prefix.starts_with(sign)) {
        return Err(ImportFileError::Workbook);
    }
    if BINARIES.iter().any(|sign| prefix.starts_with(sign)) {
        return Err(ImportFileError::Binary { line: 1 });
    }
    if let Some(encoding) = by_mark(prefix).or_else(|| utf16_without_mark(prefix)) {
        return Ok(encoding);
    }
    check_is_text(prefix)?;
    Ok(by_content(prefix))
}

fn by_mark(prefix: &[u8]) -> Option<FileEncoding> {
    match prefix {
        [0xEF, 0xBB, 0xBF, ..] => Some(FileEncoding::Utf8),
        [0xFF, 0xFE, ..] => Some(FileEncoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(FileEncoding::Utf16Be),
        _ => None,
    }
}

/// The ASCII characters of a table (separators, addresses) have a zero byte on one side.
fn utf16_without_mark(prefix: &[u8]) -> Option<FileEncoding> {
    let is_ascii = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let (mut even, mut odd) = (0, 0);
    for pair in prefix.chunks_exact(2) {
        even += usize::from(pair[0] == 0 && is_ascii(pair[1]));
        odd += usize::from(pair[1] == 0 && is_ascii(pair[0]));
    }
    let enough = (prefix.len() / 10).max(8);
    if odd >= enough && even * 20 < odd {
        Some(FileEncoding::Utf16Le)
    } else if even >= enough && odd * 20 < even {
        Some(FileEncoding::Utf16Be)
    } else {
        None
    }
}

/// A stray NUL refuses its row only; a file full of control characters is no text.
fn check_is_text(prefix: &[u8]) -> Result<(), ImportFileError> {
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127);
    let controls = prefix.iter().filter(|byte| is_control(byte)).count();
    if controls < (prefix.len() / 50).max(8) {
        return Ok(());
    }
    let first = prefix.iter().position(is_control).unwrap_or(0);
    let breaks = prefix[..first]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count();
    Err(ImportFileError::Binary {
        line: breaks as u64 + 1,
    })
}

fn by_content(prefix: &[u8]) -> FileEncoding {
    let has_escapes = prefix.windows(2).any(|pair| pair == b"\x1B$");
    if !has_escapes && is_nearly_utf8(prefix) {
        return FileEncoding::Utf8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(prefix, prefix.len() < PREFIX);
    let guess = detector.guess(Some(b"jp"), Utf8Detection::Allow);
    if guess == UTF_8 {
        FileEncoding::Utf8
    } else if guess == EUC_JP {
        FileEncoding::EucJp
    } else if guess == ISO_2022_JP {
        FileEncoding::Iso2022Jp
    } else {
        FileEncoding::Cp932
    }
}

/// One damaged character does not make a file of UTF-8 something else; where the prefix cuts a
/// character is no damage.
fn is_nearly_utf8(prefix: &[u8]) -> bool {
    let (mut damaged, mut whole) = (0, 0);
    for chunk in prefix.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        damaged += usize::from(!chunk.invalid().is_empty());
    }
    damaged <= usize::from(prefix.len() >= PREFIX) || whole > 20 * damaged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::encoding;

    const TABLE: &str = "氏名,メールアドレス,学校名\n佐藤 花子,sato@example.jp,青山高等学校\n髙橋,t@example.jp,㈱温度\n";

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn the_encodings_of_japanese_tables_are_told_apart() {
        for expected in [
            FileEncoding::Cp932,
            FileEncoding::EucJp,
            FileEncoding::Iso2022Jp,
        ] {
            let table = TABLE.replace(['髙', '㈱'], "");
            let (bytes, _, _) = encoding(expected).encode(&table);
            assert_eq!(guess_encoding(&bytes).unwrap(), expected);
        }
        let (cp932, _, _) = encoding(FileEncoding::Cp932).encode(TABLE);
        assert_eq!(guess_encoding(&cp932).unwrap(), FileEncoding::Cp932);
        assert_eq!(
            guess_encoding(TABLE.as_bytes()).unwrap(),
            FileEncoding::Utf8
        );
        assert_eq!(
            guess_encoding(b"email\na@example.jp\n").unwrap(),
            FileEncoding::Utf8
        );
        let marked = [b"\xEF\xBB\xBF", TABLE.as_bytes()].concat();
        assert_eq!(guess_encoding(&marked).unwrap(), FileEncoding::Utf8);
    }

    #[test]
    fn utf_16_is_found_with_and_without_its_mark() {
        for (encoding, bytes_of) in [
            (
                FileEncoding::Utf16Le,
                u16::to_le_bytes as fn(u16) -> [u8; 2],
            ),
            (FileEncoding::Utf16Be, u16::to_be_bytes),
        ] {
            let marked = utf16(&format!("\u{FEFF}{TABLE}"), bytes_of);
            assert_eq!(guess_encoding(&marked).unwrap(), encoding);
            assert_eq!(guess_encoding(&marked[2..]).unwrap(), encoding);
        }
    }

    #[test]
    fn a_prefix_may_end_in_the_middle_of_a_character() {
        let long = TABLE.repeat(PREFIX / TABLE.len() + 1);
        for cut in 0..3 {
            let prefix = &long.as_bytes()[cut..];
            assert_eq!(
                guess_encoding(&prefix[..PREFIX]).unwrap(),
                FileEncoding::Utf8
            );
        }
    }

    #[test]
    fn one_damaged_character_leaves_utf_8_what_it_is() {
        let mut bytes = TABLE.as_bytes().to_vec();
        bytes.extend_from_slice(b"x\xFFy,z@example.jp,\n");
        assert_eq!(guess_encoding(&bytes).unwrap(), FileEncoding::Utf8);
    }

    #[test]
    fn what_is_no_table_is_refused_with_the_line() {
        let workbook = guess_encoding(b"PK\x03\x04\x14\0\x06\0");
        assert!(matches!(workbook, Err(ImportFileError::Workbook)));
        let picture = guess_encoding(b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR");
        assert!(matches!(picture, Err(ImportFileError::Binary { line: 1 })));
        let noise = [
            b"email\na\n".as_slice(),
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 14].repeat(9),
        ]
        .concat();
        assert!(matches!(
            guess_encoding(&noise),
            Err(ImportFileError::Binary { line: 3 })
        ));
        assert!(guess_encoding(b"email\na@exa\0mple.jp\n").is_ok());
    }
}
