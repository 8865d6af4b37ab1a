//! From text to rows (RFC 4180), in constant memory and without trusting the file.
//!
//! A row that breaks a limit or has an unbalanced quotation mark is reported with the line it
//! starts on, and reading goes on with the next physical line: one bad quote costs one row, not
//! the rest of the file. This is why the `csv` crate does not do it: it takes any text for CSV
//! and reads an open quote to the end of the file.

use std::io::{self, Read};

use domain::leads::import::{Record, RefusalReason, Separator};

use crate::decode::Decoded;

/// Longest cell, in bytes of UTF-8.
const CELL_MAX: usize = 64 * 1024;
/// Longest row, in bytes of UTF-8.
const RECORD_MAX: usize = 1024 * 1024;
/// Most cells in a row.
const CELLS_MAX: usize = 1_000;

/// The rows of a text.
pub(crate) struct Splitter<R> {
    source: Decoded<R>,
    separator: u8,
    /// Text that is decoded and not yet given out, and the row before it.
    text: Vec<u8>,
    /// Where the next row starts in `text`.
    start: usize,
    /// The physical line on which it starts.
    line: u64,
}

/// What ends the reading of a row early.
enum Stop {
    Fault(RefusalReason),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<R: Read> Splitter<R> {
    pub(crate) fn new(source: Decoded<R>, separator: Separator) -> Self {
        Self {
            source,
            separator: separator.byte(),
            text: Vec::new(),
            start: 0,
            line: 1,
        }
    }

    /// Drops the physical lines before `line`.
    pub(crate) fn skip_to(&mut self, line: u64) -> io::Result<()> {
        while self.line < line && self.peek(0)?.is_some() {
            self.skip_line()?;
        }
        Ok(())
    }

    /// The next row, blank lines included; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record>> {
        if self.peek(0)?.is_none() {
            return Ok(None);
        }
        let line = self.line;
        let cells = match self.cells() {
            Ok((cells, length)) => {
                let row = &self.text[self.start..self.start + length];
                self.line += lines_in(row).max(1);
                self.start += length;
                Ok(cells)
            }
            Err(Stop::Fault(reason)) => {
                self.skip_line()?;
                Err(reason)
            }
            Err(Stop::Io(error)) => return Err(error),
        };
        Ok(Some(Record {
            line,
            next_line: self.line,
            bytes_read: self.source.bytes_read(),
            cells,
        }))
    }

    /// The cells of the row that starts here, and its length with the line break. All positions
    /// count from the start of the row, because reading on moves the text.
    fn cells(&mut self) -> Result<(Vec<String>, usize), Stop> {
        let mut cells = Vec::new();
        let mut at = 0;
        loop {
            if cells.len() == CELLS_MAX {
                return Err(Stop::Fault(RefusalReason::TooManyColumns));
            }
            let (cell, end) = if self.peek(at)? == Some(b'"') {
                self.quoted_cell(at + 1)?
            } else {
                self.plain_cell(at)?
            };
            cells.push(cell);
            if end > RECORD_MAX {
                return Err(Stop::Fault(RefusalReason::RecordTooLong));
            }
            match self.peek(end)? {
                None => return Ok((cells, end)),
                Some(b'\n') => return Ok((cells, end + 1)),
                Some(b'\r') if self.peek(end + 1)? == Some(b'\n') => return Ok((cells, end + 2)),
                Some(b'\r') => return Ok((cells, end + 1)),
                Some(_separator) => at = end + 1,
            }
        }
    }

    /// The cell from `from` to the next separator or line break.
    fn plain_cell(&mut self, from: usize) -> Result<(String, usize), Stop> {
        let separator = self.separator;
        let mut seen = from;
        let end = loop {
            let text = &self.text[self.start + seen..];
            let ends = |&b: &u8| b == separator || b == b'\n' || b == b'\r';
            let found = text.iter().position(ends);
            seen += found.unwrap_or(text.len());
            if seen - from > CELL_MAX {
                return Err(Stop::Fault(RefusalReason::CellTooLong));
            }
            if found.is_some() || !self.read_on()? {
                break seen;
            }
        };
        Ok((
            text_of(&self.text[self.start + from..self.start + end]),
            end,
        ))
    }

    /// The cell whose opening quotation mark is before `from`; a doubled mark is one.
    fn quoted_cell(&mut self, from: usize) -> Result<(String, usize), Stop> {
        let mut cell = Vec::new();
        let mut seen = from;
        loop {
            let text = &self.text[self.start + seen..];
            let found = text.iter().position(|&b| b == b'"');
            let part = &text[..found.unwrap_or(text.len())];
            cell.extend_from_slice(part);
            seen += part.len();
            if cell.len() > CELL_MAX {
                return Err(Stop::Fault(too_long(&cell)));
            }
            if found.is_none() {
                if !self.read_on()? {
                    return Err(Stop::Fault(RefusalReason::UnbalancedQuote));
                }
            } else if self.peek(seen + 1)? == Some(b'"') {
                cell.push(b'"');
                seen += 2;
            } else {
                return Ok((text_of(&cell), self.after_quote(seen + 1)?));
            }
        }
    }

    /// After a closing mark only spaces may stand before the end of the cell. Anything else
    /// shows that the mark was never meant to close this cell.
    fn after_quote(&mut self, from: usize) -> Result<usize, Stop> {
        let mut at = from;
        while self.peek(at)? == Some(b' ') && at - from < CELL_MAX {
            at += 1;
        }
        match self.peek(at)? {
            None | Some(b'\n' | b'\r') => Ok(at),
            Some(byte) if byte == self.separator => Ok(at),
            Some(_) => Err(Stop::Fault(RefusalReason::UnbalancedQuote)),
        }
    }

    /// Goes to the next physical line, however long this one is.
    fn skip_line(&mut self) -> io::Result<()> {
        self.line += 1;
        loop {
            let text = &self.text[self.start..];
            if let Some(length) = text.iter().position(|&b| b == b'\n' || b == b'\r') {
                let is_pair = text[length] == b'\r' && self.peek(length + 1)? == Some(b'\n');
                self.start += length + if is_pair { 2 } else { 1 };
                return Ok(());
            }
            self.start = self.text.len();
            if !self.read_on()? {
                return Ok(());
            }
        }
    }

    fn peek(&mut self, at: usize) -> io::Result<Option<u8>> {
        while self.start + at >= self.text.len() {
            if !self.read_on()? {
                return Ok(None);
            }
        }
        Ok(Some(self.text[self.start + at]))
    }

    /// Drops what is given out and reads more text behind the rest. `false` at the end.
    fn read_on(&mut self) -> io::Result<bool> {
        self.text.drain(..self.start);
        self.start = 0;
        self.source.append_to(&mut self.text)
    }
}

/// A quoted cell over several lines that never ends is a mark too many, not a long text.
fn too_long(cell: &[u8]) -> RefusalReason {
    if cell.contains(&b'\n') || cell.contains(&b'\r') {
        RefusalReason::UnbalancedQuote
    } else {
        RefusalReason::CellTooLong
    }
}

/// Physical line breaks: CR LF, LF, or CR alone.
fn lines_in(text: &[u8]) -> u64 {
    let is_break = |(at, byte): (usize, &u8)| {
        *byte == b'\n' || (*byte == b'\r' && text.get(at + 1) != Some(&b'\n'))
    };
    text.iter().enumerate().filter(|&one| is_break(one)).count() as u64
}

/// The decoder gives UTF-8 only, and cells end at ASCII characters.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
