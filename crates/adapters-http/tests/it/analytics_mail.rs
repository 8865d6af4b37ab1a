//! What became of mails: pages, click maps, files.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use domain::analytics::{
    IndustryFigures, LinkFigures, MailCounts, MailDay, MailHour, MailReports, SentContent,
    SourceRank, StepOfContent, TemplateFigures,
};
use domain::campaigns::{BroadcastDraft, BroadcastStore};
use domain::content::{FrozenContent, TemplateSource};
use domain::ids::{BroadcastId, CampaignId, ContentId, StepId, TemplateId, TenantId};
use domain::store::StoreResult;
use domain::tenancy::Role;
use domain::tracking::MailSource;
use uuid::Uuid;

use crate::app::TestApp;

/// Reports that say what a test wrote down, of whatever is asked.
#[derive(Default)]
struct Told {
    days: Vec<MailDay>,
    hours: Vec<MailHour>,
    industries: Vec<IndustryFigures>,
    links: Vec<LinkFigures>,
    contents: Vec<SentContent>,
    sources: BTreeMap<Uuid, MailCounts>,
    templates: TemplateFigures,
    newest: Vec<SourceRank>,
}

impl MailReports for Told {
    fn by_day(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<MailDay>> {
        Ok(self.days.clone())
    }

    fn first_hours(
        &self,
        _: TenantId,
        _: BroadcastId,
        _: DateTime<Utc>,
        hours: u16,
    ) -> StoreResult<Vec<MailHour>> {
        assert_eq!(hours, 48);
        Ok(self.hours.clone())
    }

    fn by_industry(&self, _: TenantId, _: MailSource, _: u32) -> StoreResult<Vec<IndustryFigures>> {
        Ok(self.industries.clone())
    }

    fn links(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<LinkFigures>> {
        Ok(self.links.clone())
    }

    fn contents(&self, _: TenantId, _: MailSource) -> StoreResult<Vec<SentContent>> {
        Ok(self.contents.clone())
    }

    fn by_source(&self, _: TenantId) -> StoreResult<BTreeMap<Uuid, MailCounts>> {
        Ok(self.sources.clone())
    }

    fn by_template(&self, _: TenantId) -> StoreResult<BTreeMap<TemplateId, TemplateFigures>> {
        Ok([(template(), self.templates)].into())
    }

    fn of_template(&self, _: TenantId, _: TemplateId, _: u32) -> StoreResult<Vec<SourceRank>> {
        Ok(self.newest.clone())
    }
}

/// The one template that was sent.
fn template() -> TemplateId {
    TemplateId::from_uuid(Uuid::from_u128(7))
}

fn counts() -> MailCounts {
    MailCounts {
        sends: 300,
        delivered: 290,
        bounces: 3,
        unsubscribes: 1,
        opens: 130,
        unique_opens: 100,
        machine_opens: 250,
        clicks: 45,
        unique_clicks: 40,
        machine_clicks: 700,
        ..MailCounts::default()
    }
}

fn day(day: u32, counts: MailCounts) -> MailDay {
    let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    MailDay { day, counts }
}

fn content(id: ContentId, subject: &str) -> SentContent {
    SentContent {
        id,
        template: None,
        subject: subject.to_owned(),
        created_at: Utc::now(),
        step: None,
    }
}

fn link(content: ContentId, position: u16, clicks: u64) -> LinkFigures {
    LinkFigures {
        content,
        link_index: position,
        position,
        url: format!("https://kasuga.example.jp/{position}"),
        clicks,
        people: clicks / 2,
        machine_clicks: 11,
    }
}

/// A broadcast that was started, whose mail has two links.
fn sent(app: &TestApp, id: BroadcastId, name: &str) {
    let draft = BroadcastDraft::new(name, app.add_template("春"));
    let mut broadcast = draft.into_broadcast(id, None, Utc::now());
    broadcast.started_at = Some(Utc::now());
    BroadcastStore::create(&*app.memory.mail, app.tenant(), &broadcast).unwrap();
    let links = |n| format!("https://kasuga.example.jp/{n}");
    let html = "<p>{{ name }}様</p><a data-ondo-link=\"0\" href=\"https://kasuga.example.jp/0\">\
                申し込む</a><a href=\"https://kasuga.example.jp/1\" data-ondo-link=\"1\">地図</a>";
    let frozen = FrozenContent {
        id: ContentId::from_uuid(id.uuid()),
        template: None,
        source: TemplateSource {
            subject: "ご案内".to_owned(),
            html: html.to_owned(),
            text: None,
        },
        tracking: true,
        first_link: 0,
        links: vec![links(0), links(1)],
    };
    let source = MailSource::Broadcast(id);
    app.memory
        .mail
        .keep_contents(app.tenant(), source, &[frozen]);
}

/// What became of that broadcast.
fn figures(id: BroadcastId) -> Told {
    let own = ContentId::from_uuid(id.uuid());
    Told {
        days: vec![
            day(1, counts()),
            day(
                3,
                MailCounts {
                    unique_clicks: 5,
                    ..MailCounts::default()
                },
            ),
        ],
        links: vec![link(own, 0, 30), link(own, 1, 10)],
        contents: vec![content(own, "ご案内")],
        sources: [(id.uuid(), counts())].into(),
        ..Told::default()
    }
}

async fn app(told: Told) -> TestApp {
    TestApp::with_ports(|ports| ports.mail_reports = Arc::new(told)).await
}

// C11, C12, C16, C31, C32, A25
#[actix_web::test]
async fn the_figures_of_a_broadcast_are_shown_with_machines_apart() {
    let id = BroadcastId::new();
    let app = app(figures(id)).await;
    sent(&app, id, "7月の案内");
    let viewer = app.sign_in(Role::Marketer).await;
    let page = viewer.get(&format!("/ui/broadcasts/{id}/figures")).await;
    for shown in [
        "7月の案内 の成果",
        "15.00%",
        "開封率（参考値）",
        "33.33%",
        "自動アクセス",
        "45 通・45 回",
        "2026/11/02",
        "75.00%",
        "https://kasuga.example.jp/1",
    ] {
        assert!(page.shows(shown), "{shown}: {}", page.body);
    }
    let rates = r#"&quot;values&quot;:[13.33,13.33,15.0]"#;
    assert!(page.shows(rates), "{}", page.body);
    let detail = viewer.get(&format!("/ui/broadcasts/{id}")).await;
    assert!(detail.shows(&format!("/ui/broadcasts/{id}/figures")));
}

// C16
#[actix_web::test]
async fn the_first_hours_of_a_broadcast_can_be_looked_at() {
    let id = BroadcastId::new();
    let hour = MailHour {
        hour: 1,
        counts: counts(),
    };
    let told = Told {
        hours: vec![hour],
        ..figures(id)
    };
    let app = app(told).await;
    sent(&app, id, "7月の案内");
    let viewer = app.sign_in(Role::Marketer).await;
    let figures = format!("/ui/broadcasts/{id}/figures");
    let page = viewer.get(&format!("{figures}?by=hour")).await;
    assert!(page.shows("2時間後まで") && page.shows("48時間後まで"));
    assert!(!page.shows("2026/11/02"));
    let answer = viewer.get(&format!("{figures}?by=minute")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

// C27, V-22
#[actix_web::test]
async fn the_click_map_is_the_mail_with_a_badge_in_each_link_and_runs_nothing() {
    let id = BroadcastId::new();
    let app = app(figures(id)).await;
    sent(&app, id, "7月の案内");
    let viewer = app.sign_in(Role::Marketer).await;
    let map = format!("/ui/broadcasts/{id}/figures/map");
    let page = viewer.get(&format!("{map}?content={id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in [
        "見本 花子様",
        "申し込む<span",
        "#1 30 (75.00%)</span></a>",
        "#2 10 (25.00%)</span></a>",
    ] {
        assert!(page.shows(shown), "{shown}: {}", page.body);
    }
    assert!(!page.shows("data-ondo-link"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"));
    for other in [ContentId::new().to_string(), CampaignId::new().to_string()] {
        let answer = viewer.get(&format!("{map}?content={other}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn the_mails_of_a_campaign_are_told_apart_by_their_steps() {
    let [first, second] = [ContentId::new(), ContentId::new()];
    let step = |name: &str| {
        let (id, name) = (StepId::new(), name.to_owned());
        Some(StepOfContent {
            id,
            name,
            version: 3,
        })
    };
    let told = Told {
        contents: vec![
            SentContent {
                step: step("歓迎"),
                ..content(first, "ようこそ")
            },
            SentContent {
                step: step("再送"),
                ..content(second, "お忘れなく")
            },
        ],
        links: vec![link(first, 0, 1), link(second, 1, 2)],
        ..Told::default()
    };
    let app = app(told).await;
    let viewer = app.sign_in(Role::Marketer).await;
    let made = viewer.post("/ui/campaigns", &[]).await;
    let campaign = made.leads_to().split('/').nth(3).unwrap().to_owned();
    let figures = format!("/ui/campaigns/{campaign}/figures");
    let page = viewer.get(&format!("{figures}?content={second}")).await;
    assert!(page.shows("歓迎（第3版）: ようこそ"), "{}", page.body);
    assert!(page.shows("https://kasuga.example.jp/1"));
    assert!(!page.shows("https://kasuga.example.jp/0"));
    assert!(page.shows("まだ何も起きていません"));
}

#[actix_web::test]
async fn what_was_never_sent_has_no_figures_and_says_so() {
    let app = TestApp::new().await;
    let viewer = app.sign_in(Role::Marketer).await;
    let id = app.add_broadcast("下書き");
    let page = viewer.get(&format!("/ui/broadcasts/{id}/figures")).await;
    assert!(page.shows("まだ何も起きていません") && page.shows("送ったメールがまだありません"));
    let map = viewer
        .get(&format!("/ui/broadcasts/{id}/figures/map"))
        .await;
    assert_eq!(map.status, StatusCode::NOT_FOUND);
}

// C17
#[actix_web::test]
async fn a_template_shows_the_mean_rates_of_its_broadcasts() {
    let newest = SourceRank {
        source: MailSource::Broadcast(BroadcastId::from_uuid(Uuid::from_u128(9))),
        name: "春の案内".to_owned(),
        sends: 4,
        unique_opens: 3,
        unique_clicks: 1,
    };
    let told = Told {
        templates: TemplateFigures {
            broadcasts: 2,
            counts: counts(),
        },
        newest: vec![newest],
        ..Told::default()
    };
    let app = app(told).await;
    let viewer = app.sign_in(Role::Marketer).await;
    app.add_template_with(template(), "春");
    app.add_template("夏");
    let page = viewer.get(&format!("/ui/templates/{}", template())).await;
    for shown in ["平均開封率（参考値）", "33.33%", "春の案内", "75.00%"] {
        assert!(page.shows(shown), "{shown}: {}", page.body);
    }
    assert!(page.shows("一斉配信 2 件"), "{}", page.body);
    let list = viewer.get("/ui/templates").await;
    assert!(list.shows("13.33%") && list.shows("–"), "{}", list.body);
}

// C16
#[actix_web::test]
async fn industries_are_compared_also_the_one_nobody_knows() {
    let industry = |industry: Option<&str>, clicked| IndustryFigures {
        industry: industry.map(str::to_owned),
        sends: 8,
        opened: 6,
        clicked,
    };
    let told = Told {
        industries: vec![industry(Some("教育"), 3), industry(None, 1)],
        ..Told::default()
    };
    let app = app(told).await;
    let viewer = app.sign_in(Role::Marketer).await;
    let id = app.add_broadcast("案内");
    let figures = format!("/ui/broadcasts/{id}/figures");
    let table = viewer.get(&format!("{figures}/industries")).await;
    for shown in ["教育", "37.50%", "不明", "12.50%", "75.00%"] {
        assert!(table.shows(shown), "{shown}: {}", table.body);
    }
    assert!(!table.shows("<html"));
    let page = viewer.get(&figures).await;
    assert!(page.shows(&format!("hx-get=\"{figures}/industries\"")));
}

// V-29
#[actix_web::test]
async fn the_lists_can_be_kept_as_files_in_which_no_cell_runs() {
    let id = BroadcastId::new();
    let app = app(figures(id)).await;
    sent(&app, id, "=1+1");
    let viewer = app.sign_in(Role::Marketer).await;
    let file = viewer.get("/ui/broadcasts/list.csv").await;
    let media = file.header("content-type");
    assert_eq!(media, "text/csv; charset=utf-8");
    let name = file.header("content-disposition");
    assert!(name.starts_with("attachment; filename=\"broadcasts-20"));
    assert!(file.body.starts_with("\u{feff}配信名,状態,送り先の人数,"));
    assert!(file.shows("\r\n'=1+1,下書き,0,"), "{}", file.body);
    let figures = ",300,290,40,13.33%,45,700,100,33.33%,130,250,3,0,1,0.33%\r\n";
    assert!(file.body.ends_with(figures), "{}", file.body);
    viewer.post("/ui/campaigns", &[]).await;
    let campaigns = viewer.get("/ui/campaigns/list.csv").await;
    assert_eq!(campaigns.body.lines().count(), 2, "{}", campaigns.body);
    let templates = viewer.get("/ui/templates/list.csv").await;
    assert!(templates.shows("\r\n春,"), "{}", templates.body);
}
