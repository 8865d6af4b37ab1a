//! A program on loopback that answers as it is told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver as Channel};
use std::thread;
use std::time::Duration;

use adapters_notify::{Reach, WebhookClient, system_lookup};
use domain::ids::{CampaignId, LeadId, ReactionId, StepId, TenantId};
use domain::notifications::{StepDone, WebhookCall, WebhookSecret};
use domain::scoring::Band;
use test_support::builders::delivery::address;
use test_support::builders::tenancy::at;
use uuid::Uuid;

/// A program that gives every caller the same answer and notes what they said.
pub(crate) struct Receiver {
    address: SocketAddr,
    heard: Channel<String>,
}

impl Receiver {
    /// Answers with these bytes.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, answer) = (listener.local_addr().unwrap(), answer.into());
        let (tell, heard) = mpsc::channel();
        thread::spawn(move || {
            for caller in listener.incoming() {
                let Ok(mut caller) = caller else { return };
                let request = read(&mut caller);
                drop(caller.write_all(&answer));
                if tell.send(request).is_err() {
                    return;
                }
            }
        });
        Self { address, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What the next caller said.
    pub(crate) fn request(&self) -> String {
        self.heard.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    /// Whether nobody has called until now.
    pub(crate) fn is_quiet(&self) -> bool {
        self.heard.recv_timeout(Duration::from_millis(200)).is_err()
    }
}

/// Head and body of a request.
fn read(caller: &mut TcpStream) -> String {
    caller
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let (mut request, mut part) = (Vec::new(), [0; 4_096]);
    while let Ok(length @ 1..) = caller.read(&mut part) {
        request.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let wanted = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                (name.eq_ignore_ascii_case("content-length")).then(|| value.parse().ok())?
            });
            if body.len() >= wanted.unwrap_or(0) {
                break;
            }
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// A client that reaches loopback, too.
pub(crate) fn client(deadline: Duration) -> WebhookClient {
    let lookup = std::sync::Arc::new(system_lookup);
    WebhookClient::with(deadline, Reach::Anything, lookup).unwrap()
}

/// A call of this address.
pub(crate) fn call(url: &str) -> WebhookCall {
    let id = Uuid::from_u128;
    WebhookCall {
        url: url.to_owned(),
        secrets: vec![WebhookSecret::new([3; 32])],
        at: at(0),
        done: StepDone {
            id: ReactionId::from_uuid(id(1)),
            tenant: TenantId::from_uuid(id(2)),
            at: at(-5),
            campaign: (CampaignId::from_uuid(id(3)), "診断のあと".to_owned()),
            step: StepId::from_uuid(id(4)),
            lead: LeadId::from_uuid(id(5)),
            email: address("sato@example.com"),
            name: Some("佐藤 花子".to_owned()),
            score: 84,
            band: Band::Hot,
        },
    }
}
