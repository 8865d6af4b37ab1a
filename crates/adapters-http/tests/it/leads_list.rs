//! The list of leads.

use actix_web::http::StatusCode;
use chrono::Utc;
use domain::ids::TenantId;
use domain::leads::{AsOf, LeadDraft};
use domain::scoring::Band;
use domain::tenancy::Role;
use test_support::builders::leads::{draft, tags};

use crate::app::TestApp;
use crate::leads_world::{ATTACKS, QUERIES};

#[actix_web::test]
async fn an_empty_list_says_how_to_begin() {
    let app = TestApp::new().await;
    let page = app.sign_in(Role::Marketer).await.get("/ui/leads").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.shows("リードがまだ登録されていません"));
    assert!(page.shows("href=\"/ui/leads/import\""));
    assert!(page.shows("href=\"/ui/leads/new\""));
    let page = app.sign_in(Role::Viewer).await.get("/ui/leads").await;
    assert!(!page.shows("href=\"/ui/leads/new\""));
}

// A48
#[actix_web::test]
async fn a_row_tells_who_how_warm_and_what_to_do_next() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let lead = app.lead_of(
        app.tenant(),
        LeadDraft {
            company: Some("青山高等学校".into()),
            tags: tags(&["資料請求"]),
            ..draft("sato")
        },
    );
    app.warm(lead.id, 1_200, Band::Hot);
    app.memory.leads.arrange(app.tenant(), lead.id, |lead| {
        lead.last_clicked_url = Some("https://school.example/apply".into());
    });
    let today = AsOf::new(Utc::now(), chrono_tz::Asia::Tokyo).today;
    app.memory.leads.view_pages(app.tenant(), lead.id, today, 7);
    app.memory.leads.stop_mail(app.tenant(), lead.email.clone());
    let page = marketer.get("/ui/leads").await;
    for text in [
        "sato@example.jp",
        "青山高等学校",
        "資料請求",
        "1,200",
        "高温",
        "3分前",
        "href=\"https://school.example/apply\" rel=\"noopener noreferrer\"",
        "school.example/apply",
        ">7<",
        "配信停止",
        "今日中に電話する",
    ] {
        assert!(page.shows(text), "{text}: {}", page.body);
    }
}

// A49
#[actix_web::test]
async fn filters_stand_in_the_address_and_are_kept_by_pages_and_orders() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for number in 0..51 {
        let lead = app.lead(&format!("warm{number}"));
        app.warm(lead.id, 5, Band::Warm);
    }
    app.lead("cold");
    let page = marketer.get("/ui/leads?band=warm&q=warm").await;
    assert!(page.shows("51 件中 1–50 件"), "{}", page.body);
    assert!(page.shows("/ui/leads?band=warm&amp;q=warm&amp;page=2"));
    assert!(page.shows("sort=name"));
    assert!(!page.shows("cold@example.jp"));
    let last = marketer.get("/ui/leads?band=warm&q=warm&page=2").await;
    assert!(last.shows("51 件中 51–51 件"));
    let none = marketer.get("/ui/leads?band=hot").await;
    assert!(none.shows("条件に合うリードがいません"));
    let english = "tag=&graduation_year=&owner=&reacted=&engaged_within=&page_views=";
    assert_eq!(
        marketer.get(&format!("/ui/leads?{english}")).await.status,
        StatusCode::OK
    );
}

// A60
#[actix_web::test]
async fn a_viewer_sees_masked_addresses_and_no_numbers() {
    let app = TestApp::new().await;
    let lead = app.lead_of(
        app.tenant(),
        LeadDraft {
            phone: Some("03-1234-5678".into()),
            ..draft("sato")
        },
    );
    app.warm(lead.id, 9, Band::Hot);
    let viewer = app.sign_in(Role::Viewer).await;
    for path in [
        "/ui/leads".to_owned(),
        "/ui/leads/hot".to_owned(),
        format!("/ui/leads/{}", lead.id),
    ] {
        let page = viewer.get(&path).await;
        assert!(page.shows("s***@example.jp"), "{path}");
        assert!(!page.shows("sato@example.jp"), "{path}");
        assert!(!page.shows("1234-5678"), "{path}");
    }
}

// V-05
#[actix_web::test]
async fn foreign_texts_are_shown_as_texts() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    for (number, attack) in ATTACKS.iter().enumerate() {
        let lead = app.lead_of(
            app.tenant(),
            LeadDraft {
                name: Some((*attack).to_owned()),
                company: Some((*attack).to_owned()),
                tags: tags(&[attack]),
                ..draft(&format!("lead{number}"))
            },
        );
        app.warm(lead.id, 9, Band::Hot);
    }
    for path in ["/ui/leads", "/ui/leads/hot"] {
        let page = marketer.get(path).await;
        page.assert_harmless();
        assert!(page.shows("&lt;svg onload=alert(1)&gt;"), "{path}");
        assert!(page.shows("{{7*7}}"), "{path}");
        assert!(page.shows("<bdi>\u{202E}gpj.exe</bdi>"), "{path}");
    }
}

// V-10, V-12
#[actix_web::test]
async fn what_is_no_filter_is_refused_at_once() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    for list in ["/ui/leads", "/ui/leads/hot"] {
        for query in QUERIES {
            let answer = admin.get(&format!("{list}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{list}?{query}");
        }
    }
}

// V-26
#[actix_web::test]
async fn tags_of_several_leads_reach_only_ones_own() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let (own, other) = (app.lead("own"), TenantId::new());
    let foreign = app.lead_of(other, draft("foreign"));
    let fields = [
        ("lead", own.id.to_string()),
        ("lead", foreign.id.to_string()),
        ("tags", "OC参加、 東京".to_owned()),
        ("act", "add".to_owned()),
        ("list", "band=cold&page=2".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let answer = sales.post("/ui/leads/tags", &fields).await;
    assert_eq!(answer.leads_to(), "/ui/leads?band=cold&page=2");
    assert_eq!(app.stored_lead(own.id).tags, tags(&["OC参加", "東京"]));
    assert!(app.memory.leads.all(other)[0].tags.is_empty());
    assert!(
        sales
            .get("/ui/leads")
            .await
            .shows("1 件のリードにタグを付けました")
    );
    let own_id = own.id.to_string();
    let removal = [
        ("lead", own_id.as_str()),
        ("tags", "東京"),
        ("act", "remove"),
    ];
    assert_eq!(
        sales.post("/ui/leads/tags", &removal).await.leads_to(),
        "/ui/leads"
    );
    assert_eq!(app.stored_lead(own.id).tags, tags(&["OC参加"]));
    assert_eq!(app.audited()[..2], ["leads.tagged", "leads.tagged"]);
}

#[actix_web::test]
async fn without_leads_or_tags_nothing_is_tagged() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("sato").id.to_string();
    for fields in [
        vec![("tags", "a"), ("act", "add")],
        vec![("lead", lead.as_str()), ("tags", " 、 "), ("act", "add")],
    ] {
        sales.post("/ui/leads/tags", &fields).await;
        let page = sales.get("/ui/leads").await;
        assert!(page.shows("何も変更されていません"));
    }
    let unknown = [("lead", lead.as_str()), ("tags", "a"), ("act", "drop")];
    let answer = sales.post("/ui/leads/tags", &unknown).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
