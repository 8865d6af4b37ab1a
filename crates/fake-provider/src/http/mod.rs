//! SendGrid's v3 `POST /v3/mail/send` over HTTP/1.1 with kept connections.

mod mail;

use std::io;
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::deed::Deed;
use crate::provider::Shared;
use crate::stream::{Lines, text_of};

/// SendGrid's limit of a message with its attachments: 30 MB.
const LARGEST: usize = 30 * 1024 * 1024;

/// A request as far as it matters here.
struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What is answered.
struct Reply {
    status: &'static str,
    headers: String,
    body: String,
}

/// Answers one request after another until the other side ends or a deed ends it.
pub(crate) fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut lines = Lines::new(stream);
    while let Some(request) = read(&mut lines)? {
        let Some(reply) = reply_to(&request, shared) else {
            return Ok(());
        };
        let Reply {
            status,
            headers,
            body,
        } = reply;
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\nServer: nginx\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        lines.say(text.as_bytes())?;
    }
    Ok(())
}

fn read(lines: &mut Lines) -> io::Result<Option<Request>> {
    let Some(first) = lines.next()? else {
        return Ok(None);
    };
    let mut headers = Vec::new();
    loop {
        let Some(line) = lines.next()? else {
            return Ok(None);
        };
        let line = text_of(&line);
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let mut request = Request {
        line: text_of(&first),
        headers,
        body: Vec::new(),
    };
    let length = request.header("content-length").unwrap_or("0");
    let length = length.parse::<usize>().map_err(io::Error::other)?;
    if length <= LARGEST {
        request.body = lines.exactly(length)?;
    }
    Ok(Some(request))
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// What is wrong with it, whatever the deed.
    fn fault(&self) -> Option<Reply> {
        let key = self.header("authorization").unwrap_or_default();
        let kind = self.header("content-type").unwrap_or_default();
        if self.line != "POST /v3/mail/send HTTP/1.1" {
            return Some(Reply::refusal("404 Not Found", "not found"));
        }
        if key.strip_prefix("Bearer ").is_none_or(str::is_empty) {
            let told = "The provided authorization grant is invalid, expired, or revoked";
            return Some(Reply::refusal("401 Unauthorized", told));
        }
        if !kind.starts_with("application/json") {
            return Some(Reply::refusal("415 Unsupported Media Type", "JSON only"));
        }
        let announced = self.header("content-length").and_then(|n| n.parse().ok());
        (announced != Some(self.body.len()))
            .then(|| Reply::refusal("413 Payload Too Large", "over 30 MB"))
    }
}

/// None where the connection ends without an answer.
fn reply_to(request: &Request, shared: &Shared) -> Option<Reply> {
    if let Some(fault) = request.fault() {
        return Some(fault);
    }
    let mails = match mail::mails_in(&request.body) {
        Ok(mails) => mails,
        Err(reason) => return Some(Reply::refusal("400 Bad Request", &reason)),
    };
    let deed = shared.deed();
    let answers = shared.handle(deed, mails, &request.body);
    answers.then(|| reply_of(deed, shared))
}

fn reply_of(deed: Deed, shared: &Shared) -> Reply {
    let refusal = Reply::refusal;
    match deed {
        Deed::Accept | Deed::AcceptSlowly => Reply {
            status: "202 Accepted",
            headers: format!("X-Message-Id: fake-{:020}\r\n", shared.ledger.count()),
            body: String::new(),
        },
        Deed::Limit => Reply {
            headers: limits(shared.manners().wait.as_secs()),
            ..refusal("429 Too Many Requests", "too many requests")
        },
        Deed::Fault => refusal("503 Service Unavailable", "the service is unavailable"),
        Deed::Reject => refusal(
            "400 Bad Request",
            "The from address does not match a verified Sender Identity.",
        ),
        Deed::TooLarge => refusal("413 Payload Too Large", "the payload is too large"),
        Deed::RefuseKey => refusal(
            "401 Unauthorized",
            "The provided authorization grant is invalid, expired, or revoked",
        ),
        // The last four never come here: they have no answer.
        Deed::RefuseSender
        | Deed::HoldUntaken
        | Deed::HoldTaken
        | Deed::DropUntaken
        | Deed::DropTaken => refusal("403 Forbidden", "access forbidden"),
    }
}

/// As SendGrid writes them: the second in which the limit ends, and how long that is.
fn limits(wait: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let reset = now.map_or(0, |now| now.as_secs()) + wait;
    format!(
        "X-RateLimit-Limit: 500\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {reset}\r\n\
         Retry-After: {wait}\r\n"
    )
}

impl Reply {
    fn refusal(status: &'static str, message: &str) -> Self {
        let body = serde_json::json!({ "errors": [{ "message": message, "field": null }] });
        Self {
            status,
            headers: "Content-Type: application/json\r\n".to_owned(),
            body: body.to_string(),
        }
    }
}
