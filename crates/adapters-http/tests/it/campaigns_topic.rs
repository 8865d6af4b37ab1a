//! Of which kind the mails of a campaign are.

use chrono::Utc;
use domain::ids::TopicId;
use domain::privacy::{Topic, TopicStore};
use domain::tenancy::Role;
use domain::tracking::MailSource;

use crate::app::TestApp;
use crate::campaigns_automatic::from_recipe;

#[actix_web::test]
async fn the_mails_of_a_campaign_can_be_of_a_kind() {
    let app = TestApp::new().await;
    let marketer = app.sign_in(Role::Marketer).await;
    let id = from_recipe(&marketer, "assessment").await;
    let (page, store) = (format!("/ui/campaigns/{id}"), &app.memory.mail);
    assert!(!marketer.get(&page).await.shows("配信の種類"));
    let topic = Topic {
        id: TopicId::new(),
        name: "診断の結果".to_owned(),
        description: None,
        default_on: true,
        position: 1,
    };
    store.add_topic(app.tenant(), &topic, Utc::now()).unwrap();
    let choose = format!("{page}/topic");
    let of_campaign = || {
        store
            .topic_of(app.tenant(), MailSource::Campaign(id))
            .unwrap()
    };
    for (typed, expected) in [
        (topic.id.to_string(), Some(topic.id)),
        (String::new(), None),
    ] {
        let answer = marketer.post(&choose, &[("topic", &typed)]).await;
        assert_eq!(answer.leads_to(), page);
        assert_eq!(of_campaign(), expected);
    }
    let gone = TopicId::new().to_string();
    let answer = marketer.post(&choose, &[("topic", &gone)]).await;
    assert_eq!(answer.leads_to(), page);
    assert_eq!(of_campaign(), None);
    let viewer = app.sign_in(Role::Viewer).await;
    assert!(viewer.get(&page).await.shows("診断の結果"));
}
