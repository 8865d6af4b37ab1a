//! A message on its way.

use std::io;

use uuid::Uuid;

use crate::stream::Lines;

const SEND: &[u8] = b"x-ondo-send:";

/// Reads up to the line with a single dot (RFC 5321 §4.1.1.4), dots at the start of lines taken
/// away again; none when the other side ends before.
pub(super) fn read(lines: &mut Lines) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    while let Some(line) = lines.next()? {
        if line == b".\r\n" {
            return Ok(Some(message));
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
    Ok(None)
}

/// The send that a message names in its header.
pub(super) fn send_of(message: &[u8]) -> Option<Uuid> {
    let header = message
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.trim_ascii().is_empty());
    let mut values = header.filter_map(|line| {
        let name = line.get(..SEND.len())?;
        name.eq_ignore_ascii_case(SEND)
            .then(|| line[SEND.len()..].trim_ascii())
    });
    let value = values.next()?;
    Uuid::try_parse(std::str::from_utf8(value).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_send_is_named_in_the_header_and_nowhere_else() {
        let id = Uuid::from_u128(7);
        let named = format!("Subject: x\r\nX-Ondo-Send: {id}\r\n\r\nbody\r\n");
        assert_eq!(send_of(named.as_bytes()), Some(id));
        let quoted = format!("Subject: x\r\n\r\nX-Ondo-Send: {id}\r\n");
        assert_eq!(send_of(quoted.as_bytes()), None);
    }
}
