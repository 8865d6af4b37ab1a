//! The receiving side of DKIM (RFC 6376), with relaxed canonicalisation and RSA with SHA-256, as
//! far as our own signatures need it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// Whether the one signature of a message is that of this private key, over this message.
pub(crate) fn is_valid(message: &str, private_key: &str) -> bool {
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    let headers = headers_of(head);
    let signature = &headers["dkim-signature"];
    let tags: BTreeMap<&str, String> = signature
        .split(';')
        .filter_map(|tag| tag.split_once('='))
        .map(|(name, value)| (name.trim(), value.replace([' ', '\r', '\n'], "")))
        .collect();
    let mut signed = String::new();
    for name in tags["h"].split(':') {
        // A header that is named and not there counts as empty.
        if let Some(value) = headers.get(name) {
            signed += &format!("{name}:{}\r\n", relaxed(value));
        }
    }
    let (without, _) = signature.rsplit_once("b=").unwrap();
    signed += &format!("dkim-signature:{}", relaxed(&format!("{without}b=")));
    let hash = digest(&SHA256, relaxed_body(body).as_bytes());
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key(private_key));
    let made = STANDARD.decode(&tags["b"]).unwrap();
    tags["bh"] == STANDARD.encode(hash.as_ref()) && key.verify(signed.as_bytes(), &made).is_ok()
}

/// By their names in lower case, folded as they came.
fn headers_of(head: &str) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    for line in unfolded.split("\r\n") {
        let (name, value) = line.split_once(':').unwrap();
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    headers
}

/// RFC 6376 §3.4.2
fn relaxed(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// RFC 6376 §3.4.4
fn relaxed_body(body: &str) -> String {
    let line = |line: &str| {
        let end = line.trim_end_matches([' ', '\t']);
        let mut relaxed = String::new();
        for c in end.chars() {
            let is_blank = matches!(c, ' ' | '\t');
            if !(is_blank && relaxed.ends_with(' ')) {
                relaxed.push(if is_blank { ' ' } else { c });
            }
        }
        relaxed
    };
    let lines: Vec<String> = body.split("\r\n").map(line).collect();
    format!("{}\r\n", lines.join("\r\n").trim_end_matches("\r\n"))
}

fn public_key(private_key: &str) -> Vec<u8> {
    let inner = private_key
        .lines()
        .filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(inner.collect::<String>()).unwrap();
    let pair = KeyPair::from_der(&der).unwrap();
    pair.public_key().as_ref().to_vec()
}
