//! From the heading of a column to what it probably holds.

use std::collections::HashSet;

use super::headings::{ATTRIBUTE_PREFIXES, HEADINGS};
use super::mapping::{Column, ColumnMapping, Target};
use crate::leads::attribute::AttributeDefinition;
use crate::leads::formula;
use crate::leads::text::search_form;

/// The mapping to offer for a header: each field at most once, a heading that names a custom
/// attribute of the tenant to that attribute, every other column ignored until it is ticked.
#[must_use]
pub fn guess_mapping(header: &[String], attributes: &[AttributeDefinition]) -> ColumnMapping {
    let mut taken = HashSet::new();
    let columns = header
        .iter()
        .map(|heading| {
            let guess = guess(heading, attributes);
            let is_free = guess == Target::Tags || taken.insert(guess.clone());
            let target = if is_free { guess } else { Target::Ignore };
            Column {
                heading: heading.clone(),
                target,
            }
        })
        .collect();
    ColumnMapping::new(columns).with_whole_names_preferred()
}

/// The heading of an attribute's column in an export: its label, unless an import would take that
/// for something else.
pub(in crate::leads) fn attribute_heading(
    attribute: &AttributeDefinition,
    attributes: &[AttributeDefinition],
) -> String {
    if guess(&attribute.label, attributes) == Target::attribute(attribute) {
        attribute.label.clone()
    } else {
        format!("{}{}", ATTRIBUTE_PREFIXES[0], attribute.key)
    }
}

fn guess(heading: &str, attributes: &[AttributeDefinition]) -> Target {
    let heading = formula::restore(heading).trim();
    let mut prefixes = ATTRIBUTE_PREFIXES.iter();
    if let Some(key) = prefixes.find_map(|prefix| heading.strip_prefix(prefix)) {
        let known = attributes.iter().find(|one| one.key == key);
        return known.map_or(Target::Ignore, Target::attribute);
    }
    let form = bare(heading);
    let is_named = |names: &str| names.split(' ').any(|name| bare(name) == form);
    if let Some((target, _)) = HEADINGS.iter().find(|(_, names)| is_named(names)) {
        return target.clone();
    }
    attributes
        .iter()
        .find(|one| bare(&one.label) == form || one.key == heading)
        .map_or(Target::Ignore, Target::attribute)
}

/// A heading without what people put around it: `お名前（必須）` is お名前, `E-mail *` is email.
fn bare(heading: &str) -> String {
    let form = search_form(heading);
    let form = ["(必須)", "【必須】", "[必須]", "(任意)", "【任意】", "※"]
        .iter()
        .fold(form, |form, note| form.replace(note, ""));
    form.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::leads::attribute::AttributeKind;
    use crate::leads::field::LeadField;
    use crate::tenancy::Locale;

    fn targets(header: &[&str], attributes: &[AttributeDefinition]) -> Vec<Target> {
        let header: Vec<String> = header.iter().map(|&h| h.to_owned()).collect();
        let mapping = guess_mapping(&header, attributes);
        mapping.columns.into_iter().map(|c| c.target).collect()
    }

    #[test]
    fn japanese_and_english_headings_find_their_fields() {
        use LeadField as F;
        for (heading, field) in [
            ("氏名", F::Name),
            ("お名前（必須）", F::Name),
            ("名前", F::Name),
            ("Name", F::Name),
            ("フリガナ", F::Kana),
            ("ふりがな", F::Kana),
            ("カナ", F::Kana),
            ("ﾌﾘｶﾞﾅ", F::Kana),
            ("メールアドレス", F::Email),
            ("Eメール", F::Email),
            ("E-mail", F::Email),
            ("email", F::Email),
            ("会社名", F::Company),
            ("学校名", F::Company),
            ("Company Name", F::Company),
            ("部署", F::Department),
            ("役職", F::Title),
            ("電話番号", F::Phone),
            ("TEL", F::Phone),
            ("卒業年度", F::GraduationYear),
            ("卒業予定年", F::GraduationYear),
            ("学年", F::Grade),
            ("業種", F::Industry),
            ("従業員数", F::CompanySize),
            ("会社規模", F::CompanySize),
            ("都道府県", F::Region),
            ("地域", F::Region),
            ("graduation_year", F::GraduationYear),
        ] {
            assert_eq!(
                targets(&[heading], &[]),
                [Target::Field(field)],
                "{heading}"
            );
        }
        assert_eq!(
            targets(&["会社名カナ", "備考"], &[]),
            [Target::Ignore, Target::Ignore]
        );
    }

    #[test]
    fn every_heading_of_an_export_is_recognised() {
        for locale in Locale::ALL {
            for field in LeadField::ALL {
                let heading = field.heading(locale);
                assert_eq!(
                    targets(&[heading], &[]),
                    [Target::Field(field)],
                    "{heading}"
                );
            }
        }
    }

    #[test]
    fn a_name_in_two_columns_is_joined_unless_there_is_a_whole_one() {
        assert_eq!(
            targets(&["姓", "名", "セイ", "メイ"], &[]),
            [
                Target::FamilyName,
                Target::GivenName,
                Target::FamilyKana,
                Target::GivenKana
            ],
        );
        assert_eq!(
            targets(&["氏名", "姓", "名"], &[])[1..],
            [Target::Ignore, Target::Ignore]
        );
    }

    #[test]
    fn an_attribute_that_is_called_like_a_field_is_exported_under_its_key() {
        let define = |key: &str, label: &str| AttributeDefinition {
            key: key.into(),
            label: label.into(),
            kind: AttributeKind::Text,
            created_at: DateTime::UNIX_EPOCH,
        };
        let all = [
            define("カナ", "カナ"),
            define("a", "予算"),
            define("b", "予 算"),
        ];
        let headings: Vec<String> = all.iter().map(|one| attribute_heading(one, &all)).collect();
        assert_eq!(headings, ["属性:カナ", "予算", "属性:b"]);
        let mapping = guess_mapping(&headings, &all);
        for (column, attribute) in mapping.columns.iter().zip(&all) {
            assert_eq!(column.target, Target::attribute(attribute));
        }
    }

    #[test]
    fn a_field_is_offered_once_and_a_known_attribute_is_found_by_its_label() {
        let attribute = AttributeDefinition {
            key: "budget".into(),
            label: "ご予算".into(),
            kind: AttributeKind::Number,
            created_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(
            targets(
                &["email", "メール", "ご予算", "タグ"],
                std::slice::from_ref(&attribute)
            ),
            [
                Target::Field(LeadField::Email),
                Target::Ignore,
                Target::attribute(&attribute),
                Target::Tags,
            ],
        );
    }
}
