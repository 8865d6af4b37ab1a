//! Name, time zone and language of the organisation.

use actix_web::http::StatusCode;
use domain::tenancy::{Role, TenantStore};

use crate::app::TestApp;

#[actix_web::test]
async fn an_administrator_changes_the_organisation() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let fields = [
        ("name", " 若葉予備校 "),
        ("time_zone", "Europe/Berlin"),
        ("locale", "en"),
    ];
    let answer = admin.post("/ui/settings/organisation", &fields).await;
    assert_eq!(answer.leads_to(), "/ui/settings/organisation");
    let page = admin.get("/ui/settings/organisation").await;
    assert!(page.shows("The settings of the organisation were saved."));
    assert!(page.shows("若葉予備校"));
    let tenant = app.tenancy.find(app.tenant()).unwrap().unwrap();
    assert_eq!(tenant.name, "若葉予備校");
    assert_eq!(tenant.time_zone, chrono_tz::Europe::Berlin);
}

#[actix_web::test]
async fn a_zone_that_does_not_exist_is_said_at_its_field() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let fields = [
        ("name", "x"),
        ("time_zone", "Mars/Olympus"),
        ("locale", "ja"),
    ];
    let answer = admin.post("/ui/settings/organisation", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.shows("一覧から選んでください"));
    assert!(answer.shows("Mars/Olympus"));
}
