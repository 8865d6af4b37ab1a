//! Reading lines and mails off a connection.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// A line longer than this is nobody's.
const LONGEST_LINE: u64 = 64 * 1024;

/// A connection, read by lines.
pub(crate) struct Lines {
    reader: BufReader<TcpStream>,
}

impl Lines {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            reader: BufReader::with_capacity(64 * 1024, stream),
        }
    }

    /// The next line with its end; none when the other side has ended.
    pub(crate) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.reader).take(LONGEST_LINE);
        let read = limited.read_until(b'\n', &mut line)?;
        Ok((read > 0).then_some(line))
    }

    /// Exactly so many bytes.
    pub(crate) fn exactly(&mut self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut read = vec![0; bytes];
        self.reader.read_exact(&mut read)?;
        Ok(read)
    }

    pub(crate) fn say(&mut self, text: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(text)
    }
}

/// A line as text, without its end.
pub(crate) fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}
