//! The interface for programs: broadcasts are started as the schools' own programs do it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use domain::ids::BroadcastId;
use serde_json::{Value, json};

use super::fixtures::Access;

const PATIENCE: Duration = Duration::from_secs(30);

/// Makes a broadcast to everybody and starts it.
pub(super) fn start_broadcast(
    port: u16,
    access: &Access,
    name: &str,
) -> anyhow::Result<BroadcastId> {
    let body = json!({
        "name": name,
        "template_id": access.template.to_string(),
        "start": true,
    });
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\n",
        access.token
    );
    let (status, answer) = post(port, "/api/v1/broadcasts", &headers, &body.to_string())?;
    ensure!(
        status == 201,
        "the broadcast did not start: {status} {answer}"
    );
    let answer: Value = serde_json::from_str(&answer)?;
    let id = answer["id"].as_str().and_then(|id| id.parse().ok());
    id.context("the broadcast has no id")
}

/// Status and body of the answer to a post.
pub(super) fn post(
    port: u16,
    path: &str,
    headers: &str,
    body: &str,
) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    Ok((status.context("no status")?, body.to_owned()))
}
