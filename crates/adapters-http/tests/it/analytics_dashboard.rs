//! The dashboard's ranking.

use std::sync::Arc;

use domain::analytics::{Dashboard, MockReports, SourceRank};
use domain::ids::{BroadcastId, CampaignId};
use domain::tenancy::Role;
use domain::tracking::MailSource;

use crate::app::TestApp;

fn rank(source: MailSource, name: &str) -> SourceRank {
    SourceRank {
        source,
        name: name.to_owned(),
        sends: 40,
        unique_opens: 20,
        unique_clicks: 8,
    }
}

// A53
#[actix_web::test]
async fn the_ranking_leads_to_broadcasts_and_campaigns() {
    let (broadcast, campaign) = (BroadcastId::new(), CampaignId::new());
    let app = TestApp::with_ports(|ports| {
        let mut reports = MockReports::new();
        reports.expect_dashboard().returning(move |_, _| {
            Ok(Dashboard {
                ranking: vec![
                    rank(MailSource::Broadcast(broadcast), "春の案内"),
                    rank(MailSource::Campaign(campaign), "追客"),
                ],
                ..Dashboard::default()
            })
        });
        ports.reports = Arc::new(reports);
    })
    .await;
    let viewer = app.sign_in(Role::Viewer).await;
    let page = viewer.get("/ui/dashboard").await;
    for text in [
        format!("<a href=\"/ui/broadcasts/{broadcast}\">春の案内</a>"),
        format!("<a href=\"/ui/campaigns/{campaign}\">追客</a>"),
        "一斉配信</span>".to_owned(),
        "シナリオ</span>".to_owned(),
        "20.00%".to_owned(),
        "最初の送信から今日までの合計です".to_owned(),
    ] {
        assert!(page.shows(&text), "{text}: {}", page.body);
    }
}
