//! What is sent.

use std::sync::Arc;

use chrono::Utc;
use domain::ids::EngagementId;
use serde_json::json;
use uuid::Uuid;

use crate::world::{ORIGIN, People, Person};

/// What kind of request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    /// `POST /t/pv`
    PageView,
    /// `GET /t/c`
    Click,
    /// `GET /t/o`
    Open,
    /// `POST /webhooks/sendgrid`
    Report,
}

impl Kind {
    const ALL: [Self; 4] = [Self::PageView, Self::Click, Self::Open, Self::Report];

    /// Its name in the journal.
    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::PageView => "p",
            Self::Click => "c",
            Self::Open => "o",
            Self::Report => "r",
        }
    }

    pub(crate) fn of_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    /// Whether a repeat is the same engagement; a click has no name of its own.
    pub(crate) const fn is_named(self) -> bool {
        matches!(self, Self::PageView | Self::Report)
    }
}

/// One request. A repeat has the very same bytes.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) kind: Kind,
    /// The engagements, where the request names them; else the mail.
    pub(crate) subjects: Vec<Uuid>,
    pub(crate) request: Arc<[u8]>,
    /// How often it was sent before.
    pub(crate) repeats: u32,
}

/// A browser that nobody takes for a machine.
const USER_AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// Makes requests: three in four a page view, else mostly clicks and opens.
#[derive(Debug)]
pub(crate) struct Mix {
    people: Arc<People>,
    chance: fastrand::Rng,
    number: u64,
}

impl Mix {
    pub(crate) const fn new(people: Arc<People>, chance: fastrand::Rng) -> Self {
        Self {
            people,
            chance,
            number: 0,
        }
    }

    /// For choices that belong to the load.
    pub(super) const fn chance(&mut self) -> &mut fastrand::Rng {
        &mut self.chance
    }

    /// Another request.
    pub(crate) fn next(&mut self) -> Job {
        let people = Arc::clone(&self.people);
        let person = &people.all[self.chance.usize(..people.all.len())];
        match self.chance.u32(..100) {
            0..75 => self.page_view(person),
            75..90 => self.get(Kind::Click, person, &person.click),
            90..98 => self.get(Kind::Open, person, &person.open),
            _ => self.reports(1),
        }
    }

    fn job(&mut self, kind: Kind, subjects: Vec<Uuid>, request: Vec<u8>) -> Job {
        self.number += 1;
        Job {
            number: self.number,
            kind,
            subjects,
            request: request.into(),
            repeats: 0,
        }
    }

    /// Mostly a page that is seen once; some pages are seen again and again, and some count more.
    fn page_view(&mut self, person: &Person) -> Job {
        let page = match self.chance.u32(..10) {
            0..7 => format!("page/{}", self.number),
            7..9 => format!("news/{}", self.chance.u32(..5)),
            _ => format!("apply/{}", self.chance.u32(..7)),
        };
        let eid = Uuid::from_u128(self.chance.u128(..)).to_string();
        let tid = person.tid.to_string();
        let report = json!({
            "tid": tid,
            "url": format!("{ORIGIN}/{page}"),
            "ts": Utc::now().timestamp_millis(),
            "eid": eid,
            "title": "学校",
        });
        let tenant = self.people.tenant.uuid();
        let engagement = EngagementId::derived(&[
            b"page_view",
            tenant.as_bytes(),
            tid.as_bytes(),
            eid.as_bytes(),
        ]);
        let headers = format!("Origin: {ORIGIN}\r\nContent-Type: text/plain;charset=UTF-8\r\n");
        let request = post(
            "/t/pv",
            &person.address,
            &headers,
            report.to_string().as_bytes(),
        );
        self.job(Kind::PageView, vec![engagement.uuid()], request)
    }

    fn get(&mut self, kind: Kind, person: &Person, path: &str) -> Job {
        self.job(kind, vec![person.send.uuid()], get(path, &person.address))
    }

    /// A post with so many new reports that a mail arrived.
    pub(crate) fn reports(&mut self, count: usize) -> Job {
        let people = Arc::clone(&self.people);
        let ids: Vec<String> = (0..count)
            .map(|_| format!("{:032x}", self.chance.u128(..)))
            .collect();
        let event = |id: &String| {
            let person = &people.all[self.chance.usize(..people.all.len())];
            json!({
                "event": "delivered",
                "sg_event_id": id,
                "timestamp": people.mailed_at.timestamp() + 1,
                "ondo_send": person.send.to_string(),
                "ondo_tenant": people.tenant.to_string(),
            })
        };
        let events: Vec<_> = ids.iter().map(event).collect();
        let body = json!(events).to_string();
        let tenant = people.tenant.uuid();
        let engagement = |id: &String| EngagementId::derived(&[tenant.as_bytes(), id.as_bytes()]);
        let subjects = ids.iter().map(|id| engagement(id).uuid()).collect();
        // Without a signature the post is refused, and the checker reports that.
        let (signature, timestamp) = people.sign(body.as_bytes()).unwrap_or_default();
        let headers = format!(
            "Content-Type: application/json\r\n\
             X-Twilio-Email-Event-Webhook-Signature: {signature}\r\n\
             X-Twilio-Email-Event-Webhook-Timestamp: {timestamp}\r\n"
        );
        let path = format!("/webhooks/sendgrid/{}", people.webhook_key);
        let request = post(&path, "126.0.0.1", &headers, body.as_bytes());
        self.job(Kind::Report, subjects, request)
    }
}

fn head(method: &str, path: &str, address: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {USER_AGENT}\r\n\
         X-Forwarded-For: {address}\r\n"
    )
}

/// A GET of a browser at `address`.
pub(crate) fn get(path: &str, address: &str) -> Vec<u8> {
    (head("GET", path, address) + "\r\n").into_bytes()
}

fn post(path: &str, address: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = head("POST", path, address);
    let length = format!("Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), headers.as_bytes(), length.as_bytes(), body].concat()
}
