//! A message as it goes over the wire.

use std::fmt;

/// What follows the answer to `DATA`: the message with its dots doubled, and the line that ends it
/// (RFC 5321 §4.5.2), in one piece. lettre's own way writes that line by itself, and then waits
/// some 40 ms in every mail for a server that delays its acknowledgement (Nagle's algorithm).
pub(crate) struct Content<'m>(pub(crate) &'m str);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stuffed = self.0.replace("\r\n.", "\r\n..");
        let (first, last) = (
            if self.0.starts_with('.') { "." } else { "" },
            if self.0.ends_with("\r\n") { "" } else { "\r\n" },
        );
        write!(f, "{first}{stuffed}{last}.\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_line_is_a_single_dot() {
        for (message, sent) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            ("", "\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\n..b\r\n", "a\r\n..\r\n...b\r\n.\r\n"),
            ("a.\r\n.", "a.\r\n..\r\n.\r\n"),
        ] {
            assert_eq!(Content(message).to_string(), sent, "{message:?}");
        }
    }
}
