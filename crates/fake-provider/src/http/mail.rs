//! The body of a request, checked as SendGrid documents it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use uuid::Uuid;

use crate::provider::Incoming;

/// Headers that a request may not set.
const RESERVED: [&str; 13] = [
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
    "sender",
];
const MOST_PERSONALIZATIONS: usize = 1_000;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    personalizations: Vec<Personalization<'a>>,
    #[serde(borrow)]
    from: Address<'a>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    content: Vec<Content<'a>>,
    #[serde(borrow, default)]
    headers: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Personalization<'a> {
    #[serde(borrow)]
    to: Vec<Address<'a>>,
    #[serde(borrow, default)]
    cc: Vec<Address<'a>>,
    #[serde(borrow, default)]
    bcc: Vec<Address<'a>>,
    #[serde(borrow, default)]
    custom_args: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Address<'a> {
    #[serde(borrow)]
    email: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// The mails of a request; why it is refused, where it is.
pub(super) fn mails_in(body: &[u8]) -> Result<Vec<Incoming>, String> {
    let body: Body<'_> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if let Some(fault) = body.fault() {
        return Err(fault.to_owned());
    }
    let mails = body.personalizations.iter().map(|personalization| {
        let arguments = &personalization.custom_args;
        let addresses = [
            &personalization.to,
            &personalization.cc,
            &personalization.bcc,
        ];
        Incoming {
            send: arguments
                .get("ondo_send")
                .and_then(|id| Uuid::try_parse(id).ok()),
            to: addresses
                .into_iter()
                .flatten()
                .map(|address| address.email.to_string())
                .collect(),
        }
    });
    Ok(mails.collect())
}

impl Body<'_> {
    fn fault(&self) -> Option<&'static str> {
        let addresses = self.personalizations.iter().flat_map(|one| &one.to);
        let mut all = addresses.chain([&self.from]);
        let types: Vec<&str> = self.content.iter().map(|part| &*part.r#type).collect();
        let reserved = |name: &str| RESERVED.contains(&name.to_ascii_lowercase().as_str());
        let breaks = |text: &str| text.contains(['\r', '\n']);
        let checks = [
            (
                self.personalizations.is_empty()
                    || self.personalizations.len() > MOST_PERSONALIZATIONS,
                "between 1 and 1000 personalizations are needed",
            ),
            (
                self.personalizations.iter().any(|one| one.to.is_empty()),
                "every personalization needs a recipient",
            ),
            (
                all.any(|address| !is_address(&address.email)),
                "an address is none",
            ),
            (
                self.subject.trim().is_empty() || breaks(&self.subject),
                "the subject is missing or has more than one line",
            ),
            (
                types != ["text/plain", "text/html"] && types != ["text/html"],
                "the parts must be text/plain, then text/html",
            ),
            (
                self.content.iter().any(|part| part.value.is_empty()),
                "a part is empty",
            ),
            (
                self.headers.keys().any(|name| reserved(name)),
                "a header is reserved",
            ),
            (
                self.headers
                    .iter()
                    .any(|(name, value)| breaks(name) || breaks(value)),
                "a header has more than one line",
            ),
        ];
        let mut found = checks.into_iter().filter(|(is_wrong, _)| *is_wrong);
        found.next().map(|(_, fault)| fault)
    }
}

fn is_address(text: &str) -> bool {
    let blank = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',');
    let halves = text.rsplit_once('@');
    halves.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
        && !text.contains(blank)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body() -> Value {
        json!({
            "personalizations": [{
                "to": [{ "email": "sato@example.com", "name": "佐藤" }],
                "custom_args": { "ondo_send": "00000000-0000-0000-0000-000000000007" },
            }],
            "from": { "email": "info@example.jp" },
            "subject": "ご案内",
            "content": [
                { "type": "text/plain", "value": "本文" },
                { "type": "text/html", "value": "<p>本文</p>" },
            ],
            "headers": { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
        })
    }

    fn read(body: &Value) -> Result<Vec<Incoming>, String> {
        mails_in(body.to_string().as_bytes())
    }

    #[test]
    fn a_mail_names_its_send_and_its_recipient() {
        let mails = read(&body()).unwrap();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].send, Some(Uuid::from_u128(7)));
        assert_eq!(mails[0].to, ["sato@example.com"]);
    }

    #[test]
    fn hidden_recipients_are_recipients() {
        let mut body = body();
        body["personalizations"][0]["bcc"] = json!([{ "email": "x@example.com" }]);
        assert_eq!(read(&body).unwrap()[0].to.len(), 2);
    }

    #[test]
    fn what_sendgrid_would_refuse_is_refused() {
        let refused = |path: &str, value: Value| {
            let mut body = body();
            *body.pointer_mut(path).unwrap() = value;
            assert!(read(&body).is_err(), "{path}");
        };
        refused("/personalizations", json!([]));
        refused("/personalizations/0/to", json!([]));
        refused("/personalizations/0/to/0/email", json!("A <x@example.com>"));
        refused("/subject", json!("a\r\nBcc: x@example.com"));
        refused("/content/0/value", json!(""));
        refused("/content/0/type", json!("text/html"));
        refused("/headers", json!({ "Bcc": "x@example.com" }));
        refused("/headers", json!({ "X-A": "1\r\nBcc: x@example.com" }));
        refused("/from", json!({}));
    }
}
