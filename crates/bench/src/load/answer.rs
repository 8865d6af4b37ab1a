//! Just enough of HTTP/1.1 to know where an answer ends and what it says.

use std::io::{Error, ErrorKind, Result};

/// A whole answer at the start of the bytes read so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Its length with head and body. Bytes.
    pub(super) length: usize,
}

/// The answer, once it is complete.
///
/// Only answers with a Content-Length are understood: all that the measured servers give.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Answer>> {
    let Some(head) = head_of(bytes) else {
        return Ok(None);
    };
    let text = std::str::from_utf8(&bytes[..head]).map_err(|_not_text| malformed())?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|code| code.parse().ok());
    let body = lines.find_map(content_length);
    let (Some(status), Some(body)) = (status, body) else {
        return Err(malformed());
    };
    let length = head + body;
    Ok((bytes.len() >= length).then_some(Answer { status, length }))
}

fn head_of(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(end + 4)
}

fn content_length(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    let is_it = name.eq_ignore_ascii_case("content-length");
    is_it.then(|| value.trim().parse().ok())?
}

fn malformed() -> Error {
    Error::new(
        ErrorKind::InvalidData,
        "an answer without a status or a Content-Length",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: y\r\n\r\n{}";

    #[test]
    fn an_answer_is_complete_with_its_last_byte() {
        for length in 0..OK.len() {
            assert_eq!(parse(&OK[..length]).unwrap(), None, "{length} bytes");
        }
        let whole = Answer {
            status: 200,
            length: OK.len(),
        };
        assert_eq!(parse(OK).unwrap(), Some(whole));
        let more = [OK, b"HTTP/1.1"].concat();
        assert_eq!(parse(&more).unwrap(), Some(whole));
    }

    #[test]
    fn an_answer_without_a_length_is_an_error() {
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 wrong\r\ncontent-length: 0\r\n\r\n").is_err());
    }
}
