//! The tokens of programs.

use actix_web::http::StatusCode;
use chrono::Utc;
use domain::tenancy::{ApiTokenStore, Role, Scope, authenticate_api_token};

use crate::app::{Answer, TestApp};

const TOKENS: &str = "/ui/settings/api-tokens";

fn issued(answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once("id=\"issued\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_token_is_shown_once_and_works_until_it_is_revoked() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    let fields = [
        ("name", "CRM"),
        ("scope", "leads:read"),
        ("scope", "leads:write"),
        ("days", "90"),
    ];
    let answer = admin.post(TOKENS, &fields).await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = issued(&answer);
    let access = authenticate_api_token(&*app.tenancy, &text, Utc::now())
        .unwrap()
        .unwrap();
    assert_eq!(access.token.scopes, [Scope::LeadsRead, Scope::LeadsWrite]);
    assert!(!admin.get(TOKENS).await.shows(&text));
    assert!(!app.stored().contains(&text));

    let revoke = format!("{TOKENS}/{}/revoke", access.token.id);
    assert_eq!(admin.post(&revoke, &[]).await.leads_to(), TOKENS);
    assert!(
        authenticate_api_token(&*app.tenancy, &text, Utc::now())
            .unwrap()
            .is_none()
    );
    assert!(admin.get(TOKENS).await.shows("トークンを無効にしました"));
    admin.post(&revoke, &[]).await;
    assert!(admin.get(TOKENS).await.shows("すでに無効です"));
}

#[actix_web::test]
async fn a_token_without_a_scope_or_with_an_unknown_one_is_not_made() {
    let app = TestApp::new().await;
    let admin = app.sign_in(Role::Admin).await;
    for scope in ["", "*", "leads:admin"] {
        let answer = admin
            .post(TOKENS, &[("name", "CRM"), ("scope", scope)])
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{scope}");
        assert!(answer.shows("一つ以上選んでください"));
    }
    assert!(
        ApiTokenStore::list(&*app.tenancy, app.tenant())
            .unwrap()
            .is_empty()
    );
}
