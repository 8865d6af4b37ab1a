//! The sink's own limit: the bytes of one mail, again and again, by threads that do nothing else.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use crate::cli::By;

/// Hands `content` over for so long, on as many connections; how many mails a second the sink took.
pub(crate) fn blast(
    by: By,
    sink: SocketAddr,
    content: &[u8],
    connections: usize,
    time: Duration,
) -> anyhow::Result<f64> {
    let taken = AtomicU64::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| hand_over(by, sink, content, begun + time, &taken)))
            .collect();
        for thread in threads {
            thread
                .join()
                .map_err(|_panic| anyhow!("a thread panicked"))??;
        }
        anyhow::Ok(())
    })?;
    #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
    let taken = taken.load(Ordering::Relaxed) as f64;
    Ok(taken / begun.elapsed().as_secs_f64())
}

fn hand_over(
    by: By,
    sink: SocketAddr,
    content: &[u8],
    end: Instant,
    taken: &AtomicU64,
) -> anyhow::Result<()> {
    let mut line = Line::open(sink)?;
    if by == By::Smtp {
        line.until("220")?;
        line.say(b"EHLO bench\r\n", "250 ")?;
    }
    let request = match by {
        By::Sendgrid => request(content),
        By::Smtp => [content, b".\r\n"].concat(),
    };
    while Instant::now() < end {
        match by {
            By::Sendgrid => {
                line.say(&request, "HTTP/1.1 202")?;
                line.until("\r\n")?;
            }
            By::Smtp => {
                line.say(b"MAIL FROM:<nyushi@kasuga.example.jp>\r\n", "250 ")?;
                line.say(b"RCPT TO:<lead@school.example>\r\n", "250 ")?;
                line.say(b"DATA\r\n", "354 ")?;
                line.say(&request, "250 ")?;
            }
        }
        taken.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

fn request(body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST /v3/mail/send HTTP/1.1\r\nHost: sink\r\nAuthorization: Bearer SG.bench\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A connection that is answered in lines.
struct Line {
    reader: BufReader<TcpStream>,
}

impl Line {
    fn open(sink: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(sink)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            reader: BufReader::new(stream),
        })
    }

    fn say(&mut self, bytes: &[u8], expected: &str) -> anyhow::Result<()> {
        self.reader.get_mut().write_all(bytes)?;
        self.until(expected)
    }

    /// Reads lines until one begins so.
    fn until(&mut self, expected: &str) -> anyhow::Result<()> {
        let mut line = String::new();
        while !line.starts_with(expected) {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                return Err(anyhow!("the sink ended"));
            }
        }
        Ok(())
    }
}
