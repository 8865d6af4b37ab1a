//! Templates: writing, looking, trying out, removing.

use actix_web::http::StatusCode;
use domain::content::TemplateStore;
use domain::ids::UserId;
use domain::tenancy::{AuditLog, Role};

use crate::app::{Answer, TestApp};

const TEMPLATES: &str = "/ui/templates";

fn form<'a>(name: &'a str, html: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", name),
        ("subject", "{{ name or \"お客\" }}様へ"),
        ("body", html),
        ("text", ""),
    ]
}

fn names(app: &TestApp) -> Vec<String> {
    let templates = TemplateStore::list(&*app.memory.mail, app.tenant()).unwrap();
    templates
        .into_iter()
        .map(|template| template.name)
        .collect()
}

#[actix_web::test]
async fn a_template_is_written_kept_and_changed() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    assert!(
        marketer
            .get(TEMPLATES)
            .await
            .shows("テンプレートがまだありません")
    );
    let editor = marketer.get("/ui/templates/new?mode=code").await;
    assert!(
        editor.shows("data-insert-tag=\"{{ graduation_year }}\""),
        "{}",
        editor.body
    );
    assert!(
        editor.shows("日程を見て申し込む"),
        "there is nothing to begin with"
    );
    let made = marketer
        .post(TEMPLATES, &form("春の案内", "<p>{{ name }}</p>"))
        .await;
    let address = made.leads_to().to_owned();
    assert!(marketer.get(&address).await.shows("見本 花子様へ"));
    let edit = format!("{address}/edit");
    assert!(marketer.get(&edit).await.shows("value=\"春の案内\""));
    let changed = marketer.post(&edit, &form("夏の案内", "<p>夏</p>")).await;
    assert_eq!(changed.leads_to(), address);
    assert_eq!(names(&app), ["夏の案内"]);
    let actions: Vec<String> = app
        .tenancy
        .page(app.tenant(), None, 2)
        .unwrap()
        .iter()
        .map(|entry| entry.action.as_str().to_owned())
        .collect();
    assert_eq!(actions, ["template.changed", "template.created"]);
}

#[actix_web::test]
async fn what_is_missing_or_taken_is_said_beside_the_field() {
    let app = TestApp::new().await;
    app.add_template("春の案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let answer = marketer
        .post(TEMPLATES, &form("春の案内", "<p>本文</p>"))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("同じ名前のテンプレートがあります"));
    let blank = [("name", ""), ("subject", ""), ("body", "")];
    let answer = marketer.post(TEMPLATES, &blank).await;
    assert!(answer.shows("テンプレート名を入力してください"));
    assert!(answer.shows("件名を入力してください") && answer.shows("本文を入力してください"));
}

// V-08
#[actix_web::test]
async fn a_template_that_asks_for_more_than_fields_is_refused_with_its_place() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let attacks = [
        ("<p>\n  {{ env.DATABASE_URL }}</p>", "2行 6文字目: 「env"),
        (
            "{{ get_env() }}",
            "1行 4文字目: 「get_env」という関数は使えません",
        ),
        ("{% include \"/etc/passwd\" %}", "1行 4文字目: "),
        (
            "{{ __tera_context }}",
            "1行 4文字目: 「__tera_context」という項目はありません",
        ),
        ("{% import \"x\" as x %}", "1行 4文字目: "),
        ("{% macro m() %}{% endmacro %}", "1行 4文字目: "),
        ("<p>{{ name</p>", "1行 "),
    ];
    for (html, said) in attacks {
        let kept = marketer.post(TEMPLATES, &form("攻撃", html)).await;
        let seen = marketer
            .post("/ui/templates/preview", &form("攻撃", html))
            .await;
        let checked = marketer
            .post("/ui/templates/check", &form("攻撃", html))
            .await;
        for answer in [kept, seen, checked] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{html}");
            assert!(answer.shows("本文（HTML） "), "{html}: {}", answer.body);
            assert!(answer.shows(said), "{html}: {}", answer.body);
        }
    }
    assert_eq!(names(&app), Vec::<String>::new());
}

// V-08: what is stored by other ways than the editor is not sent or shown either.
#[actix_web::test]
async fn a_stored_template_with_problems_shows_them_instead_of_the_mail() {
    let app = TestApp::new().await;
    let id = app.add_html("{{ env.DATABASE_URL }}");
    let marketer = app.sign_in(Role::Marketer).await;
    let framed = marketer.get(&format!("{TEMPLATES}/{id}/preview")).await;
    assert_eq!(framed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(framed.header("content-security-policy"), PREVIEW_POLICY);
    let page = marketer.get(&format!("{TEMPLATES}/{id}")).await;
    assert!(page.shows("このままでは送信できません"));
}

// V-09
#[actix_web::test]
async fn marks_of_other_products_are_letters() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let html = "<p>%mautic.db_password% ${HOME} {config} #{7*7}</p>";
    let answer = marketer
        .post("/ui/templates/preview", &form("見る", html))
        .await;
    assert!(answer.shows(html), "{}", answer.body);
    let answer = marketer
        .post("/ui/templates/preview", &form("見る", "{{config}}"))
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

// V-11
#[actix_web::test]
async fn a_template_that_would_take_for_ever_is_refused_at_once() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let nested = "{% if name %}".repeat(50) + &"{% endif %}".repeat(50);
    let loops = "{% for a in range(1000) %}".repeat(3) + &"{% endfor %}".repeat(3);
    let deep = "{{ ".to_owned() + &"(".repeat(20_000) + "name";
    for html in [&loops, &deep] {
        let answer = marketer
            .post("/ui/templates/preview", &form("見る", html))
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = marketer
        .post("/ui/templates/preview", &form("見る", &nested))
        .await;
    assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let huge = "a".repeat(5 * 1024 * 1024);
    let answer = marketer
        .post("/ui/templates/preview", &form("見る", &huge))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

const PREVIEW_POLICY: &str =
    "default-src 'none'; img-src 'self' https: data:; style-src 'unsafe-inline'; sandbox";

// V-22
#[actix_web::test]
async fn a_preview_is_a_sandbox_without_an_origin() {
    let app = TestApp::new().await;
    let id = app.add_html("<p onclick=\"x()\">本文</p><script>parent.location='/ui'</script>");
    let marketer = app.sign_in(Role::Marketer).await;
    let address = format!("{TEMPLATES}/{id}");
    let framed = marketer.get(&format!("{address}/preview")).await;
    let unsaved = marketer
        .post("/ui/templates/preview", &form("見る", "<p>本文</p>"))
        .await;
    for answer in [framed, unsaved] {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-security-policy"), PREVIEW_POLICY);
        assert_eq!(answer.header("x-frame-options"), "SAMEORIGIN");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("set-cookie"), "");
        assert!(answer.shows("本文"));
    }
    let page = marketer.get(&address).await;
    assert!(
        page.shows(" sandbox ") && !page.shows("allow-same-origin"),
        "{}",
        page.body
    );
    assert!(
        !page.shows("parent.location"),
        "the mail stands in the page itself"
    );
    let stranger = app.browser().get(&format!("{address}/preview")).await;
    assert!(stranger.leads_to().starts_with("/login"));
}

// A20, C13
#[actix_web::test]
async fn looking_at_a_mail_counts_nothing() {
    let app = TestApp::new().await;
    let id = app.add_template("案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let framed = marketer.get(&format!("{TEMPLATES}/{id}/preview")).await;
    assert!(
        framed.shows("https://kasuga.example.jp/oc?y=2027&amp;f=1"),
        "{}",
        framed.body
    );
    assert!(
        !framed.shows("/t/c/") && !framed.shows("/t/o/"),
        "{}",
        framed.body
    );
    assert!(framed.shows("配信を停止") && framed.shows("（差出人の設定で入力してください）"));
}

// V-05, A60
#[actix_web::test]
async fn a_mail_is_shown_as_a_chosen_person_would_get_it() {
    let app = TestApp::new().await;
    let id = app.add_html("<p>{{ name }}と{{ email }}</p>");
    let lead = app.add_lead("<svg onload=alert(1)>", "sato@example.com");
    let path = format!("{TEMPLATES}/{id}/preview?lead={lead}");
    let marketer = app.sign_in(Role::Marketer).await;
    let mail = marketer.get(&path).await;
    assert!(mail.shows("&lt;svg onload=alert(1)&gt;と") && mail.shows("sato@example.com"));
    let viewer = app.sign_in(Role::Viewer).await;
    let masked = viewer.get(&path).await;
    assert!(
        !masked.shows("sato@example.com") && masked.shows("見本 花子"),
        "{}",
        masked.body
    );
    let page = viewer.get(&format!("{TEMPLATES}/{id}?lead={lead}")).await;
    assert!(!page.shows("sato@example.com"));
}

// B12
#[actix_web::test]
async fn a_test_mail_goes_to_a_colleague_and_is_not_tracked() {
    let app = TestApp::new().await;
    app.say_who_sends();
    let id = app.add_template("案内");
    let lead = app.add_lead("佐藤 花子", "sato@example.com");
    let colleague = app.add_user(Role::Sales, "tanaka@example.jp");
    let marketer = app.sign_in(Role::Marketer).await;
    let path = format!("{TEMPLATES}/{id}/test");
    let (user, lead) = (colleague.id.to_string(), lead.to_string());
    let answer = marketer
        .post(&path, &[("user", &user), ("lead", &lead)])
        .await;
    assert_eq!(answer.leads_to(), format!("{TEMPLATES}/{id}?lead={lead}"));
    let mails = app.memory.outbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to.address.as_str(), "tanaka@example.jp");
    assert_eq!(mails[0].subject, "【テスト】佐藤 花子様へ");
    assert!(!mails[0].html.contains("/t/"), "{}", mails[0].html);
    assert!(
        marketer
            .get(answer.leads_to())
            .await
            .shows("さんにテストメールを送りました")
    );
}

#[actix_web::test]
async fn a_test_mail_goes_to_nobody_outside_and_not_without_a_sender() {
    let app = TestApp::new().await;
    let id = app.add_template("案内");
    let marketer = app.sign_in(Role::Marketer).await;
    let path = format!("{TEMPLATES}/{id}/test");
    let stranger = UserId::new().to_string();
    let answer = marketer.post(&path, &[("user", &stranger)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let colleague = app
        .add_user(Role::Sales, "tanaka@example.jp")
        .id
        .to_string();
    let answer = marketer.post(&path, &[("user", &colleague)]).await;
    assert!(
        marketer
            .get(answer.leads_to())
            .await
            .shows("差出人の情報が足りません")
    );
    assert!(app.memory.outbox.mails().is_empty());
}

#[actix_web::test]
async fn a_template_in_use_stays_and_says_why() {
    let app = TestApp::new().await;
    app.add_broadcast("7月の案内");
    let used = TemplateStore::list(&*app.memory.mail, app.tenant()).unwrap()[0].id;
    let marketer = app.sign_in(Role::Marketer).await;
    let answer = marketer
        .post(&format!("{TEMPLATES}/{used}/delete"), &[])
        .await;
    assert!(
        marketer
            .get(answer.leads_to())
            .await
            .shows("一斉配信で使われているため")
    );
    let unused = app.add_template("使わない");
    let answer = marketer
        .post(&format!("{TEMPLATES}/{unused}/delete"), &[])
        .await;
    assert_eq!(answer.leads_to(), TEMPLATES);
    assert_eq!(names(&app), ["7月の案内"]);
}

#[actix_web::test]
async fn a_viewer_sees_templates_and_no_button_to_change_them() {
    let app = TestApp::new().await;
    let id = app.add_template("案内");
    let viewer = app.sign_in(Role::Viewer).await;
    let list: Answer = viewer.get(TEMPLATES).await;
    assert!(list.shows("案内") && !list.shows("/edit") && !list.shows("/ui/templates/new"));
    assert!(
        !viewer
            .get(&format!("{TEMPLATES}/{id}"))
            .await
            .shows("/delete")
    );
}
