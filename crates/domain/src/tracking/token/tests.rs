use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::keys::{KEY_BYTES, MasterKey};

fn keys() -> KeyRing {
    let key = MasterKey::new("k1", [7; KEY_BYTES], None).unwrap();
    KeyRing::new([9; KEY_BYTES], vec![key]).unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn mail() -> MailRef {
    MailRef {
        send: SendId::from_uuid(Uuid::from_u128(2)),
        lead: LeadId::from_uuid(Uuid::from_u128(3)),
        queued_at: DateTime::from_timestamp(1_799_999_000, 0).unwrap(),
        source: Some(MailSource::Broadcast(BroadcastId::from_uuid(
            Uuid::from_u128(4),
        ))),
        event: None,
    }
}

fn click_token(target: &str) -> ClickToken {
    ClickToken {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        mail: mail(),
        link_index: 2,
        target: PageUrl::parse(target).unwrap(),
        expires_at: now() + LINK_LIFETIME,
    }
}

const TARGET: &str = "https://school.example/apply?from=mail&x=1";

#[test]
fn a_token_gives_back_what_was_signed() {
    // A17
    let token = click_token(TARGET);
    let read = ClickToken::verify(&token.sign(&keys()), &keys(), now());
    assert_eq!(read, Ok(token));
}

#[test]
fn no_changed_character_is_accepted() {
    // A19, A58
    let text = click_token(TARGET).sign(&keys());
    for at in 0..text.len() {
        for other in *b"AaQ9-_.~=% " {
            let mut changed = text.clone().into_bytes();
            if changed[at] == other {
                continue;
            }
            changed[at] = other;
            let changed = String::from_utf8(changed).unwrap();
            let read = ClickToken::verify(&changed, &keys(), now());
            assert_eq!(read, Err(TokenError::Invalid), "{changed}");
        }
    }
}

#[test]
fn another_encoding_of_the_same_bytes_is_refused() {
    // Only one text is a token: unused bits of the last character must be zero, no padding.
    let text = click_token(TARGET).sign(&keys());
    let (head, last) = text.split_at(text.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in alphabet.chars().filter(|other| !last.contains(*other)) {
        let read = ClickToken::verify(&format!("{head}{other}"), &keys(), now());
        assert_eq!(read, Err(TokenError::Invalid));
    }
    let padded = ClickToken::verify(&format!("{text}="), &keys(), now());
    assert_eq!(padded, Err(TokenError::Invalid));
}

#[test]
fn a_truncated_tag_is_refused() {
    // V-17
    let text = click_token(TARGET).sign(&keys());
    let dot = text.rfind('.').unwrap();
    for length in [0, 1, 16, 31, 42] {
        let read = ClickToken::verify(&text[..=dot + length], &keys(), now());
        assert_eq!(read, Err(TokenError::Invalid));
    }
}

#[test]
fn a_token_expires_to_the_second() {
    // A21
    let token = click_token(TARGET);
    let text = token.sign(&keys());
    let at = |seconds| {
        ClickToken::verify(
            &text,
            &keys(),
            token.expires_at + Duration::seconds(seconds),
        )
    };
    assert!(at(-1).is_ok());
    assert_eq!(at(0), Err(TokenError::Expired));
    assert_eq!(at(24 * 3600), Err(TokenError::Expired));
}

#[test]
fn a_token_works_for_its_own_purpose_only() {
    // V-27
    let keys = keys();
    let tenant = TenantId::from_uuid(Uuid::from_u128(1));
    let open = OpenToken {
        tenant,
        mail: mail(),
        expires_at: now() + LINK_LIFETIME,
    };
    let unsubscribe = UnsubscribeToken {
        tenant,
        mail: mail(),
    };
    let click = click_token(TARGET).sign(&keys);
    let (open_text, unsubscribe_text) = (open.sign(&keys), unsubscribe.sign(&keys));
    assert_eq!(OpenToken::verify(&open_text, &keys, now()), Ok(open));
    assert_eq!(
        UnsubscribeToken::verify(&unsubscribe_text, &keys),
        Ok(unsubscribe)
    );
    for other in [&open_text, &unsubscribe_text] {
        assert!(ClickToken::verify(other, &keys, now()).is_err());
    }
    for other in [&click, &unsubscribe_text] {
        assert!(OpenToken::verify(other, &keys, now()).is_err());
    }
    for other in [&click, &open_text] {
        assert!(UnsubscribeToken::verify(other, &keys).is_err());
    }
}

#[test]
fn a_token_of_a_retired_key_has_expired_and_of_an_unknown_key_is_invalid() {
    let text = click_token(TARGET).sign(&keys());
    let ring = |retired| {
        let k2 = MasterKey::new("k2", [8; KEY_BYTES], None).unwrap();
        let k1 = MasterKey::new("k1", [7; KEY_BYTES], Some(now()));
        let keys = [Some(k2), k1.ok().filter(|_| retired)];
        KeyRing::new([9; KEY_BYTES], keys.into_iter().flatten().collect()).unwrap()
    };
    let read = |ring| ClickToken::verify(&text, &ring, now());
    assert_eq!(read(ring(true)), Err(TokenError::Expired));
    assert_eq!(read(ring(false)), Err(TokenError::Invalid));
}

#[test]
fn a_token_shows_no_personal_data() {
    // A20: all that is in it are ids, times and the target.
    let text = click_token(TARGET).sign(&keys());
    let payload = text.split('.').nth(2).unwrap();
    let bytes = BASE64.decode(payload).unwrap();
    assert_eq!(bytes.len(), 16 * 4 + 8 * 2 + 1 + 2 + TARGET.len());
    assert!(!bytes.contains(&b'@'));
}

#[test]
fn the_published_vectors_hold() {
    let vectors: Value = serde_json::from_str(include_str!(
        "../../../../../docs/tracking-token-vectors.json"
    ))
    .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for vector in vectors["click"].as_array().unwrap() {
        let mut token = click_token(&text(&vector["target"]));
        token.link_index = u16::try_from(vector["link_index"].as_u64().unwrap()).unwrap();
        assert_eq!(token.sign(&keys()), text(&vector["token"]));
    }
    for vector in vectors["refused"].as_array().unwrap() {
        let read = ClickToken::verify(&text(&vector["token"]), &keys(), now());
        let why = text(&vector["because"]);
        assert!(read.is_err(), "{why}");
    }
}

proptest! {
    #[test]
    fn any_target_survives_signing(path in "[a-zA-Z0-9/._~ あ-ん%?&=-]{0,200}", link in any::<u16>()) {
        let token = ClickToken {
            link_index: link,
            ..click_token(&format!("https://school.example/{path}"))
        };
        prop_assert_eq!(ClickToken::verify(&token.sign(&keys()), &keys(), now()), Ok(token));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,300}") {
        prop_assert!(ClickToken::verify(&text, &keys(), now()).is_err());
        let framed = ClickToken::verify(&format!("v1.k1.{text}"), &keys(), now());
        prop_assert!(framed.is_err());
    }
}
