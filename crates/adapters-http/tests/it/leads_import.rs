//! Importing a file, from the upload to the refused rows.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use chrono::Utc;
use domain::ids::{ImportId, TenantId};
use domain::leads::LeadListing;
use domain::leads::import::{ImportStatus, ImportStore, run_due_import};
use domain::tenancy::Role;
use encoding_rs::SHIFT_JIS;
use test_support::builders::leads::{new_import, tags};

use crate::app::{Browser, TestApp};

const TABLE: &str = "氏名,メールアドレス,卒業年度,志望学科,メモ\r\n\
    髙橋 花子,hanako@example.jp,２０２７年度,看護,①\r\n\
    佐藤 太郎,taro@example,2026,介護,\r\n\
    鈴木 一,hajime@example.jp,来年,保育,\r\n\
    田中 恵,megumi@example.jp,2026,保育,㈱\r\n";

fn cp932(text: &str) -> Vec<u8> {
    SHIFT_JIS.encode(text).0.into_owned()
}

/// Uploads the table and answers the address of its import.
async fn uploaded(browser: &Browser<'_>) -> String {
    let answer = browser.upload("名簿.csv", &cp932(TABLE)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.header("hx-redirect").to_owned()
}

fn mapping<'a>(targets: &[&'a str]) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![("encoding", "cp932"), ("separator", "comma")];
    fields.extend(targets.iter().map(|&target| ("target", target)));
    fields
}

const TARGETS: [&str; 5] = [
    "field.name",
    "field.email",
    "field.graduation_year",
    "new.text",
    "ignore",
];

fn work(app: &TestApp) {
    let (queue, files) = (&*app.memory.leads, &*app.memory.uploads.files);
    while run_due_import(queue, files, &Utc::now, &|| false).unwrap() {}
}

fn import_of(app: &TestApp, address: &str) -> domain::leads::import::Import {
    let id = address.rsplit('/').next().unwrap().parse().unwrap();
    ImportStore::find(&*app.memory.leads, app.tenant(), id)
        .unwrap()
        .unwrap()
}

// A1; user demand 15
#[actix_web::test]
async fn a_japanese_file_is_uploaded_checked_mapped_and_imported() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let start = marketer.get("/ui/leads/import").await;
    assert!(start.shows("20 MBまで") && start.shows("取り込みはまだありません"));
    let address = uploaded(&marketer).await;

    let review = marketer.get(&address).await;
    assert_eq!(review.status, StatusCode::OK, "{}", review.body);
    assert!(review.shows("<option value=\"cp932\" selected>"));
    assert!(review.shows("<option value=\"field.name\" selected>"));
    assert!(review.shows("髙橋 花子") && review.shows("①"));
    assert!(review.shows(">2027<"), "the year is shown as it is read");
    assert!(review.shows("メールアドレスの「@」の後が正しくありません"));

    let preview = marketer
        .post(&format!("{address}/preview"), &mapping(&TARGETS))
        .await;
    assert!(!preview.shows("<html") && preview.shows("id=\"preview\""));
    assert_eq!(import_of(&app, &address).status, ImportStatus::Uploaded);

    let mut fields = mapping(&TARGETS);
    fields.push(("tags", "2026秋"));
    let answer = marketer.post(&format!("{address}/start"), &fields).await;
    assert_eq!(answer.leads_to(), address);
    let waiting = marketer.get(&address).await;
    assert!(waiting.shows("開始待ち") && waiting.shows("hx-trigger=\"every 2s\""));
    work(&app);

    let done = marketer.get(&format!("{address}/progress")).await;
    assert!(done.shows("取り込みが終わりました") && !done.shows("hx-trigger"));
    assert!(done.shows("数字で入力してください"));
    let import = import_of(&app, &address);
    assert_eq!((import.rows_created, import.rows_refused), (2, 2));
    let leads = app.memory.leads.all(app.tenant());
    let hanako = leads.iter().find(|lead| lead.graduation_year == Some(2027));
    let hanako = hanako.unwrap();
    assert_eq!(hanako.name.as_deref(), Some("髙橋 花子"));
    assert_eq!(hanako.attributes["志望学科"].to_string(), "看護");
    assert_eq!(hanako.tags, tags(&["2026秋"]));
    let attributes = app.memory.leads.attributes(app.tenant()).unwrap();
    assert_eq!(attributes[0].label, "志望学科");

    let refused = marketer.get(&format!("{address}/refusals")).await;
    assert_eq!(refused.header("content-type"), "text/csv; charset=utf-8");
    assert!(refused.shows("\"行\",\"列\",\"理由\",\"値\""));
    assert!(
        refused.shows("\"3\",\"メールアドレス\""),
        "{}",
        refused.body
    );
    assert!(refused.shows("\"4\",\"卒業年度\",\"数字で入力してください。\",\"来年\""));
    assert!(marketer.get("/ui/leads/import").await.shows("名簿.csv"));
    assert_eq!(app.audited()[..2], ["import.started", "import.uploaded"]);
}

#[actix_web::test]
async fn another_encoding_can_be_chosen_and_shows_at_once() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let address = uploaded(&marketer).await;
    let garbled = marketer.get(&format!("{address}?encoding=utf-8")).await;
    assert!(garbled.shows("<option value=\"utf-8\" selected>"));
    assert!(!garbled.shows("髙橋 花子"));
    for query in ["encoding=latin", "separator=x", "layout=/etc/passwd"] {
        let answer = marketer.get(&format!("{address}?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[actix_web::test]
async fn a_mapping_that_cannot_work_is_explained_and_starts_nothing() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let address = uploaded(&marketer).await;
    let start = format!("{address}/start");
    let cases: [([&str; 5], &str); 3] = [
        (
            ["field.name", "ignore", "ignore", "ignore", "ignore"],
            "メールアドレスの列を選んで",
        ),
        (
            ["field.email", "field.email", "ignore", "ignore", "ignore"],
            "「メールアドレス」の取り込み先",
        ),
        (
            [
                "field.name",
                "field.email",
                "ignore",
                "family-name",
                "ignore",
            ],
            "「志望学科」は、氏名",
        ),
    ];
    for (targets, text) in cases {
        let answer = marketer.post(&start, &mapping(&targets)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(answer.shows(text), "{text}: {}", answer.body);
    }
    let misfits: [&[&str]; 3] = [&["field.email"], &[], &["field.score"; 5]];
    for misfit in misfits {
        let answer = marketer.post(&start, &mapping(misfit)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(import_of(&app, &address).status, ImportStatus::Uploaded);
}

// V-31
#[actix_web::test]
async fn the_name_of_a_file_leads_nowhere() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for (name, shown) in [
        ("../../../tmp/x.csv", "x.csv"),
        ("/etc/passwd", "passwd"),
        ("x.php", "x.php"),
        (
            "<svg onload=alert(1)>.csv",
            "&lt;svg onload=alert(1)&gt;.csv",
        ),
    ] {
        let answer = marketer.upload(name, b"email\na@example.jp\n").await;
        let address = answer.header("hx-redirect").to_owned();
        let page = marketer.get(&address).await;
        page.assert_harmless();
        assert!(page.shows(shown), "{name}");
    }
    let folder = app.memory.uploads.folder.path();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(name.starts_with(&app.tenant().to_string()), "{name}");
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&entry.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 4);
}

#[actix_web::test]
async fn a_file_that_cannot_be_imported_is_refused_with_the_way_out() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    let cases: [(&[u8], StatusCode, &str); 4] = [
        (&large, StatusCode::PAYLOAD_TOO_LARGE, "20 MB以下に分けて"),
        (
            b"PK\x03\x04xl",
            StatusCode::UNPROCESSABLE_ENTITY,
            "CSV 形式で保存",
        ),
        (b"", StatusCode::UNPROCESSABLE_ENTITY, "行がありません"),
        (
            b"\x89PNG\r\n",
            StatusCode::UNPROCESSABLE_ENTITY,
            "1 行目に文字ではないデータ",
        ),
    ];
    for (content, status, text) in cases {
        let answer = marketer.upload("leads.csv", content).await;
        assert_eq!(answer.status, status, "{text}");
        assert!(answer.shows(text), "{text}: {}", answer.body);
        assert!(answer.shows("id=\"upload\"") && !answer.shows("<html"));
    }
    let folder = app.memory.uploads.folder.path();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    assert!(app.memory.leads.latest(app.tenant(), 9).unwrap().is_empty());
}

#[actix_web::test]
async fn an_upload_without_a_file_or_that_breaks_off_leaves_nothing() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let nothing =
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--X--\r\n";
    let broken = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nemail\na@exa";
    let foreign = "--X\r\nContent-Disposition: form-data; name=\"tenant_id\"\r\n\r\n1\r\n--X--\r\n";
    for (body, status) in [
        (nothing, StatusCode::UNPROCESSABLE_ENTITY),
        (broken, StatusCode::UNPROCESSABLE_ENTITY),
        (foreign, StatusCode::BAD_REQUEST),
    ] {
        let request = TestRequest::post()
            .uri("/ui/leads/import")
            .insert_header(("content-type", "multipart/form-data; boundary=X"))
            .insert_header(("x-csrf-token", marketer.token()))
            .set_payload(body);
        let answer = marketer.send(request).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
    }
    let folder = app.memory.uploads.folder.path();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[actix_web::test]
async fn an_import_is_stopped_once_and_keeps_what_it_had() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let address = uploaded(&marketer).await;
    let cancel = format!("{address}/cancel");
    assert_eq!(marketer.post(&cancel, &[]).await.leads_to(), address);
    let page = marketer.get(&address).await;
    assert!(page.shows("取り込みを中止しました") && page.shows("中止しました"));
    marketer.post(&cancel, &[]).await;
    assert!(marketer.get(&address).await.shows("すでに開始または終了"));
    marketer
        .post(&format!("{address}/start"), &mapping(&TARGETS))
        .await;
    work(&app);
    assert!(app.memory.leads.all(app.tenant()).is_empty());
    let folder = app.memory.uploads.folder.path();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

// V-25, V-26
#[actix_web::test]
async fn an_import_of_another_organisation_is_nobodys() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let (other, foreign) = (TenantId::new(), new_import());
    let id: ImportId = foreign.id;
    ImportStore::create(&*app.memory.leads, other, foreign, Utc::now()).unwrap();
    for path in ["", "/progress", "/refusals"] {
        let answer = admin.get(&format!("/ui/leads/import/{id}{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["preview", "start"] {
        let target = format!("/ui/leads/import/{id}/{path}");
        let answer = admin.post(&target, &mapping(&TARGETS)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    let answer = admin
        .post(&format!("/ui/leads/import/{id}/cancel"), &[])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let kept = ImportStore::find(&*app.memory.leads, other, id)
        .unwrap()
        .unwrap();
    assert_eq!(kept.status, ImportStatus::Uploaded);
}
