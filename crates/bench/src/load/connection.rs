//! One connection that is kept.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::answer;

/// More than any head and body of an answer here.
const LONGEST: usize = 64 * 1024;

/// A connection with one request under way at most.
pub(super) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and waits for the whole answer. Gives its status.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        loop {
            if let Some(answer) = answer::parse(&self.read)? {
                self.read.drain(..answer.length);
                return Ok(answer.status);
            }
            if self.read.len() > LONGEST {
                return Err(Error::new(ErrorKind::InvalidData, "an endless answer"));
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                let closed = "the server closed the connection before it answered";
                return Err(Error::new(ErrorKind::UnexpectedEof, closed));
            }
        }
    }
}
