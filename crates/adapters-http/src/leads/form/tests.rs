use chrono::DateTime;
use domain::leads::AttributeKind;

use super::*;

fn attribute() -> AttributeDefinition {
    AttributeDefinition {
        key: "budget".into(),
        label: "予算".into(),
        kind: AttributeKind::Number,
        created_at: DateTime::UNIX_EPOCH,
    }
}

fn typed() -> LeadForm {
    LeadForm {
        email: "ｓａｔｏ@example.jp".into(),
        name: " 佐藤 花子 ".into(),
        graduation_year: "２０２７年度".into(),
        tags: "資料請求、OC".into(),
        attribute_key: vec!["budget".into(), "unknown".into()],
        attribute_value: vec!["1,200".into(), "x".into()],
        ..LeadForm::default()
    }
}

#[test]
fn a_form_is_read_as_japanese_people_type_it() {
    let draft = typed().read(&[attribute()], &[]).unwrap();
    assert_eq!(draft.email.as_str(), "sato@example.jp");
    assert_eq!(draft.name.as_deref(), Some("佐藤 花子"));
    assert_eq!(draft.graduation_year, Some(2027));
    assert_eq!(Vec::from_iter(draft.tags), ["OC", "資料請求"]);
    assert_eq!(draft.attributes["budget"].to_string(), "1200");
    assert!(!draft.attributes.contains_key("unknown"));
}

#[test]
fn every_faulty_field_is_told() {
    let form = LeadForm {
        graduation_year: "来年".into(),
        owner: UserId::new().to_string(),
        ..typed()
    };
    let errors = form.read(&[attribute()], &[UserId::new()]).unwrap_err();
    let mut expected = FormErrors::one("owner", "leads-refusal-owner-unknown");
    expected.add("graduation_year", "leads-refusal-not-a-number");
    assert_eq!(errors, expected);
}

#[test]
fn an_empty_field_clears_and_attributes_of_others_stay() {
    let draft = typed().read(&[attribute()], &[]).unwrap();
    let known = [
        attribute(),
        AttributeDefinition {
            key: "empty".into(),
            ..attribute()
        },
    ];
    let edit = changes(draft, &known);
    assert_eq!(edit.company, Change::Clear);
    assert_eq!(edit.attributes["empty"], None);
    assert_eq!(edit.attributes.len(), 2);
}
