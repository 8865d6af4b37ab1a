//! CSV as spreadsheet programs read it.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};
use domain::leads::{ExportError, SheetWriter, formula};
use encoding_rs::SHIFT_JIS;
use unicode_normalization::UnicodeNormalization;

/// A CSV file: every cell quoted, lines ended by CR LF, no cell that runs as a formula (V-29).
pub(crate) struct CsvSheet<'a> {
    writer: Writer<Box<dyn Write + Send + 'a>>,
    encode: fn(&str) -> Cow<'_, [u8]>,
}

impl<'a> CsvSheet<'a> {
    /// UTF-8 behind a byte order mark, without which Excel takes it for CP932.
    pub(crate) fn utf8(mut out: Box<dyn Write + Send + 'a>) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        Ok(Self {
            writer: writer(out),
            encode: |text| Cow::Borrowed(text.as_bytes()),
        })
    }

    /// CP932. No second byte of it is a quotation mark, a comma or a line break.
    pub(crate) fn cp932(out: Box<dyn Write + Send + 'a>) -> Self {
        Self {
            writer: writer(out),
            encode: cp932,
        }
    }
}

fn writer<W: Write>(out: W) -> Writer<W> {
    WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(out)
}

impl SheetWriter for CsvSheet<'_> {
    fn row(&mut self, cells: &[String]) -> Result<(), ExportError> {
        for cell in cells {
            let safe = formula::protect(cell);
            self.writer
                .write_field((self.encode)(&safe))
                .map_err(io_error)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io_error)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        Ok(self.writer.flush()?)
    }
}

fn io_error(error: csv::Error) -> ExportError {
    ExportError::Io(error.into())
}

/// What CP932 writes for a character that it lacks: 〓, the geta of Japanese printers.
const GETA: &[u8] = b"\x81\xAC";

fn cp932(text: &str) -> Cow<'_, [u8]> {
    let (bytes, _, is_lossy) = SHIFT_JIS.encode(text);
    if is_lossy {
        Cow::Owned(text.nfc().flat_map(|c| cp932_char(c).to_vec()).collect())
    } else {
        bytes
    }
}

fn cp932_char(c: char) -> Cow<'static, [u8]> {
    let mut utf8 = [0; 4];
    let (bytes, _, is_lossy) = SHIFT_JIS.encode(twin(c).encode_utf8(&mut utf8));
    if is_lossy {
        Cow::Borrowed(GETA)
    } else {
        Cow::Owned(bytes.into_owned())
    }
}

/// The character that Windows uses where Unicode and macOS use another for the same sign.
fn twin(c: char) -> char {
    match c {
        '\u{301C}' => '\u{FF5E}', // wave dash
        '\u{2014}' => '\u{2015}', // dash
        '\u{2016}' => '\u{2225}', // double bar
        '\u{00A2}' => '\u{FFE0}', // cent
        '\u{00A3}' => '\u{FFE1}', // pound
        '\u{00AC}' => '\u{FFE2}', // not
        '\u{00A0}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_cp932_lacks_become_geta() {
        let text = |input: &str| SHIFT_JIS.decode(&cp932(input)).0.into_owned();
        assert_eq!(text("髙橋①㈱"), "髙橋①㈱");
        assert_eq!(text("10〜20"), "10～20");
        assert_eq!(text("か\u{3099}"), "が");
        assert_eq!(text("𠮷野😀"), "〓野〓");
    }
}
