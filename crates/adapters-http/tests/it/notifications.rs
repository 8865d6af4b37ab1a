//! The bell, and the secret of webhooks.

use actix_web::http::StatusCode;
use domain::ids::{ReactionId, UserId};
use domain::notifications::{Inbox, Notice, Notification};
use domain::tenancy::Role;
use test_support::builders::tenancy::at;

use crate::app::TestApp;
use crate::leads_world::ATTACKS;

impl TestApp {
    fn tell(&self, user: UserId, text: &str) -> Notification {
        let notice = Notice::Message {
            text: text.to_owned(),
        };
        let told = Notification::of_reaction(ReactionId::new(), user, notice, None, at(0));
        self.memory
            .staff
            .put(self.tenant(), std::slice::from_ref(&told))
            .unwrap();
        told
    }
}

#[actix_web::test]
async fn the_bell_counts_what_its_owner_has_not_read() {
    // B44
    let app = TestApp::new().await;
    let sato = app.add_user(Role::Viewer, "sato@example.jp").id;
    let ito = app.add_user(Role::Sales, "ito@example.jp").id;
    let [first, _] = ["佐藤様が温まりました", "電話を"].map(|text| app.tell(sato, text));
    app.tell(ito, "ほかの人に");
    let browser = app.sign_in_as("sato@example.jp").await;
    let bell = browser.get("/ui/notifications/unread").await;
    assert!(bell.body.contains(">2<"), "{}", bell.body);
    let page = browser.get("/ui/notifications").await;
    assert!(page.shows("佐藤様が温まりました") && !page.shows("ほかの人に"));
    assert!(
        page.shows("/ui/notifications/unread"),
        "the bell is on every page"
    );
    let read = format!("/ui/notifications/{}/read", first.id);
    assert_eq!(
        browser.post(&read, &[]).await.leads_to(),
        "/ui/notifications"
    );
    let bell = browser.get("/ui/notifications/unread").await;
    assert!(bell.body.contains(">1<"), "{}", bell.body);
    browser.post("/ui/notifications/read", &[]).await;
    let bell = browser.get("/ui/notifications/unread").await;
    assert!(!bell.body.contains("badge"), "{}", bell.body);
}

#[actix_web::test]
async fn nobody_reads_for_somebody_else() {
    // V-25
    let app = TestApp::new().await;
    let sato = app.add_user(Role::Sales, "sato@example.jp").id;
    let told = app.tell(sato, "電話を");
    let admin = app.sign_in(Role::Admin).await;
    admin
        .post(&format!("/ui/notifications/{}/read", told.id), &[])
        .await;
    let unread = app.memory.staff.count_unread(app.tenant(), sato);
    assert_eq!(unread.unwrap(), 1);
}

#[actix_web::test]
async fn what_a_notice_says_is_text() {
    // V-22
    let app = TestApp::new().await;
    let sato = app.add_user(Role::Sales, "sato@example.jp").id;
    for attack in ATTACKS {
        app.tell(sato, attack);
    }
    let page = app
        .sign_in_as("sato@example.jp")
        .await
        .get("/ui/notifications")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    for attack in ATTACKS.into_iter().filter(|it| it.contains('<')) {
        assert!(!page.body.contains(attack), "{attack}");
    }
}

#[actix_web::test]
async fn a_secret_is_made_shown_and_replaced() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let path = "/ui/settings/webhooks";
    assert!(!admin.get(path).await.shows("whsec_"), "looking makes none");
    let secret = async || {
        assert_eq!(admin.post(path, &[]).await.leads_to(), path);
        let page = admin.get(path).await.body;
        let start = page.find("whsec_").unwrap();
        (page[start..start + 49].to_owned(), page)
    };
    let (first, page) = secret().await;
    assert!(!page.contains("前の署名キーでも"));
    let (second, page) = secret().await;
    assert_ne!(first, second);
    assert!(page.contains("前の署名キーでも") && !page.contains(&first));
    assert!(!app.stored().contains(&second), "it is sealed at rest");
    let audited = app.audited();
    assert!(audited.contains(&"webhook_secret.renewed".to_owned()));
}
