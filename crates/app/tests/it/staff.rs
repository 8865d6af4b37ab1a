//! A campaign that gives sales something to do, tells staff and calls another program, by the
//! workers of the product on PostgreSQL.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use adapters_notify::{Reach, WebhookClient, system_lookup};
use adapters_postgres::PgStore;
use chrono::{DateTime, Utc};
use domain::campaigns::{
    Campaign, CampaignDefinition, CampaignStatus, CampaignStore, CampaignVersion, Delay,
    EnrollCause, Enrolled, EnrollmentStore, Flow, ReEntry, Step, StepAction, Trigger,
};
use domain::delivery::{DeliverySettings as _, OutboxReader as _};
use domain::ids::{CampaignId, LeadId, StepId, TenantId};
use domain::leads::{LeadDraft, LeadStore};
use domain::notifications::{Inbox as _, Notice};
use domain::scoring::ScoringRules as _;
use domain::tasks::{TaskFilter, TaskStore as _};
use domain::tenancy::UserStore;

use crate::product::{Product, eventually};
use crate::the_loop::{address, sender, set_up_school};

/// Another program on loopback, and what it hears.
fn program() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, heard) = mpsc::channel();
    thread::spawn(move || {
        for caller in listener.incoming() {
            let Ok(mut caller) = caller else { return };
            drop(caller.set_read_timeout(Some(Duration::from_millis(500))));
            let (mut request, mut part) = (Vec::new(), [0; 4_096]);
            while let Ok(length @ 1..) = caller.read(&mut part) {
                request.extend_from_slice(&part[..length]);
            }
            drop(caller.write_all(b"HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n"));
            let told = tell.send(String::from_utf8_lossy(&request).into_owned());
            if told.is_err() {
                return;
            }
        }
    });
    (address, heard)
}

/// A lead who has just come into an active campaign of these steps.
fn enrolled(store: &PgStore, tenant: TenantId, actions: Vec<StepAction>) -> (CampaignId, LeadId) {
    let now = Utc::now();
    let draft = LeadDraft {
        name: Some("佐藤 花子".to_owned()),
        company: Some("青山商事".to_owned()),
        ..LeadDraft::new(address("sato@example.com"))
    };
    let lead = LeadStore::create(store, tenant, draft, now).unwrap().id;
    let campaign = active(store, tenant, actions, now);
    let cause = EnrollCause {
        campaign,
        lead,
        occasion: b"by hand".to_vec(),
    };
    let enrolled = store.enroll(tenant, campaign, &[cause], now).unwrap();
    assert!(matches!(enrolled[..], [Enrolled::Now(_)]), "{enrolled:?}");
    (campaign, lead)
}

/// Not through the interface: that refuses the address of a program on loopback.
fn active(
    store: &PgStore,
    tenant: TenantId,
    actions: Vec<StepAction>,
    now: DateTime<Utc>,
) -> CampaignId {
    let step = |action| Step {
        id: StepId::new(),
        name: String::new(),
        delay: Delay::NONE,
        only_if: Vec::new(),
        not_later_than: None,
        action,
    };
    let flow = Flow {
        steps: actions.into_iter().map(step).collect(),
    };
    let campaign = Campaign {
        id: CampaignId::new(),
        definition: CampaignDefinition {
            name: "診断フォロー".to_owned(),
            description: String::new(),
            trigger: Trigger::Manual,
            entry: Vec::new(),
            exits: Vec::new(),
            re_entry: ReEntry::Never,
            tracking: true,
            flow: flow.clone(),
        },
        live: None,
        status: CampaignStatus::Draft,
        version: 0,
        enrolled_count: 0,
        completed_count: 0,
        created_by: None,
        created_at: now,
        updated_at: now,
        activated_at: None,
        paused_at: None,
    };
    CampaignStore::create(store, tenant, &campaign).unwrap();
    let version = CampaignVersion {
        campaign: campaign.id,
        version: 1,
        trigger: Trigger::Manual,
        entry: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow,
        exits: Vec::new(),
        contents: Vec::new(),
    };
    assert!(store.activate(tenant, &version, false, now).unwrap());
    campaign.id
}

fn steps(program: SocketAddr) -> Vec<StepAction> {
    vec![
        StepAction::CreateTask {
            title: "【ホットリード】{{ company }} {{ name }}さんへの架電".to_owned(),
            assignee: None,
            due_in_hours: 24,
        },
        StepAction::Notify {
            user: None,
            message: "{{ name }}さんが温まりました".to_owned(),
        },
        StepAction::Webhook {
            url: format!("http://{program}/hook"),
        },
    ]
}

#[test]
fn a_campaign_opens_a_task_tells_staff_and_calls_a_program() {
    // B44, B45
    let (program, heard) = program();
    let product = Product::with(|installation| {
        let (deadline, lookup) = (Duration::from_secs(5), Arc::new(system_lookup));
        let client = WebhookClient::with(deadline, Reach::Anything, lookup);
        installation.webhooks = Arc::new(client.unwrap());
    });
    let installation = product.running.installation();
    let store = &installation.requests;
    eventually("the database is ready", || {
        store.policy(TenantId::new()).ok()
    });
    let tenant = set_up_school(installation);
    store.save_sender_profile(tenant, &sender()).unwrap();
    let (campaign, lead) = enrolled(store, tenant, steps(program));

    let task = eventually("the task is open", || {
        let all = TaskFilter::default();
        store.tasks(tenant, &all, 0, 9).unwrap().pop()
    });
    let title = "【ホットリード】青山商事 佐藤 花子さんへの架電";
    assert_eq!(task.task.title, title);
    assert_eq!(
        (task.task.lead, task.task.campaign),
        (Some(lead), Some(campaign))
    );

    let users = UserStore::list(store, tenant).unwrap();
    let told = eventually("the administrator is told", || {
        store.told(tenant, users[0].id, 9).unwrap().pop()
    });
    let text = "佐藤 花子さんが温まりました".to_owned();
    assert_eq!(told.notice, Notice::Message { text });
    let mail = eventually("the mail is there", || {
        installation.outbox.newest(tenant, 9).unwrap().pop()
    });
    assert_eq!(mail.subject, "【温度】佐藤 花子さんが温まりました");
    assert!(mail.text.contains(&format!("/ui/leads/{lead}")));

    let request = heard.recv_timeout(Duration::from_secs(30)).unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("x-ondo-signature: t="), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["event"], "campaign.step");
    assert_eq!(body["lead"]["email"], "sato@example.com");
    assert_eq!(body["campaign"]["name"], "診断フォロー");
    let again = heard.recv_timeout(Duration::from_secs(3));
    assert!(again.is_err(), "it was called once: {again:?}");
}
