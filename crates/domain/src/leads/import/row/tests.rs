use super::*;
use crate::leads::attribute::{AttributeKind, AttributeValue};
use crate::leads::import::mapping::Column;

fn mapping(targets: &[Target]) -> ColumnMapping {
    let column = |(n, target): (usize, &Target)| Column {
        heading: format!("列{n}"),
        target: target.clone(),
    };
    ColumnMapping::new(targets.iter().enumerate().map(column).collect())
}

fn read(targets: &[Target], cells: &[&str]) -> Row {
    RowReader::new(&mapping(targets), &Owners::new()).read(7, cells)
}

fn lead(row: Row) -> LeadDraft {
    match row {
        Row::Lead(draft) => *draft,
        other @ (Row::Blank | Row::Refused(_)) => panic!("not a lead: {other:?}"),
    }
}

const EMAIL: Target = Target::Field(LeadField::Email);

#[test]
fn a_row_becomes_a_lead_with_its_attributes_and_tags() {
    let targets = [
        EMAIL,
        Target::FamilyName,
        Target::GivenName,
        Target::Field(LeadField::Phone),
        Target::Field(LeadField::GraduationYear),
        Target::new_attribute("予算", AttributeKind::Number),
        Target::Tags,
    ];
    let cells = [
        "SATO@example.jp",
        "佐藤",
        "花子",
        "'+81 3 0000",
        "２０２６年度",
        "1,200",
        "A、B;A",
    ];
    let draft = lead(read(&targets, &cells));
    assert_eq!(draft.email.as_str(), "sato@example.jp");
    assert_eq!(draft.name.as_deref(), Some("佐藤 花子"));
    assert_eq!(draft.phone.as_deref(), Some("+81 3 0000"));
    assert_eq!(draft.graduation_year, Some(2026));
    assert_eq!(draft.attributes["予算"], AttributeValue::Number(1200.0));
    assert_eq!(Vec::from_iter(draft.tags), ["A", "B"]);
}

#[test]
fn an_empty_cell_says_nothing() {
    let targets = [EMAIL, Target::Field(LeadField::Name)];
    assert_eq!(lead(read(&targets, &["a@example.jp", " "])).name, None);
    assert_eq!(lead(read(&targets, &["a@example.jp"])).name, None);
    assert_eq!(read(&targets, &["", "　"]), Row::Blank);
}

#[test]
fn a_refusal_names_line_column_reason_and_value() {
    let targets = [EMAIL, Target::Field(LeadField::GraduationYear)];
    let refused = |cells: &[&str]| match read(&targets, cells) {
        Row::Refused(refusals) => refusals,
        other @ (Row::Blank | Row::Lead(_)) => panic!("not refused: {other:?}"),
    };
    assert_eq!(
        refused(&["a@example.jp", "来年"]),
        [Refusal::of_cell(
            7,
            "列1",
            RefusalReason::NotANumber,
            "来年"
        )]
    );
    assert_eq!(
        refused(&["", "2026"])[0].reason,
        RefusalReason::AddressMissing
    );
    assert_eq!(
        refused(&["a", "2026"])[0].reason,
        RefusalReason::AddressAtSign
    );
    assert_eq!(
        refused(&["a@example.jp", "20\u{FFFD}6"])[0].reason,
        RefusalReason::Undecodable
    );
    assert_eq!(
        refused(&["a@exam\0ple.jp", ""])[0].reason,
        RefusalReason::ControlCharacter
    );
    assert_eq!(
        refused(&["a@example.jp", "2026", "x"])[0].reason,
        RefusalReason::TooManyCells
    );
    let long = refused(&["a@example.jp", &"あ".repeat(1_000)]);
    assert_eq!(long[0].value.as_ref().unwrap().chars().count(), 121);
}

#[test]
fn an_owner_is_found_by_their_address() {
    let mapping = mapping(&[EMAIL, Target::Field(LeadField::Owner)]);
    let user = UserId::new();
    let owners = Owners::from([(EmailAddress::parse("staff@example.jp").unwrap(), user)]);
    let reader = RowReader::new(&mapping, &owners);
    let draft = lead(reader.read(2, &["a@example.jp", "Staff@example.jp"]));
    assert_eq!(draft.owner, Some(user));
    assert!(matches!(
        reader.read(2, &["a@example.jp", "who@example.jp"]),
        Row::Refused(_)
    ));
}

#[test]
fn names_that_look_like_markup_or_sql_are_stored_as_they_are() {
    // V-05, V-28
    let targets = [EMAIL, Target::Field(LeadField::Name)];
    for name in [
        "<svg onload=alert(1)>",
        "{{7*7}}",
        "x'; DROP TABLE leads;--",
        "\u{202E}evil",
    ] {
        let draft = lead(read(&targets, &["a@example.jp", name]));
        assert_eq!(draft.name.as_deref(), Some(name));
    }
}
