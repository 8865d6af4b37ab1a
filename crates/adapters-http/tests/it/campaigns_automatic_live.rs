//! What a live campaign does while its draft is worked on.

use actix_web::http::StatusCode;
use domain::tenancy::Role;
use serde_json::json;

use crate::app::TestApp;
use crate::campaigns_automatic::{context, from_recipe, put};

// B13
#[actix_web::test]
async fn what_is_saved_of_a_live_campaign_waits_until_it_is_put_live() {
    let app = TestApp::new().await;
    app.ready_to_send();
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let page = format!("/ui/campaigns/{id}");
    let way = |act: &str| format!("{page}/{act}");
    marketer.post(&way("activate"), &[]).await;
    let waits = "まだ反映していないもの";
    marketer.post(&way("pause"), &[]).await;
    assert!(!marketer.get(&page).await.shows(waits), "nothing is saved");

    let mut context = context(&marketer, id).await;
    context["definition"]["trigger"] = json!({"type": "score_reached", "score": 80});
    let body = json!({ "definition": context["definition"], "seen": context["seen"] });
    assert_eq!(put(&marketer, id, &body).await.status, StatusCode::OK);
    marketer.post(&way("resume"), &[]).await;
    // The texts for the page's scripts name every trigger; the cell names the one that holds.
    let cell = |trigger| format!("<dd class=\"col-sm-8\">{trigger}</dd>");
    let (assessed, scored) = ("診断完了時", "スコア閾値到達時: 80");
    let live = marketer.get(&page).await;
    assert!(live.shows(waits) && live.shows(&cell(assessed)));
    let list = marketer.get("/ui/campaigns").await;
    assert!(list.shows(assessed) && !list.shows(scored));
    let last_look = marketer.get(&way("activate")).await;
    assert!(last_look.shows(scored) && !last_look.shows(assessed));

    marketer.post(&way("activate"), &[]).await;
    let live = marketer.get(&page).await;
    assert!(!live.shows(waits) && live.shows(&cell(scored)));
}
