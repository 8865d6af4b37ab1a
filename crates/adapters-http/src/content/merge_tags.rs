//! The buttons that put a field into a template.

use domain::tenancy::Locale;
use serde::Serialize;

/// One button.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct MergeTag {
    /// The last part of the key of its text.
    name: &'static str,
    /// What it inserts.
    tag: &'static str,
}

const fn tag(name: &'static str, tag: &'static str) -> MergeTag {
    MergeTag { name, tag }
}

/// In the order in which people need them. The name brings what stands there without one.
pub(super) fn all(locale: Locale) -> [MergeTag; 13] {
    let name = match locale {
        Locale::Ja => "{{ name or \"お客\" }}",
        Locale::En => "{{ name or \"friend\" }}",
    };
    [
        tag("name", name),
        tag("kana", "{{ kana }}"),
        tag("email", "{{ email }}"),
        tag("company", "{{ company }}"),
        tag("department", "{{ department }}"),
        tag("title", "{{ title }}"),
        tag("graduation-year", "{{ graduation_year }}"),
        tag("grade", "{{ grade }}"),
        tag("industry", "{{ industry }}"),
        tag("region", "{{ region }}"),
        tag("sender-name", "{{ sender_name }}"),
        tag("organisation", "{{ organisation }}"),
        tag("unsubscribe-url", "{{ unsubscribe_url }}"),
    ]
}

#[cfg(test)]
mod tests {
    use domain::content::FIELD_NAMES;

    use super::*;

    #[test]
    fn every_field_has_its_button_and_every_button_its_field() {
        let tags = all(Locale::Ja);
        let mut named: Vec<String> = tags.iter().map(|tag| tag.name.replace('-', "_")).collect();
        let mut fields: Vec<String> = FIELD_NAMES.map(str::to_owned).to_vec();
        named.sort();
        fields.sort();
        assert_eq!(named, fields);
        for tag in tags {
            assert!(tag.tag.contains(&tag.name.replace('-', "_")), "{tag:?}");
        }
    }
}
