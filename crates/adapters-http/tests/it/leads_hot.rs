//! The high-temperature list.

use chrono::Utc;
use domain::leads::LeadDraft;
use domain::scoring::Band;
use domain::tenancy::Role;
use domain::tracking::ImportantPageStore;
use test_support::builders::leads::draft;
use test_support::builders::tracking::{APPLY, HOME, click, important_page, mail, open};

use crate::app::TestApp;

// A48, A46
#[actix_web::test]
async fn a_hot_lead_is_listed_with_the_reasons_and_a_number_to_call() {
    let app = TestApp::new().await;
    let (tenant, log) = (app.tenant(), app.memory.log.clone());
    log.add_important_page(tenant, &important_page("/apply"), Utc::now())
        .unwrap();
    let lead = app.lead_of(
        tenant,
        LeadDraft {
            phone: Some("０３-1234-5678".into()),
            ..draft("sato")
        },
    );
    let sent = mail(lead.id, 1);
    app.happened(lead.id, open(tenant, &sent, 0), 90);
    app.happened(lead.id, click(tenant, &sent, 0, HOME, 0), 60);
    app.happened(lead.id, click(tenant, &sent, 1, APPLY, 0), 30);
    assert_eq!(app.stored_lead(lead.id).band, Band::Hot);
    let sales = app.sign_in(Role::Sales).await;
    let page = sales.get("/ui/leads/hot").await;
    for text in [
        "sato@example.jp",
        "href=\"tel:0312345678\"",
        "href=\"https://school.example/apply\"",
        "+5",
        "+3",
        "30分前",
        "高温",
        "今日中に電話する",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
}

// A49
#[actix_web::test]
async fn it_shows_the_hot_ones_unless_another_band_is_asked_for() {
    let app = TestApp::new().await;
    for (name, score, band) in [("hot", 9, Band::Hot), ("warm", 5, Band::Warm)] {
        let lead = app.lead(name);
        app.warm(lead.id, score, band);
    }
    let viewer = app.sign_in(Role::Sales).await;
    let hot = viewer.get("/ui/leads/hot").await;
    assert!(hot.shows("hot@example.jp") && !hot.shows("warm@example.jp"));
    let warm = viewer.get("/ui/leads/hot?band=warm&engaged_within=1").await;
    assert!(!warm.shows("hot@example.jp") && warm.shows("warm@example.jp"));
    let busy = viewer.get("/ui/leads/hot?page_views=5").await;
    assert!(busy.shows("条件に合うリードがいません"));
}

// V-04
#[actix_web::test]
async fn an_address_that_is_not_of_the_web_is_no_link() {
    let app = TestApp::new().await;
    for (number, url) in [
        "javascript:alert(1)//school.example",
        "data:text/html,<script>alert(1)</script>",
        "\"><svg onload=alert(1)>",
    ]
    .into_iter()
    .enumerate()
    {
        let lead = app.lead(&format!("lead{number}"));
        app.warm(lead.id, 9, Band::Hot);
        app.memory.leads.arrange(app.tenant(), lead.id, |lead| {
            lead.last_clicked_url = Some(url.to_owned());
        });
        let admin = app.sign_in(Role::Admin).await;
        for path in [
            "/ui/leads".to_owned(),
            "/ui/leads/hot".to_owned(),
            format!("/ui/leads/{}", lead.id),
        ] {
            let page = admin.get(&path).await;
            page.assert_harmless();
            assert!(!page.shows("href=\"data:"), "{path}");
            assert!(page.shows("<bdi>"), "{path}");
        }
    }
}
