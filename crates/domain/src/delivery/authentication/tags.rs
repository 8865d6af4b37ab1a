//! Lists of `name=value;` as DKIM and DMARC write them (RFC 6376 §3.2).

/// The tags in order, names in lower case, values without the spaces around them; `None` where the
/// text is no such list or says a thing twice.
pub(super) fn tags(text: &str) -> Option<Vec<(String, &str)>> {
    let mut tags: Vec<(String, &str)> = Vec::new();
    for part in text.split(';').map(str::trim) {
        if part.is_empty() {
            continue;
        }
        let (name, value) = part.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_name || tags.iter().any(|(known, _)| *known == name) {
            return None;
        }
        tags.push((name, value.trim()));
    }
    Some(tags)
}

/// The value of one of them.
pub(super) fn value<'a>(tags: &[(String, &'a str)], name: &str) -> Option<&'a str> {
    let found = tags.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_a_last_semicolon_do_not_matter() {
        let list = tags(" V = DMARC1 ;p=none;  rua=mailto:a@example.jp; ").unwrap();
        assert_eq!(value(&list, "v"), Some("DMARC1"));
        assert_eq!(value(&list, "rua"), Some("mailto:a@example.jp"));
        assert_eq!(value(&list, "sp"), None);
    }

    #[test]
    fn what_is_said_twice_or_is_no_tag_spoils_the_list() {
        for text in ["p=none; p=reject", "v=DMARC1; none", "=x", "1a=x", "p p=x"] {
            assert_eq!(tags(text), None, "{text}");
        }
        assert_eq!(tags(""), Some(vec![]));
    }
}
