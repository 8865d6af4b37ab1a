//! What sales is to do, on its pages.

use actix_web::http::StatusCode;
use domain::ids::{CampaignId, LeadId, TaskId, TenantId, UserId};
use domain::tasks::{Task, TaskDraft, TaskFilter, TaskPriority, TaskStatus, TaskStore};
use domain::tenancy::Role;
use test_support::builders::tenancy::at;

use crate::app::TestApp;
use crate::leads_world::ATTACKS;

impl TestApp {
    /// A task of the organisation that `change` has made different from a usual one.
    fn task(&self, title: &str, change: impl FnOnce(&mut TaskDraft)) -> TaskId {
        let mut draft = TaskDraft {
            title: title.to_owned(),
            ..TaskDraft::default()
        };
        change(&mut draft);
        let campaign = Some(CampaignId::new());
        let task = draft.into_task(TaskId::new(), campaign, at(0)).unwrap();
        self.memory.staff.add_task(self.tenant(), &task).unwrap();
        task.id
    }

    fn stored_task(&self, id: TaskId) -> Task {
        let found = self.memory.staff.task(self.tenant(), id).unwrap();
        found.unwrap().task
    }

    fn only_task(&self) -> Task {
        let all = TaskFilter::default();
        let found = self.memory.staff.tasks(self.tenant(), &all, 0, 9).unwrap();
        let [row] = found.try_into().unwrap();
        row.task
    }
}

fn form<'a>(title: &'a str, due_at: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", title),
        ("due_at", due_at),
        ("priority", "high"),
        ("status", "open"),
        ("kind", "demo"),
    ]
}

#[actix_web::test]
async fn the_list_shows_mine_first_and_everybodys_on_request() {
    // B47
    let app = TestApp::new().await;
    let sato = app.add_user(Role::Sales, "sato@example.jp").id;
    let lead = app.lead("tanaka");
    app.task("自分の架電", |it| {
        it.assigned_to = Some(sato);
        it.lead = Some(lead.id);
        it.due_at = Some(at(0));
    });
    app.task("誰かの架電", |_| {});
    app.task("終わった架電", |it| {
        it.assigned_to = Some(sato);
        it.status = TaskStatus::Completed;
        it.priority = TaskPriority::Urgent;
    });
    let sales = app.sign_in_as("sato@example.jp").await;
    let mine = sales.get("/ui/tasks").await;
    assert!(
        mine.shows("自分の架電") && mine.shows("期限切れ"),
        "{}",
        mine.body
    );
    assert!(mine.shows(&format!("/ui/leads/{}", lead.id)));
    assert!(!mine.shows("誰かの架電") && !mine.shows("終わった架電"));
    let all = sales.get("/ui/tasks?whose=all&progress=all").await;
    for title in ["自分の架電", "誰かの架電", "終わった架電"] {
        assert!(all.shows(title), "{title}");
    }
    let nobodys = sales.get("/ui/tasks?whose=nobody").await;
    assert!(nobodys.shows("誰かの架電") && !nobodys.shows("自分の架電"));
    let urgent = sales
        .get("/ui/tasks?whose=all&progress=all&priority=urgent")
        .await;
    assert!(urgent.shows("終わった架電") && !urgent.shows("誰かの架電"));
}

#[actix_web::test]
async fn one_tap_completes_a_task_and_another_reopens_it() {
    // B47, B49
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("tanaka").id;
    let id = app.task("架電", |it| it.lead = Some(lead));
    let path = format!("/ui/tasks/{id}/status");
    let done = sales.post(&path, &[("status", "completed")]).await;
    assert_eq!(done.leads_to(), "/ui/tasks");
    assert!(app.stored_task(id).completed_at.is_some());
    assert!(
        sales
            .get("/ui/tasks")
            .await
            .shows("「架電」を完了にしました")
    );
    let from_lead = format!("{path}?from=lead");
    let again = sales.post(&from_lead, &[("status", "open")]).await;
    assert_eq!(again.leads_to(), format!("/ui/leads/{lead}#tasks"));
    assert_eq!(app.stored_task(id).completed_at, None);
    let wrong = sales.post(&path, &[("status", "gone")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_task_is_opened_from_the_leads_page_on_the_clock_of_the_organisation() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("tanaka").id.to_string();
    let page = sales.get(&format!("/ui/leads/{lead}")).await;
    assert!(page.shows(&format!("/ui/tasks/new?lead={lead}")));
    sales.get(&format!("/ui/tasks/new?lead={lead}")).await;
    let mut fields = form("架電", "2026-11-24T09:30");
    fields.push(("lead", &lead));
    let created = sales.post("/ui/tasks", &fields).await;
    assert_eq!(created.leads_to(), format!("/ui/leads/{lead}#tasks"));
    let task = app.only_task();
    assert_eq!(task.due_at, Some("2026-11-24T00:30:00Z".parse().unwrap()));
    assert_eq!(task.lead.map(|it| it.to_string()), Some(lead.clone()));
    assert_eq!(
        (task.priority, task.assigned_to),
        (TaskPriority::High, None)
    );
    assert!(sales.get(&format!("/ui/leads/{lead}")).await.shows("架電"));
    let audited = app.audited();
    assert!(audited.contains(&"task.created".to_owned()), "{audited:?}");
}

#[actix_web::test]
async fn what_is_wrong_is_said_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    sales.get("/ui/tasks/new").await;
    for (title, due_at, said) in [
        ("", "", "やることを入力してください"),
        ("架電", "tomorrow", "の形で入力してください"),
    ] {
        let mut fields = form(title, due_at);
        fields.push(("description", "くわしいこと"));
        let answer = sales.post("/ui/tasks", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.shows(said) && answer.shows("くわしいこと"), "{said}");
    }
    let stranger = UserId::new().to_string();
    let mut fields = form("架電", "");
    fields.push(("assigned_to", &stranger));
    let answer = sales.post("/ui/tasks", &fields).await;
    assert!(answer.shows("一覧から選んでください"));
}

#[actix_web::test]
async fn a_form_changes_a_task_but_not_whom_it_is_about() {
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    let lead = app.lead("tanaka").id;
    let id = app.task("架電", |it| it.lead = Some(lead));
    let path = format!("/ui/tasks/{id}");
    assert!(sales.get(&path).await.shows("value=\"架電\""));
    let other = app.lead("suzuki").id.to_string();
    let mut fields = form("もう一度架電", "");
    fields.push(("lead", &other));
    let saved = sales.post(&path, &fields).await;
    assert_eq!(saved.leads_to(), format!("/ui/leads/{lead}#tasks"));
    let task = app.stored_task(id);
    assert_eq!(
        (task.title.as_str(), task.lead),
        ("もう一度架電", Some(lead))
    );
}

#[actix_web::test]
async fn who_may_not_see_addresses_sees_no_number_to_call() {
    // A60
    let app = TestApp::new().await;
    let lead = app.lead("tanaka");
    app.memory.leads.arrange(app.tenant(), lead.id, |lead| {
        lead.name = None;
        lead.phone = Some("03-1234-5678".to_owned());
    });
    app.task("架電", |it| it.lead = Some(lead.id));
    for (role, sees) in [(Role::Sales, true), (Role::Viewer, false)] {
        let page = app.sign_in(role).await.get("/ui/tasks?whose=all").await;
        assert_eq!(page.shows("03-1234-5678"), sees, "{role:?}");
        assert_eq!(page.shows("tanaka@example.jp"), sees, "{role:?}");
    }
}

#[actix_web::test]
async fn what_attackers_write_is_text() {
    // V-04
    let app = TestApp::new().await;
    let lead = app.lead("tanaka").id;
    let sales = app.sign_in(Role::Sales).await;
    for attack in ATTACKS {
        let id = app.task(attack, |it| {
            it.lead = Some(lead);
            it.description = attack.to_owned();
        });
        let pages = [
            "/ui/tasks?whose=all".to_owned(),
            format!("/ui/tasks/{id}"),
            format!("/ui/leads/{lead}"),
        ];
        for path in pages {
            let page = sales.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                !attack.contains('<') || !page.body.contains(attack),
                "{path}"
            );
        }
    }
}

#[actix_web::test]
async fn a_task_about_a_lead_of_somebody_else_is_not_opened() {
    // V-25
    let app = TestApp::new().await;
    let sales = app.sign_in(Role::Sales).await;
    sales.get("/ui/tasks/new").await;
    let foreign = app.lead_of(
        TenantId::new(),
        test_support::builders::leads::draft("foreign"),
    );
    for lead in [foreign.id, LeadId::new()] {
        let lead = lead.to_string();
        let mut fields = form("架電", "");
        fields.push(("lead", &lead));
        let answer = sales.post("/ui/tasks", &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let answer = sales.get(&format!("/ui/tasks/new?lead={lead}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}
