//! What makes a file a segment: its name and its first bytes.

/// How long the head of a segment is. Bytes.
pub(crate) const HEAD: u64 = HEAD_BYTES.len() as u64;

/// The head of every segment of this version.
pub(crate) const HEAD_BYTES: [u8; 12] = *b"ONDOSPL\n\x01\0\0\0";

/// The name of the segment with this number.
pub(crate) fn name(number: u64) -> String {
    format!("{number:020}.seg")
}

/// The number in a segment's name; none when it is the name of something else.
pub(crate) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".seg")?;
    let all_digits = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_its_number_back() {
        for value in [0, 8, u64::MAX] {
            assert_eq!(number(&name(value)), Some(value));
        }
    }

    #[test]
    fn other_names_are_no_segments() {
        for other in [
            "lock",
            "8.seg",
            "+0000000000000000008.seg",
            "00000000000000000008.seg.bak",
            "99999999999999999999.seg",
        ] {
            assert_eq!(number(other), None, "{other}");
        }
    }
}
