//! From leads to a file, and back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{DataType, Reader, Xlsx};
use chrono::NaiveDate;
use domain::ids::{TenantId, UserId};
use domain::leads::import::Owners;
use domain::leads::{
    AttributeDefinition, AttributeKind, AttributeValue, EmailAddress, ExportFormat, Lead,
    LeadDraft, LeadListing, LeadStore,
};
use proptest::prelude::*;
use test_support::builders::leads::{address, draft};
use test_support::builders::tenancy::at;

use crate::desk::Desk;

fn attributes() -> Vec<AttributeDefinition> {
    let define = |key: &str, label: &str, kind| AttributeDefinition {
        key: key.to_owned(),
        label: label.to_owned(),
        kind,
        created_at: at(0),
    };
    vec![
        define("memo", "備考", AttributeKind::Text),
        define("budget", "=予算", AttributeKind::Number),
        // Named like a fixed field.
        define("visit", "氏名", AttributeKind::Date),
        define("vip", "VIP", AttributeKind::Boolean),
    ]
}

/// Texts with everything that means something to a spreadsheet, in the characters of CP932.
fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("['=+@＝－\\-]{0,2}[a佐髙①,;\"'|\n\r\t =+0-9]{0,8}")
}

prop_compose! {
    fn lead_draft(n: usize, owner: UserId)(
        texts in prop::collection::vec(text(), 10),
        numbers in (prop::option::of(1950..2100), prop::option::of(0..1_000_000)),
        memo in text(),
        budget in prop::option::of(-1e9..1e9f64),
        day in prop::option::of(0..40_000u64),
        vip in prop::option::of(any::<bool>()),
        tags in prop::collection::btree_set("[a-c佐=,;']{1,4}", 0..3),
        is_owned in any::<bool>(),
    ) -> LeadDraft {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().flatten();
        let date = |days| NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Days::new(days);
        let values = [
            ("memo", memo.map(AttributeValue::Text)),
            ("budget", budget.map(AttributeValue::Number)),
            ("visit", day.map(|days| AttributeValue::Date(date(days)))),
            ("vip", vip.map(AttributeValue::Boolean)),
        ];
        LeadDraft {
            name: next(),
            kana: next(),
            company: next(),
            department: next(),
            title: next(),
            phone: next(),
            grade: next(),
            industry: next(),
            region: next(),
            graduation_year: numbers.0,
            company_size: numbers.1,
            attributes: values
                .into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), value?)))
                .collect(),
            tags,
            owner: is_owned.then_some(owner),
            ..LeadDraft::new(address(&format!("=n{n}")))
        }
    }
}

/// What an import can know of a lead.
fn known(leads: Vec<Lead>) -> BTreeMap<EmailAddress, LeadDraft> {
    let known = |lead: Lead| LeadDraft {
        email: lead.email,
        name: lead.name,
        kana: lead.kana,
        company: lead.company,
        department: lead.department,
        title: lead.title,
        phone: lead.phone,
        graduation_year: lead.graduation_year,
        grade: lead.grade,
        industry: lead.industry,
        company_size: lead.company_size,
        region: lead.region,
        attributes: lead.attributes,
        tags: lead.tags,
        owner: lead.owner,
    };
    leads
        .into_iter()
        .map(known)
        .map(|draft| (draft.email.clone(), draft))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_exported_file_imports_again_unchanged(
        (owner, drafts) in Just(UserId::new()).prop_flat_map(|owner| {
            (Just(owner), (lead_draft(0, owner), lead_draft(1, owner), lead_draft(2, owner)))
        }),
        format in prop::sample::select(vec![ExportFormat::CsvUtf8, ExportFormat::CsvCp932]),
    ) {
        let desk = Desk::new();
        let staff = Owners::from([(address("staff"), owner)]);
        let (from, to) = (desk.tenant(&staff), desk.tenant(&staff));
        for tenant in [from, to] {
            desk.leads.define_attributes(tenant, &attributes()).unwrap();
        }
        let drafts = [drafts.0, drafts.1, drafts.2];
        desk.leads.upsert_many(from, &drafts, at(0)).unwrap();
        let file = desk.export(from, format, &BTreeMap::from([(owner, address("staff"))]));
        let import = desk.import(to, &file);
        prop_assert_eq!((import.rows_created, import.rows_refused), (3, 0));
        prop_assert_eq!(known(desk.leads.all(to)), known(desk.leads.all(from)));
    }
}

fn dangerous(desk: &Desk) -> TenantId {
    let tenant = desk.tenant(&Owners::new());
    let formulas = ["=HYPERLINK(\"http://x\")", "+8190", "-1", "@SUM(A1)", "＝1"];
    for (n, formula) in formulas.into_iter().enumerate() {
        let lead = LeadDraft {
            company: Some(formula.to_owned()),
            ..draft(&format!("n{n}"))
        };
        LeadStore::create(&desk.leads, tenant, lead, at(0)).unwrap();
    }
    tenant
}

#[test]
fn no_cell_of_an_exported_csv_runs_as_a_formula() {
    // V-29
    let desk = Desk::new();
    let tenant = dangerous(&desk);
    let file = desk.export(tenant, ExportFormat::CsvUtf8, &BTreeMap::new());
    let text = String::from_utf8(file).unwrap();
    assert!(text.starts_with("\u{FEFF}\"メールアドレス\""));
    assert!(text.contains("\"'=HYPERLINK(\"\"http://x\"\")\""));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    for cell in rows.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']),
            "{cell}"
        );
    }
}

#[test]
fn an_exported_workbook_holds_texts_only() {
    let desk = Desk::new();
    let tenant = dangerous(&desk);
    let file = desk.export(tenant, ExportFormat::Xlsx, &BTreeMap::new());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let formulas = workbook.worksheet_formula("leads").unwrap();
    assert_eq!(formulas.used_cells().count(), 0);
    let cells = workbook.worksheet_range("leads").unwrap();
    assert_eq!(cells.height(), 6);
    let texts: BTreeSet<String> = cells
        .used_cells()
        .map(|(_, _, cell)| cell.get_string().expect("a text").to_owned())
        .collect();
    for text in [
        "メールアドレス",
        "n0@example.jp",
        "=HYPERLINK(\"http://x\")",
        "+8190",
        "cold",
    ] {
        assert!(texts.contains(text), "{text}");
    }
}
