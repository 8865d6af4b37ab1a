//! The settings of what is tracked.

use std::sync::Arc;

use actix_web::http::StatusCode;
use domain::tenancy::Role;
use domain::tracking::{ImportantPageStore, SiteStore};
use test_support::in_memory::InMemoryEngagementLog;

use crate::app::{ORIGIN, TestApp};

async fn app() -> (TestApp, Arc<InMemoryEngagementLog>) {
    let log = Arc::new(InMemoryEngagementLog::default());
    let (sites, pages) = (log.clone(), log.clone());
    let app = TestApp::with_ports(move |ports| {
        ports.sites = sites;
        ports.important_pages = pages;
    })
    .await;
    (app, log)
}

// A31, A70
#[actix_web::test]
async fn a_registered_site_shows_its_tag_and_where_to_paste_it() {
    let (app, log) = app().await;
    let admin = app.sign_in(Role::Admin).await;
    let answer = admin
        .post(
            "/ui/settings/sites",
            &[
                ("name", "学校サイト"),
                ("address", "https://www.School.example/top"),
            ],
        )
        .await;
    assert_eq!(answer.leads_to(), "/ui/settings/sites");
    let site = log.sites(app.tenant()).unwrap().remove(0);
    let page = admin.get("/ui/settings/sites").await;
    assert!(page.shows("https://www.school.example"));
    assert!(page.shows(site.key.as_str()));
    assert!(page.shows(&format!("{ORIGIN}/tag.js")));
    assert!(page.shows("data-copy="));
    assert!(page.shows("Google Tag Manager"));
}

#[actix_web::test]
async fn a_site_that_is_known_or_no_address_is_refused_beside_its_field() {
    let (app, _log) = app().await;
    let admin = app.sign_in(Role::Admin).await;
    let form = [("name", "学校"), ("address", "https://school.example")];
    admin.post("/ui/settings/sites", &form).await;
    admin.get("/ui/settings/sites").await;
    let again = admin.post("/ui/settings/sites", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.shows("登録済み"));
    let wrong = admin
        .post(
            "/ui/settings/sites",
            &[("name", ""), ("address", "javascript:x")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.shows("サイトの名前を入力してください"));
}

#[actix_web::test]
async fn a_removed_site_may_no_longer_report() {
    let (app, log) = app().await;
    let admin = app.sign_in(Role::Admin).await;
    let form = [("name", "学校"), ("address", "https://school.example")];
    admin.post("/ui/settings/sites", &form).await;
    let site = log.sites(app.tenant()).unwrap().remove(0);
    admin.get("/ui/settings/sites").await;
    let path = format!("/ui/settings/sites/{}/remove", site.id);
    assert_eq!(
        admin.post(&path, &[]).await.leads_to(),
        "/ui/settings/sites"
    );
    assert!(log.sites(app.tenant()).unwrap().is_empty());
    assert_eq!(admin.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
}

// A45
#[actix_web::test]
async fn the_list_of_important_pages_is_edited_by_hand() {
    let (app, log) = app().await;
    let admin = app.sign_in(Role::Admin).await;
    admin.get("/ui/settings/important-pages").await;
    let path = "/ui/settings/important-pages";
    admin.post(path, &[("fragment", "資料請求")]).await;
    let pages = log.important_pages(app.tenant()).unwrap();
    let added = pages
        .iter()
        .find(|page| page.fragment == "資料請求")
        .unwrap();
    assert!(admin.get(path).await.shows("資料請求"));
    for wrong in ["", "/", "//"] {
        let answer = admin.post(path, &[("fragment", wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    admin
        .post(&format!("{path}/{}/remove", added.id), &[])
        .await;
    let pages = log.important_pages(app.tenant()).unwrap();
    assert!(pages.iter().all(|page| page.fragment != "資料請求"));
}
