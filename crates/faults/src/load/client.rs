//! Plain HTTP/1.1 on one connection that is kept open.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// No answer that we ask for is longer.
const LONGEST_HEAD: usize = 64 * 1024;

/// A connection to a port of this machine; opened when it is needed.
#[derive(Debug)]
pub(crate) struct Connection {
    port: u16,
    stream: Option<TcpStream>,
}

/// Why there is no status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unanswered {
    /// The connection was open from an earlier answer, and closed before the first byte of this.
    /// Anybody may close an idle connection, so a browser asks again on a new one.
    Stale,
    /// Anything else.
    Failed,
}

impl Connection {
    pub(crate) const fn to(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// The status of the answer; none where the connection ends without one, or nobody answers in
    /// time.
    pub(crate) async fn ask(&mut self, request: &[u8], patience: Duration) -> Option<u16> {
        self.ask_once(request, patience).await.ok()
    }

    /// The same as a browser does with a GET: once more on a new connection when an idle one turns
    /// out to be closed. Also tells whether it did.
    pub(super) async fn ask_like_a_browser(
        &mut self,
        request: &[u8],
        patience: Duration,
    ) -> (Option<u16>, bool) {
        match self.ask_once(request, patience).await {
            Err(Unanswered::Stale) => (self.ask_once(request, patience).await.ok(), true),
            answer => (answer.ok(), false),
        }
    }

    async fn ask_once(&mut self, request: &[u8], patience: Duration) -> Result<u16, Unanswered> {
        let was_open = self.stream.is_some();
        let answer = timeout(patience, self.exchange(request)).await;
        match answer {
            Ok(Ok((status, keeps_open))) => {
                if !keeps_open {
                    self.stream = None;
                }
                Ok(status)
            }
            Ok(Err(answered)) => {
                self.stream = None;
                let stale = was_open && !answered;
                Err(if stale {
                    Unanswered::Stale
                } else {
                    Unanswered::Failed
                })
            }
            Err(_late) => {
                self.stream = None;
                Err(Unanswered::Failed)
            }
        }
    }

    /// The status, and whether the connection can be used again; else whether any byte came.
    async fn exchange(&mut self, request: &[u8]) -> Result<(u16, bool), bool> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let opened = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await;
                let opened = opened.map_err(|_refused| false)?;
                drop(opened.set_nodelay(true));
                none.insert(opened)
            }
        };
        stream.write_all(request).await.map_err(|_closed| false)?;
        let mut answer = Vec::with_capacity(1024);
        loop {
            if let Some(head) = Head::parse(&answer) {
                return head.finish(stream, &answer).await.map_err(|_cut| true);
            }
            let read = stream.read_buf(&mut answer).await.unwrap_or(0);
            if read == 0 || answer.len() > LONGEST_HEAD {
                return Err(!answer.is_empty());
            }
        }
    }
}

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    bytes: usize,
    /// None: the end of the body is not told by a length.
    body: Option<usize>,
    closes: bool,
}

impl Head {
    /// The head, when it is there as a whole.
    fn parse(answer: &[u8]) -> Option<Self> {
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
        let text = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
        let status: u16 = text.split(' ').nth(1)?.parse().ok()?;
        let value = |name: &str| {
            let line = text.split("\r\n").find_map(|line| line.strip_prefix(name));
            line.map(str::trim)
        };
        let length = value("content-length:").and_then(|length| length.parse().ok());
        let has_none = matches!(status, 204 | 304);
        Some(Self {
            status,
            bytes: end + 4,
            body: if has_none { Some(0) } else { length },
            closes: value("connection:") == Some("close"),
        })
    }

    /// Reads the rest of the body; a body without a length ends the connection instead.
    async fn finish(self, stream: &mut TcpStream, answer: &[u8]) -> std::io::Result<(u16, bool)> {
        let Some(body) = self.body else {
            return Ok((self.status, false));
        };
        let missing = (self.bytes + body).saturating_sub(answer.len());
        let mut rest = vec![0; missing];
        stream.read_exact(&mut rest).await?;
        Ok((self.status, !self.closes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_an_answer_tells_status_length_and_whether_to_go_on() {
        let answer = b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
        let head = Head::parse(answer).unwrap();
        assert_eq!((head.status, head.body, head.closes), (302, Some(0), false));
        assert_eq!(head.bytes, answer.len());
        assert_eq!(Head::parse(&answer[..answer.len() - 1]), None);
        let last = b"HTTP/1.1 503 No\r\nconnection: close\r\ncontent-length: 12\r\n\r\n{";
        let head = Head::parse(last).unwrap();
        assert_eq!((head.status, head.body, head.closes), (503, Some(12), true));
    }
}
