//! From bytes in some encoding to UTF-8, a piece at a time.

use std::io::{self, Read};

use domain::leads::import::FileEncoding;
use encoding_rs::{Decoder, EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes read at once.
const PIECE: usize = 16 * 1024;

/// The encoding as `encoding_rs` calls it; its Shift_JIS is CP932, as on the web (WHATWG).
pub(crate) fn encoding(encoding: FileEncoding) -> &'static Encoding {
    match encoding {
        FileEncoding::Utf8 => UTF_8,
        FileEncoding::Cp932 => SHIFT_JIS,
        FileEncoding::EucJp => EUC_JP,
        FileEncoding::Utf16Le => UTF_16LE,
        FileEncoding::Utf16Be => UTF_16BE,
        FileEncoding::Iso2022Jp => ISO_2022_JP,
    }
}

/// A source of bytes, read as text. A byte order mark is dropped; bytes that are no text become
/// U+FFFD.
pub(crate) struct Decoded<R> {
    source: R,
    decoder: Decoder,
    piece: Vec<u8>,
    bytes_read: u64,
    is_finished: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(source: R, from: FileEncoding) -> Self {
        Self {
            source,
            decoder: encoding(from).new_decoder_with_bom_removal(),
            piece: vec![0; PIECE],
            bytes_read: 0,
            is_finished: false,
        }
    }

    /// Bytes of the source that are decoded.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Appends the next piece to `text`, whole characters only. `false` at the end.
    pub(crate) fn append_to(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        let before = text.len();
        while text.len() == before && !self.is_finished {
            let read = match self.source.read(&mut self.piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            self.is_finished = read == 0;
            self.bytes_read += read as u64;
            self.decode(read, text)?;
        }
        Ok(text.len() > before)
    }

    fn decode(&mut self, read: usize, text: &mut Vec<u8>) -> io::Result<()> {
        let before = text.len();
        let room = self
            .decoder
            .max_utf8_buffer_length(read)
            .ok_or_else(|| io::Error::other("a piece of text is too long"))?;
        text.resize(before + room, 0);
        let (_, _, written, _) =
            self.decoder
                .decode_to_utf8(&self.piece[..read], &mut text[before..], self.is_finished);
        text.truncate(before + written);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time, so that every character is cut in two.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            buffer[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn decoded(bytes: &[u8], from: FileEncoding) -> String {
        let mut source = Decoded::new(Dripping(bytes), from);
        let mut text = Vec::new();
        while source.append_to(&mut text).unwrap() {}
        assert_eq!(source.bytes_read(), bytes.len() as u64);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_character_cut_by_a_read_is_whole() {
        assert_eq!(decoded("佐藤".as_bytes(), FileEncoding::Utf8), "佐藤");
        assert_eq!(decoded(b"\xEF\xBB\xBFa", FileEncoding::Utf8), "a");
        assert_eq!(decoded(b"\x8D\xB2\x93\xA1", FileEncoding::Cp932), "佐藤");
        assert_eq!(
            decoded(b"\xFF\xFEa\0\x50\x4F", FileEncoding::Utf16Le),
            "a佐"
        );
    }

    #[test]
    fn the_characters_of_windows_are_read() {
        // ① ㈱ 髙 ～ are in CP932, not in Shift_JIS proper.
        let bytes = b"\x87\x40\x87\x8A\xFB\xFC\x81\x60";
        assert_eq!(decoded(bytes, FileEncoding::Cp932), "①㈱髙～");
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        assert_eq!(decoded(b"a\xFFb", FileEncoding::Utf8), "a\u{FFFD}b");
        assert_eq!(decoded(b"a\xE4\xBD", FileEncoding::Utf8), "a\u{FFFD}");
    }
}
