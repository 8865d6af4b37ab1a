//! A file that is sent while it is written, in constant memory: the writer waits for the reader.

use std::io::{self, Write};

use actix_web::rt;
use actix_web::rt::task::JoinHandle;
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::blocking::blocking_long;
use crate::error::Failure;

/// Size of a piece, and how many may be on their way.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 4;

/// Collects what is written into pieces and hands them on.
struct Pieces {
    sender: Sender<Bytes>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.sender.blocking_send(piece).map_err(gone)
    }
}

/// What is still to come.
struct Coming {
    first: Option<Bytes>,
    pieces: Receiver<Bytes>,
    work: Option<JoinHandle<Result<(), Failure>>>,
}

/// Runs `work` and answers what it writes, as soon as there is something: whatever fails before
/// that is answered instead. What fails later breaks the answer off, so that nobody takes half a
/// file for a whole one.
///
/// # Errors
/// What `work` answers before it has written anything.
pub(super) async fn written_by<F>(work: F) -> Result<impl Stream<Item = io::Result<Bytes>>, Failure>
where
    F: FnOnce(Box<dyn Write + Send>) -> Result<(), Failure> + Send + 'static,
{
    let (sender, mut pieces) = mpsc::channel(PIECES);
    let out = Pieces {
        sender,
        piece: Vec::new(),
    };
    let work = rt::spawn(blocking_long(move || work(Box::new(out))));
    let first = pieces.recv().await;
    let coming = if first.is_some() {
        Coming {
            first,
            pieces,
            work: Some(work),
        }
    } else {
        work.await.map_err(Failure::unexpected)??;
        Coming {
            first,
            pieces,
            work: None,
        }
    };
    Ok(stream::unfold(coming, |mut coming| async {
        let piece = coming.next().await?;
        Some((piece, coming))
    }))
}

impl Coming {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        if let Some(piece) = self.pieces.recv().await {
            return Some(Ok(piece));
        }
        match self.work.take()?.await {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => {
                tracing::error!(?failure, "a file broke off while it was sent");
                Some(Err(io::Error::other(failure.name())))
            }
            Err(error) => Some(Err(io::Error::other(error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    async fn read(
        work: impl FnOnce(Box<dyn Write + Send>) -> Result<(), Failure> + Send + 'static,
    ) -> Result<Vec<io::Result<Bytes>>, Failure> {
        Ok(written_by(work).await?.collect().await)
    }

    #[actix_web::test]
    async fn a_file_arrives_whole_and_in_pieces() {
        let pieces = read(|mut out| {
            for _ in 0..10 * PIECE / 4 {
                out.write_all(b"abcd").map_err(Failure::unexpected)?;
            }
            out.flush().map_err(Failure::unexpected)
        });
        let pieces = pieces.await.unwrap();
        assert_eq!(pieces.len(), 10);
        let length: usize = pieces.into_iter().map(|piece| piece.unwrap().len()).sum();
        assert_eq!(length, 10 * PIECE);
    }

    #[actix_web::test]
    async fn what_fails_at_once_is_answered_instead_of_a_file() {
        let failed = read(|_| Err(Failure::NotFound)).await;
        assert_eq!(failed.unwrap_err().status(), 404);
    }

    #[actix_web::test]
    async fn what_fails_later_breaks_the_file_off() {
        let pieces = read(|mut out| {
            out.write_all(&[0; PIECE]).map_err(Failure::unexpected)?;
            Err(Failure::NotFound)
        });
        let pieces = pieces.await.unwrap();
        assert!(pieces[0].is_ok());
        assert!(pieces[1].is_err());
    }

    #[actix_web::test]
    async fn a_reader_who_leaves_stops_the_writer() {
        let (done, is_done) = std::sync::mpsc::channel();
        let file = written_by(move |mut out| {
            let written = (0..1_000).try_for_each(|_| out.write_all(&[0; PIECE]));
            done.send(written.is_err()).map_err(Failure::unexpected)
        });
        drop(file.await.unwrap());
        let stopped = blocking_long(move || is_done.recv().map_err(Failure::unexpected)).await;
        assert!(stopped.unwrap());
    }
}
