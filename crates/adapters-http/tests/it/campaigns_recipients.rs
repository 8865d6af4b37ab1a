//! Broadcasts to an uploaded list.

use actix_web::http::StatusCode;
use domain::campaigns::BroadcastStatus;
use domain::tenancy::Role;
use encoding_rs::SHIFT_JIS;

use crate::app::TestApp;

const BROADCASTS: &str = "/ui/broadcasts";

#[actix_web::test]
async fn a_pasted_list_narrows_a_draft_and_says_what_is_unknown() {
    let app = TestApp::new().await;
    app.add_lead("佐藤 花子", "sato@example.com");
    app.add_lead("鈴木 一郎", "suzuki@example.com");
    let template = app.add_template("案内").to_string();
    let marketer = app.sign_in(Role::Marketer).await;
    let fields = [
        ("name", "7月の案内"),
        ("template", template.as_str()),
        ("tracking", "true"),
        ("audience", ""),
        ("next", "recipients"),
    ];
    let made = marketer.post(BROADCASTS, &fields).await;
    let page = made.leads_to().to_owned();
    assert!(page.ends_with("/recipients"), "{page}");
    marketer.get(&page).await;
    let listed = marketer
        .post(
            &page,
            &[(
                "addresses",
                "Sato@example.com\nnobody@example.com, <b>oops</b>",
            )],
        )
        .await;
    for said in [
        "1 人をリストにしました",
        "リードとして登録のないアドレス: 1 件",
        "nobody@example.com",
        "2 行目",
        "&lt;b&gt;oops&lt;/b&gt;",
        "1 人に送ります",
    ] {
        assert!(listed.shows(said), "{said}: {}", listed.body);
    }
    let base = page.trim_end_matches("/recipients");
    let id = base.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(app.broadcast(id).unwrap().audience.listed_for, Some(id));
    let confirm = marketer.get(&format!("{base}/confirm")).await;
    assert!(confirm.shows("1 人に送ります") && confirm.shows("アップロードしたリスト"));

    // What a form does not show, it does not lose.
    let edit = format!("{base}/edit");
    assert!(marketer.get(&edit).await.shows("リストに載っている人だけ"));
    marketer.post(&edit, &fields[..4]).await.leads_to();
    assert_eq!(app.broadcast(id).unwrap().audience.listed_for, Some(id));
    marketer.get(&page).await;
    let removed = marketer.post(&format!("{page}/remove"), &[]).await;
    let edited = marketer.get(removed.leads_to()).await;
    assert!(edited.shows("リストを外しました") && edited.shows("2 人に送ります"));
}

#[actix_web::test]
async fn a_japanese_file_is_a_list_too() {
    let app = TestApp::new().await;
    app.add_lead("髙橋 花子", "hanako@example.jp");
    app.add_lead("鈴木 一郎", "suzuki@example.com");
    let id = app.add_broadcast("7月の案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let page = format!("{BROADCASTS}/{id}/recipients");
    marketer.get(&page).await;
    let table = "氏名,メール\r\n髙橋 花子,hanako@example.jp\r\n鈴木,一郎\r\n";
    let file = SHIFT_JIS.encode(table).0.into_owned();
    let listed = marketer
        .upload_to(&format!("{page}/file"), "名簿.csv", &file)
        .await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    assert!(listed.body.trim_start().starts_with("<div id=\"list\""));
    assert!(listed.shows("1 人をリストにしました") && listed.shows("3 行目"));
    let picture = marketer
        .upload_to(&format!("{page}/file"), "a.csv", b"\x89PNG\r\n\x1a\n\0\0\0")
        .await;
    assert_eq!(picture.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.broadcast(id).unwrap().audience.listed_for, Some(id));
}

#[actix_web::test]
async fn a_list_without_an_address_is_not_taken() {
    let app = TestApp::new().await;
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let id = app.add_broadcast("7月の案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let page = format!("{BROADCASTS}/{id}/recipients");
    marketer.get(&page).await;
    let blank = marketer.post(&page, &[("addresses", " \n")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.shows("メールアドレスを入力してください"));
    let nonsense = marketer.post(&page, &[("addresses", "oops")]).await;
    assert!(nonsense.shows("誰にも送られません"), "{}", nonsense.body);
    assert_eq!(app.broadcast(id).unwrap().audience.listed_for, None);
    let started = app.sending("8月の案内", &[lead]);
    assert_ne!(
        app.broadcast(started).unwrap().status,
        BroadcastStatus::Draft
    );
    let late = format!("{BROADCASTS}/{started}/recipients");
    let answer = marketer
        .post(&late, &[("addresses", "sato@example.com")])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
