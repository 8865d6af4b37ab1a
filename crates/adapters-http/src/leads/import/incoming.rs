//! An upload on its way from the event loop to a thread that may block, piece by piece, never
//! whole in memory.

use std::io::{self, Read};
use std::time::Duration;

use actix_multipart::Field;
use actix_web::web::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::timeout;

/// Pieces that may be on their way.
const PIECES: usize = 8;
/// The next piece must be here within this time.
const PATIENCE: Duration = Duration::from_secs(30);
/// So much of an upload that nobody wants any more is still taken in, so that the browser comes
/// to read the answer.
const SURPLUS: usize = 64 * 1024 * 1024;

/// A piece of the upload, or its end. An upload that stops without its end was broken off.
enum Piece {
    Bytes(Bytes),
    End,
}

/// The end that is read from.
pub(crate) struct Incoming {
    pieces: Receiver<Piece>,
    piece: Bytes,
    has_ended: bool,
}

/// The end that is fed.
pub(crate) struct Feed(Sender<Piece>);

/// Both ends.
pub(crate) fn channel() -> (Feed, Incoming) {
    let (sender, pieces) = mpsc::channel(PIECES);
    let incoming = Incoming {
        pieces,
        piece: Bytes::new(),
        has_ended: false,
    };
    (Feed(sender), incoming)
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.has_ended {
            match self.pieces.blocking_recv() {
                Some(Piece::Bytes(bytes)) => self.piece = bytes,
                Some(Piece::End) => self.has_ended = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}

impl Feed {
    /// Hands the field on. Where it breaks off, so does the reading.
    pub(crate) async fn take(self, mut field: Field) {
        let mut surplus = 0;
        let mut is_wanted = true;
        while surplus <= SURPLUS {
            match timeout(PATIENCE, field.next()).await {
                Ok(Some(Ok(bytes))) if is_wanted => {
                    is_wanted = self.0.send(Piece::Bytes(bytes)).await.is_ok();
                }
                Ok(Some(Ok(bytes))) => surplus += bytes.len(),
                Ok(None) => {
                    // Whoever reads no more has said why.
                    drop(self.0.send(Piece::End).await);
                    return;
                }
                Ok(Some(Err(_))) | Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(mut incoming: Incoming) -> io::Result<String> {
        let reading = actix_web::web::block(move || {
            let mut text = String::new();
            incoming.read_to_string(&mut text).map(|_| text)
        });
        reading.await.unwrap()
    }

    #[actix_web::test]
    async fn pieces_are_read_in_order_up_to_the_end() {
        let (feed, incoming) = channel();
        for piece in ["氏名,", "", "メール\n"] {
            let sent = feed.0.send(Piece::Bytes(Bytes::from(piece))).await;
            assert!(sent.is_ok());
        }
        assert!(feed.0.send(Piece::End).await.is_ok());
        let text = read(incoming).await.unwrap();
        assert_eq!(text, "氏名,メール\n");
    }

    #[actix_web::test]
    async fn an_upload_that_breaks_off_is_no_whole_file() {
        let (feed, incoming) = channel();
        assert!(feed.0.send(Piece::Bytes(Bytes::from("a"))).await.is_ok());
        drop(feed);
        let error = read(incoming).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
