use std::os::unix::fs::PermissionsExt;

use domain::leads::import::Separator;
use tempfile::TempDir;

use super::*;

struct Desk {
    folder: UploadFolder,
    home: TempDir,
    tenant: TenantId,
    id: ImportId,
}

fn desk() -> Desk {
    let home = TempDir::new().unwrap();
    Desk {
        folder: UploadFolder::new(home.path().join("uploads")).unwrap(),
        home,
        tenant: TenantId::new(),
        id: ImportId::new(),
    }
}

impl Desk {
    fn keep(&self, mut content: &[u8]) -> Result<u64, ImportFileError> {
        self.folder
            .keep(self.tenant, self.id, &mut content, 10_000_000)
    }

    fn inspect(&self, content: &[u8]) -> Result<Inspection, ImportFileError> {
        self.folder.discard(self.tenant, self.id)?;
        self.keep(content)?;
        self.folder.inspect(self.tenant, self.id, None)
    }
}

#[test]
fn an_upload_is_readable_by_its_owner_only_and_named_by_ids() {
    // V-31
    let desk = desk();
    desk.keep(b"email\n").unwrap();
    let path = desk.folder.file_of(desk.tenant, desk.id);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&desk.home.path().join("uploads")), 0o700);
    let name = path.file_name().unwrap().to_str().unwrap();
    assert_eq!(name, format!("{}.{}.upload", desk.tenant, desk.id));
}

#[test]
fn an_upload_beyond_the_limit_leaves_nothing() {
    let desk = desk();
    let mut endless = io::repeat(b'x');
    let kept = desk.folder.keep(desk.tenant, desk.id, &mut endless, 1_000);
    assert!(matches!(kept, Err(ImportFileError::TooLarge(1_000))));
    let found = desk.folder.inspect(desk.tenant, desk.id, None);
    assert!(matches!(found, Err(ImportFileError::NotFound)));
}

#[test]
fn an_upload_of_another_tenant_is_not_found() {
    let desk = desk();
    desk.keep(b"email\n").unwrap();
    let found = desk.folder.inspect(TenantId::new(), desk.id, None);
    assert!(matches!(found, Err(ImportFileError::NotFound)));
}

#[test]
fn a_first_look_finds_format_header_and_rows() {
    let desk = desk();
    let text = "\r\n 氏名 \tメール\r\n佐藤\ts@example.jp\r\n";
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let seen = desk.inspect(&bytes).unwrap();
    let format = FileFormat {
        encoding: FileEncoding::Cp932,
        separator: Separator::Tab,
    };
    assert_eq!(seen.format, format);
    assert_eq!(seen.header, ["氏名", "メール"]);
    assert_eq!(
        seen.rows,
        [(3, vec!["佐藤".to_owned(), "s@example.jp".to_owned()])]
    );
}

#[test]
fn a_format_chosen_by_hand_is_used() {
    let desk = desk();
    desk.keep(b"a;b,c\n1;2,3\n").unwrap();
    let format = FileFormat {
        separator: Separator::Semicolon,
        ..FileFormat::default()
    };
    let seen = desk
        .folder
        .inspect(desk.tenant, desk.id, Some(format))
        .unwrap();
    assert_eq!(seen.header, ["a", "b,c"]);
}

#[test]
fn a_file_that_is_no_table_says_what_it_is() {
    let desk = desk();
    assert!(matches!(desk.inspect(b""), Err(ImportFileError::Empty)));
    assert!(matches!(
        desk.inspect(b"\n \n"),
        Err(ImportFileError::Empty)
    ));
    assert!(matches!(
        desk.inspect(b"PK\x03\x04..."),
        Err(ImportFileError::Workbook)
    ));
    let wide = ",".repeat(1_000_000);
    assert!(matches!(
        desk.inspect(wide.as_bytes()),
        Err(ImportFileError::Header { line: 1, .. })
    ));
}

#[test]
fn old_uploads_are_swept() {
    let desk = desk();
    desk.keep(b"email\n").unwrap();
    let day = Duration::from_secs(86_400);
    assert_eq!(desk.folder.sweep(day, SystemTime::now()).unwrap(), 0);
    let later = SystemTime::now() + 2 * day;
    assert_eq!(desk.folder.sweep(day, later).unwrap(), 1);
}
