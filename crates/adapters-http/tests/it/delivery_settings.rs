//! Who sends, and by what.

use actix_web::http::StatusCode;
use domain::delivery::{DeliverySettings, MailProvider, ProviderKind, SendGridSettings};
use domain::tenancy::{AuditLog, Role};

use crate::app::TestApp;

const SENDER: &str = "/ui/settings/sender";
const MAIL: &str = "/ui/settings/mail";

fn provider(app: &TestApp) -> MailProvider {
    app.memory.mail.provider(app.tenant()).unwrap().provider
}

fn sendgrid(app: &TestApp) -> SendGridSettings {
    match provider(app) {
        MailProvider::SendGrid(settings) => settings,
        other @ (MailProvider::Outbox | MailProvider::Smtp(_)) => {
            panic!("the provider is {other:?}")
        }
    }
}

#[actix_web::test]
async fn the_sender_page_says_what_the_law_still_wants() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(SENDER).await;
    for item in ["差出人名", "組織の名称", "住所", "問い合わせ先"] {
        assert!(
            page.shows(&format!("<strong>{item}</strong>")),
            "{item}: {}",
            page.body
        );
    }
    let fields = [
        ("from_name", "青葉予備校\r\nBcc: x@example.com"),
        ("from_address", "info@aoba.example.jp"),
        ("reply_to", ""),
        ("organisation", "青葉予備校"),
        ("postal_address", "仙台市青葉区1-1"),
        ("contact", "022-000-0000"),
    ];
    assert_eq!(admin.post(SENDER, &fields).await.leads_to(), SENDER);
    let profile = app.memory.mail.sender_profile(app.tenant()).unwrap();
    assert_eq!(profile.missing(), []);
    assert_eq!(
        profile.from_name, "青葉予備校 Bcc: x@example.com",
        "a line break got in"
    );
    assert!(!admin.get(SENDER).await.shows("次の項目が必要です"));
}

#[actix_web::test]
async fn an_address_that_is_none_is_said_beside_its_field() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let fields = [
        ("from_name", "青葉予備校"),
        ("from_address", "nobody"),
        ("reply_to", ""),
        ("organisation", ""),
        ("postal_address", ""),
        ("contact", ""),
    ];
    let answer = admin.post(SENDER, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("メールアドレスの形で入力してください"));
    assert!(
        answer.shows("value=\"青葉予備校\""),
        "what was typed is lost"
    );
}

#[actix_web::test]
async fn a_secret_is_sealed_and_shown_to_nobody() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let fields = [
        ("kind", "sendgrid"),
        ("sendgrid_api_key", "SG.very-secret"),
        ("webhook_secret", "a-long-shared-secret"),
        ("opens", "pixel"),
    ];
    assert_eq!(admin.post(MAIL, &fields).await.leads_to(), MAIL);
    let stored = sendgrid(&app);
    let opened = app
        .state
        .keys
        .open(&stored.api_key.clone().unwrap().0)
        .unwrap();
    assert_eq!(opened, b"SG.very-secret");
    let page = admin.get(MAIL).await;
    assert!(page.shows("保存済みです") && !page.shows("SG.very-secret"));
    assert!(!app.stored().contains("SG.very-secret"));

    let kept = [
        ("kind", "sendgrid"),
        ("sendgrid_api_key", ""),
        ("opens", "provider"),
    ];
    admin.post(MAIL, &kept).await.leads_to();
    assert_eq!(
        sendgrid(&app).api_key,
        stored.api_key,
        "a blank field took the key away"
    );
    assert_eq!(sendgrid(&app).webhook_secret, stored.webhook_secret);
    let forget = [
        ("kind", "sendgrid"),
        ("forget_webhook_secret", "true"),
        ("opens", "pixel"),
    ];
    admin.post(MAIL, &forget).await.leads_to();
    assert_eq!(sendgrid(&app).webhook_secret, None);
}

// A57
#[actix_web::test]
async fn settings_that_cannot_work_are_refused() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let key = ("sendgrid_api_key", "SG.x");
    let refused: [(&[(&str, &str)], &str); 6] = [
        (&[("kind", "pigeon")], "送信方法を選んでください"),
        (
            &[("kind", "sendgrid"), ("opens", "pixel")],
            "APIキーを入力してください",
        ),
        (
            &[
                ("kind", "sendgrid"),
                key,
                ("opens", "pixel"),
                ("webhook_secret", "short"),
            ],
            "16文字以上",
        ),
        (
            &[
                ("kind", "sendgrid"),
                key,
                ("opens", "pixel"),
                ("webhook_public_key", "bm8="),
            ],
            "Verification Key",
        ),
        (
            &[("kind", "smtp"), ("smtp_encryption", "tls")],
            "サーバー名を入力してください",
        ),
        (
            &[
                ("kind", "smtp"),
                ("smtp_host", "mx"),
                ("smtp_encryption", "tls"),
                ("smtp_user", "u"),
            ],
            "このユーザー名のパスワード",
        ),
    ];
    for (fields, said) in refused {
        let answer = admin.post(MAIL, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
        assert!(answer.shows(said), "{fields:?}: {}", answer.body);
    }
    assert_eq!(
        provider(&app).kind(),
        ProviderKind::Outbox,
        "nothing was stored"
    );
}

// H3
#[actix_web::test]
async fn the_hidden_link_is_off_until_somebody_turns_it_on_which_is_noted() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let is_on = || app.memory.mail.provider(app.tenant()).unwrap().honeypot;
    let newest = || {
        let log = app.tenancy.page(app.tenant(), None, 1).unwrap();
        log[0].action.as_str().to_owned()
    };
    assert!(!is_on());
    let on = [("kind", "outbox"), ("honeypot", "true")];
    admin.post(MAIL, &on).await.leads_to();
    assert_eq!((is_on(), newest().as_str()), (true, "honeypot.turned_on"));
    let page = admin.get(MAIL).await;
    assert!(page.shows("name=\"honeypot\" value=\"true\" checked"));
    admin.post(MAIL, &on).await.leads_to();
    assert_eq!(newest(), "mail_provider.changed", "nothing was turned");
    admin.post(MAIL, &[("kind", "outbox")]).await.leads_to();
    assert_eq!((is_on(), newest().as_str()), (false, "honeypot.turned_off"));
}

// V-34
#[actix_web::test]
async fn the_outbox_can_be_chosen_only_where_somebody_can_look_into_it() {
    let demo = TestApp::new().await;
    let admin = demo.sign_in(Role::Admin).await;
    assert!(admin.get(MAIL).await.shows("value=\"outbox\""));
    assert_eq!(
        admin.post(MAIL, &[("kind", "outbox")]).await.leads_to(),
        MAIL
    );

    let production = TestApp::with_ports(|ports| ports.outbox = None).await;
    let admin = production.sign_in(Role::Admin).await;
    assert!(!admin.get(MAIL).await.shows("value=\"outbox\""));
    let answer = admin.post(MAIL, &[("kind", "outbox")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[actix_web::test]
async fn the_address_of_the_webhook_is_there_to_copy() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = admin.get(MAIL).await;
    assert!(
        page.shows("http://ondo.test/webhooks/sendgrid/"),
        "{}",
        page.body
    );
    assert!(page.shows("data-copy=\"#webhook\""));
}

#[actix_web::test]
async fn a_test_of_the_settings_goes_to_whoever_asks() {
    let app = TestApp::new().await;
    app.say_who_sends();
    app.add_user(Role::Admin, "kanri@example.jp");
    let admin = app.sign_in_as("kanri@example.jp").await;
    let answer = admin.post("/ui/settings/mail/test", &[]).await;
    assert!(
        admin
            .get(answer.leads_to())
            .await
            .shows("kanri@example.jp にテストメールを送りました")
    );
    let mails = app.memory.outbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to.address.as_str(), "kanri@example.jp");
    assert!(
        mails[0]
            .unsubscribe_url
            .starts_with("http://ondo.test/u/v1.")
    );
}
