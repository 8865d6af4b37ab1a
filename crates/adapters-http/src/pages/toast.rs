//! A message in the corner of the page that is open, for answers to htmx.

use serde_json::json;

/// A message that says what went wrong.
#[derive(Debug)]
pub(crate) struct Toast {
    text: String,
}

impl Toast {
    /// A message with this text.
    pub(crate) fn danger(text: String) -> Self {
        Self { text }
    }

    /// The value of the header `HX-Trigger` that shows it. Headers are ASCII, so everything else
    /// is escaped as JSON allows.
    pub(crate) fn trigger(&self) -> String {
        let json = json!({ "toast": { "kind": "danger", "text": self.text } }).to_string();
        let mut ascii = String::with_capacity(json.len());
        for unit in json.encode_utf16() {
            match u8::try_from(unit) {
                Ok(byte) if byte.is_ascii() => ascii.push(char::from(byte)),
                _ => ascii.push_str(&format!("\\u{unit:04x}")),
            }
        }
        ascii
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japanese_and_emoji_survive_the_header() {
        let trigger = Toast::danger("熱い🔥\"\r\n".to_owned()).trigger();
        assert!(trigger.is_ascii());
        assert!(!trigger.contains(['\r', '\n']));
        let read: serde_json::Value = serde_json::from_str(&trigger).unwrap();
        assert_eq!(read["toast"]["text"], "熱い🔥\"\r\n");
        assert_eq!(read["toast"]["kind"], "danger");
    }
}
