//! From an upload to leads.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::Cell;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ImportId, TenantId};
use domain::leads::LeadStore;
use domain::leads::import::{
    CHUNK_ROWS, Chunk, ClaimedImport, Commit, FileEncoding, ImportFailure, ImportFiles,
    ImportQueue, ImportStatus, ImportStore, Owners, RefusalReason, run_due_import,
};
use domain::store::{StoreError, StoreResult};
use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS};
use test_support::builders::leads::address;
use test_support::builders::tenancy::at;

use crate::desk::Desk;

const TABLE: &str = "氏名,フリガナ,メールアドレス,学校名,卒業年度\r\n\
    佐藤 花子,サトウ ハナコ,Sato@Example.jp,\"青山高等学校, 東京\",２０２７年度\r\n\
    髙橋,タカハシ,takahashi@example.jp,㈱温度,\r\n";

fn check_table(table: &[u8], encoding: FileEncoding) {
    let desk = Desk::new();
    let tenant = TenantId::new();
    let (id, seen) = desk.queue(tenant, table);
    assert_eq!(seen.format.encoding, encoding);
    desk.run(&desk.leads);
    let import = desk.imported(tenant, id);
    assert_eq!(import.status, ImportStatus::Completed);
    assert_eq!(
        (import.rows_created, import.rows_refused),
        (2, 0),
        "{encoding:?}"
    );
    let sato = desk
        .leads
        .find_by_email(tenant, &address("sato"))
        .unwrap()
        .unwrap();
    assert_eq!(sato.name.as_deref(), Some("佐藤 花子"));
    assert_eq!(sato.kana.as_deref(), Some("サトウ ハナコ"));
    assert_eq!(sato.company.as_deref(), Some("青山高等学校, 東京"));
    assert_eq!(sato.graduation_year, Some(2027));
}

#[test]
fn tables_in_every_encoding_become_leads() {
    let encoded = |with: &'static Encoding, table: &str| with.encode(table).0.into_owned();
    let plain = TABLE.replace('髙', "高").replace('㈱', "");
    let utf16 = |bytes_of: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{FEFF}"
            .encode_utf16()
            .chain(TABLE.encode_utf16())
            .flat_map(bytes_of)
            .collect()
    };
    check_table(TABLE.as_bytes(), FileEncoding::Utf8);
    check_table(format!("\u{FEFF}{TABLE}").as_bytes(), FileEncoding::Utf8);
    check_table(&encoded(SHIFT_JIS, TABLE), FileEncoding::Cp932);
    check_table(&encoded(EUC_JP, &plain), FileEncoding::EucJp);
    check_table(&encoded(ISO_2022_JP, &plain), FileEncoding::Iso2022Jp);
    check_table(&utf16(u16::to_le_bytes), FileEncoding::Utf16Le);
    check_table(&utf16(u16::to_be_bytes), FileEncoding::Utf16Be);
}

#[test]
fn bad_rows_are_refused_by_line_and_good_rows_are_kept() {
    let mut table = b"email,name\na@example.jp,A\n".to_vec();
    table.extend_from_slice(b"no-address,B\n"); // line 3
    table.extend_from_slice(b"c@example.jp,\"C\n"); // 4: opens and never closes
    table.extend_from_slice(b"d@example.jp,D\0\n"); // 5
    table.extend_from_slice(b"e@example.jp,\xFF\xFE\n"); // 6
    table.extend_from_slice(b"f@example.jp,F,too,many\n"); // 7
    table.extend_from_slice(format!("g@example.jp,{}\n", "g".repeat(70_000)).as_bytes()); // 8
    table.extend_from_slice(format!("h{}\n", ",".repeat(1_000_000)).as_bytes()); // 9
    table.extend_from_slice(b"\nz@example.jp,\"Z\"\"\nZ\"\n"); // 11
    let desk = Desk::new();
    let tenant = TenantId::new();
    let import = desk.import(tenant, &table);
    assert_eq!(import.status, ImportStatus::Completed);
    assert_eq!((import.rows_created, import.rows_refused), (2, 7));
    let refusals = desk.leads.refusals(tenant, import.id, 0, 100).unwrap();
    let told: Vec<_> = refusals.iter().map(|one| (one.line, one.reason)).collect();
    assert_eq!(
        told,
        [
            (3, RefusalReason::AddressAtSign),
            (4, RefusalReason::UnbalancedQuote),
            (5, RefusalReason::ControlCharacter),
            (6, RefusalReason::Undecodable),
            (7, RefusalReason::TooManyCells),
            (8, RefusalReason::CellTooLong),
            (9, RefusalReason::TooManyColumns),
        ]
    );
    assert_eq!(refusals[0].column.as_deref(), Some("email"));
    let z = desk
        .leads
        .find_by_email(tenant, &address("z"))
        .unwrap()
        .unwrap();
    assert_eq!(z.name.as_deref(), Some("Z\" Z"));
}

/// How the worker dies at its third chunk.
#[derive(Clone, Copy)]
enum Death {
    BeforeCommit,
    AfterCommit,
}

/// A queue whose worker is killed once.
struct Deadly<'a> {
    desk: &'a Desk,
    death: Death,
    commits: Mutex<u32>,
}

impl ImportQueue for Deadly<'_> {
    fn claim(
        &self,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Option<ClaimedImport>> {
        self.desk.leads.claim(now, lease_until)
    }

    fn commit_chunk(
        &self,
        tenant: TenantId,
        id: ImportId,
        chunk: &Chunk,
        now: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> StoreResult<Commit> {
        let mut commits = self.commits.lock().unwrap();
        *commits += 1;
        let is_fatal = *commits == 3;
        if is_fatal && matches!(self.death, Death::BeforeCommit) {
            return Err(StoreError::unavailable("killed"));
        }
        let done = self
            .desk
            .leads
            .commit_chunk(tenant, id, chunk, now, lease_until);
        if is_fatal {
            Err(StoreError::unavailable("killed"))
        } else {
            done
        }
    }

    fn fail(
        &self,
        tenant: TenantId,
        id: ImportId,
        failure: ImportFailure,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        self.desk.leads.fail(tenant, id, failure, now)
    }

    /// The dead give nothing back.
    fn release(&self, _: TenantId, _: ImportId) -> StoreResult<()> {
        Err(StoreError::unavailable("killed"))
    }
}

/// Rows over two lines each, some of them refused.
fn long_table(rows: usize) -> String {
    let row = |n: usize| match n % 100 {
        0 => format!("nobody{n},\"a\nb\"\n"),
        _ => format!("n{n}@example.jp,\"a\nb\"\n"),
    };
    let mut table = "email,name\n".to_owned();
    table.extend((0..rows).map(row));
    table
}

#[test]
fn a_killed_import_goes_on_without_doubling_or_losing_a_row() {
    for death in [Death::BeforeCommit, Death::AfterCommit] {
        let desk = Desk::new();
        let tenant = TenantId::new();
        let (id, _) = desk.queue(tenant, long_table(2_000).as_bytes());
        let deadly = Deadly {
            desk: &desk,
            death,
            commits: Mutex::new(0),
        };
        assert!(run_due_import(&deadly, &desk.files, &|| at(10), &|| false).is_err());
        assert_eq!(desk.imported(tenant, id).status, ImportStatus::Running);
        let later = || at(10) + TimeDelta::minutes(5);
        assert!(run_due_import(&desk.leads, &desk.files, &later, &|| false).unwrap());
        let import = desk.imported(tenant, id);
        assert_eq!(import.status, ImportStatus::Completed);
        assert_eq!((import.rows_created, import.rows_updated), (1_980, 0));
        assert_eq!(import.rows_refused, 20);
        assert_eq!(desk.leads.all(tenant).len(), 1_980);
        let refusals = desk.leads.refusals(tenant, id, 0, 100).unwrap();
        assert_eq!(refusals.len(), 20);
        assert_eq!((refusals[0].line, refusals[1].line), (2, 202));
    }
}

#[test]
fn an_import_stops_between_chunks_and_goes_on() {
    let desk = Desk::new();
    let tenant = TenantId::new();
    let (id, _) = desk.queue(tenant, long_table(1_200).as_bytes());
    let asked = Cell::new(0);
    let should_stop = || {
        asked.set(asked.get() + 1);
        asked.get() > 1
    };
    let run = |stop: &dyn Fn() -> bool| run_due_import(&desk.leads, &desk.files, &|| at(10), stop);
    assert!(run(&should_stop).unwrap());
    assert_eq!(desk.leads.all(tenant).len(), 495);
    assert!(desk.imported(tenant, id).percent() > 0);
    assert!(run(&|| false).unwrap());
    assert_eq!(desk.leads.all(tenant).len(), 1_188);
    assert!(!run(&|| false).unwrap());
}

#[test]
fn the_file_is_removed_when_the_import_has_ended() {
    let desk = Desk::new();
    let tenant = TenantId::new();
    let import = desk.import(tenant, b"email\na@example.jp\n");
    assert!(desk.files.inspect(tenant, import.id, None).is_err());
}

#[test]
fn an_import_without_its_file_fails_and_says_so() {
    let desk = Desk::new();
    let tenant = TenantId::new();
    let (id, _) = desk.queue(tenant, b"email\na@example.jp\n");
    desk.files.discard(tenant, id).unwrap();
    assert!(desk.run(&desk.leads));
    let import = desk.imported(tenant, id);
    assert_eq!(import.status, ImportStatus::Failed);
    assert_eq!(import.failure, Some(ImportFailure::FileGone));
}

/// Keeps nothing but what it is told about sizes.
#[derive(Default)]
struct Counting {
    claimed: Mutex<Option<ClaimedImport>>,
    rows: Mutex<Vec<usize>>,
}

impl ImportQueue for Counting {
    fn claim(&self, _: DateTime<Utc>, _: DateTime<Utc>) -> StoreResult<Option<ClaimedImport>> {
        Ok(self.claimed.lock().unwrap().take())
    }

    fn commit_chunk(
        &self,
        _: TenantId,
        _: ImportId,
        chunk: &Chunk,
        _: DateTime<Utc>,
        _: DateTime<Utc>,
    ) -> StoreResult<Commit> {
        self.rows.lock().unwrap().push(chunk.drafts.len());
        Ok(Commit::Done { rows_refused: 0 })
    }

    fn fail(
        &self,
        _: TenantId,
        _: ImportId,
        failure: ImportFailure,
        _: DateTime<Utc>,
    ) -> StoreResult<()> {
        panic!("{failure:?}")
    }

    fn release(&self, _: TenantId, _: ImportId) -> StoreResult<()> {
        panic!("nobody asked to stop")
    }
}

#[test]
fn a_hundred_thousand_rows_are_never_in_memory_at_once() {
    let desk = Desk::new();
    let tenant = desk.tenant(&Owners::new());
    let mut table = "email,name\n".to_owned();
    table.extend((0..100_000).map(|n| format!("n{n}@example.jp,名前{n}\n")));
    desk.queue(tenant, table.as_bytes());
    let counting = Counting::default();
    *counting.claimed.lock().unwrap() = desk.leads.claim(at(0), at(60)).unwrap();
    desk.run(&counting);
    let rows = counting.rows.lock().unwrap();
    assert_eq!(rows.iter().sum::<usize>(), 100_000);
    assert!(rows.iter().all(|&rows| rows <= CHUNK_ROWS));
}
