//! The bytes of the requests, built before the clock starts.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::Utc;
use ring::hmac;
use serde_json::json;
use uuid::Uuid;

use crate::cli::Work;
use crate::population::{ORIGIN, Population, page};

/// What the requests say they come from.
pub(crate) const USER_AGENT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
/// The title of every page.
pub(crate) const TITLE: &str = "Course of study";
/// Signs the peer's links.
pub(crate) const PEER_SECRET: &str = "bench";

/// Requests one behind the other.
#[derive(Debug)]
pub(crate) struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    expected: u16,
}

impl Requests {
    fn of(
        expected: u16,
        texts: impl Iterator<Item = anyhow::Result<String>>,
    ) -> anyhow::Result<Self> {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for text in texts {
            bytes.extend_from_slice(text?.as_bytes());
            ends.push(bytes.len());
        }
        Ok(Self {
            bytes,
            ends,
            expected,
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One of them.
    pub(crate) fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    /// The status of the answer that means success.
    pub(crate) const fn expected(&self) -> u16 {
        self.expected
    }
}

/// One request of each person to the product.
pub(crate) fn requests(work: Work, of: &Population) -> anyhow::Result<Requests> {
    let everybody = 0..of.people.len();
    match work {
        Work::Pv => Requests::of(200, everybody.map(|at| Ok(page_view(of, at)))),
        Work::Click => Requests::of(
            302,
            everybody.map(|at| Ok(get(&format!("/t/c/{}", of.click_token(at)?), at))),
        ),
    }
}

/// One request of each person to the peer.
pub(crate) fn peer_requests(work: Work, of: &Population) -> anyhow::Result<Requests> {
    let everybody = 0..of.people.len();
    match work {
        Work::Pv => Requests::of(200, everybody.map(|at| Ok(peer_page_view(of, at)))),
        Work::Click => Requests::of(
            302,
            everybody.map(|at| Ok(get(&format!("/t/c/{}", peer_token(of, at)), at))),
        ),
    }
}

/// What the site tag sends.
fn page_view(of: &Population, at: usize) -> String {
    let body = json!({
        "tid": of.people[at].tid.to_string(),
        "url": page(at),
        "referrer": format!("{ORIGIN}/"),
        "ts": millis(at),
        "sid": of.site_key.as_str(),
        "eid": Uuid::new_v4().to_string(),
        "title": TITLE,
    });
    post("text/plain;charset=UTF-8", &body.to_string(), at)
}

fn peer_page_view(of: &Population, at: usize) -> String {
    let body = json!({
        "tid": of.people[at].tid.to_string(),
        "url": page(at),
        "referrer": format!("{ORIGIN}/"),
        "ts": millis(at),
    });
    post("application/json", &body.to_string(), at)
}

fn peer_token(of: &Population, at: usize) -> String {
    let person = &of.people[at];
    let payload = json!({
        "lead_id": person.lead.to_string(),
        "send_log_id": person.send.to_string(),
        "url": page(at),
        "exp": Utc::now().timestamp() + 90 * 24 * 3600,
    });
    let payload = BASE64.encode(payload.to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, PEER_SECRET.as_bytes());
    let tag = hmac::sign(&key, payload.as_bytes());
    format!("{payload}.{}", BASE64.encode(tag))
}

/// The browser's clock: about now, and later for later requests.
fn millis(at: usize) -> i64 {
    Utc::now().timestamp_millis() - 30_000 + i64::try_from(at / 10).unwrap_or_default()
}

fn post(content_type: &str, body: &str, at: usize) -> String {
    let mut text = head("POST", "/t/pv", at);
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "Origin: {ORIGIN}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    text
}

fn get(path: &str, at: usize) -> String {
    let mut text = head("GET", path, at);
    text.push_str("\r\n");
    text
}

/// As it comes from a reverse proxy; the address is one of the range for measurements (RFC 2544).
fn head(method: &str, path: &str, at: usize) -> String {
    let [_, net, high, low] = (at % (1 << 17)).to_be_bytes()[4..8] else {
        unreachable!("four bytes of eight");
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: track.school.example\r\nUser-Agent: {USER_AGENT}\r\n\
         Accept: */*\r\nAccept-Language: ja\r\nX-Forwarded-For: 198.{}.{high}.{low}\r\n",
        18 + net
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(requests: &Requests, at: usize) -> String {
        String::from_utf8(requests.get(at).to_vec()).unwrap()
    }

    #[test]
    fn a_page_view_is_a_whole_request_with_its_own_visitor() {
        let of = Population::of(3).unwrap();
        let all = requests(Work::Pv, &of).unwrap();
        assert_eq!((all.len(), all.expected()), (3, 200));
        for at in 0..3 {
            let text = text(&all, at);
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /t/pv HTTP/1.1\r\n"));
            assert!(head.contains(&format!("Content-Length: {}", body.len())));
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(body["tid"], of.people[at].tid.to_string());
        }
    }

    #[test]
    fn a_click_is_a_whole_request_with_its_own_token() {
        let of = Population::of(2).unwrap();
        let all = requests(Work::Click, &of).unwrap();
        let token = of.click_token(1).unwrap();
        assert!(text(&all, 1).starts_with(&format!("GET /t/c/{token} HTTP/1.1\r\n")));
        assert!(text(&all, 1).ends_with("\r\n\r\n"));
        assert_eq!(all.expected(), 302);
    }

    #[test]
    fn clients_have_addresses_of_the_range_for_measurements() {
        assert!(head("GET", "/", 0).contains("X-Forwarded-For: 198.18.0.0\r\n"));
        let last = head("GET", "/", (1 << 17) - 1);
        assert!(last.contains("X-Forwarded-For: 198.19.255.255\r\n"));
        assert!(head("GET", "/", 1 << 17).contains("198.18.0.0"));
    }
}
