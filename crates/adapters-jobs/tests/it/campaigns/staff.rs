//! Steps that give staff something to do, tell them something, and call other programs.

use std::sync::atomic::{AtomicBool, Ordering};

use adapters_jobs::serve_staff;
use domain::automation::{
    Carrier, ClaimedReaction, Reaction, ReactionKind, ReactionQueue, StaffReaction,
};
use domain::delivery::{SendOutcome, Wait};
use domain::ids::{ReactionId, UserId};
use domain::leads::{Change, LeadChanges};
use domain::notifications::{CallOutcome, Inbox, Notice, Notification, WebhookSecrets};
use domain::store::{StoreError, StoreResult};
use domain::tasks::{Assignee, TaskFilter, TaskRow, TaskStore};
use domain::tenancy::{AuditAction, Role, UserStore};
use test_support::builders::tenancy::{audit_entry, new_user};

use super::*;

const URL: &str = "https://crm.example.com/hook";

fn task() -> StepAction {
    StepAction::CreateTask {
        title: "架電".to_owned(),
        assignee: None,
        due_in_hours: 24,
    }
}

fn notice() -> StepAction {
    StepAction::Notify {
        user: None,
        message: "温まりました".to_owned(),
    }
}

fn webhook() -> StepAction {
    StepAction::Webhook {
        url: URL.to_owned(),
    }
}

impl School {
    fn serve(&self, carrier: Carrier) {
        let (ports, stop) = (&self.office.ports, Stop::default());
        while serve_staff(ports, carrier, &stop).unwrap() == Turn::Worked {}
    }

    fn colleague(&self, role: Role) -> UserId {
        let (new, action) = (new_user(role), AuditAction::new("user.created"));
        let audit = audit_entry(action, self.now());
        UserStore::create(&*self.office.tenancy, self.tenant, &new, &audit).unwrap();
        new.user.id
    }

    fn owned_by(&self, lead: LeadId, owner: UserId) {
        let changes = LeadChanges {
            owner: Change::Set(owner),
            ..LeadChanges::default()
        };
        let (leads, now) = (&*self.office.leads, self.now());
        LeadStore::update(leads, self.tenant, lead, changes, now).unwrap();
    }

    fn tasks(&self) -> Vec<TaskRow> {
        let all = TaskFilter::default();
        self.office.staff.tasks(self.tenant, &all, 0, 99).unwrap()
    }

    fn told(&self, user: UserId) -> Vec<Notification> {
        self.office.staff.told(self.tenant, user, 99).unwrap()
    }

    fn administrator(&self) -> UserId {
        let users = UserStore::list(&*self.office.tenancy, self.tenant).unwrap();
        let admin = users.iter().find(|user| user.role == Role::Admin);
        admin.unwrap().id
    }

    fn staff_mails(&self) -> Vec<String> {
        let sent = self.post.sent.lock().unwrap();
        let subjects = sent.iter().map(|mail| mail.subject.clone());
        subjects.filter(|it| it.starts_with("【温度】")).collect()
    }

    /// With a lead who has just come to these steps, and the workers have not.
    fn at_steps(actions: impl IntoIterator<Item = StepAction>) -> (Self, LeadId) {
        let numbered = actions.into_iter().zip(1..);
        let steps: Vec<Step> = numbered
            .map(|(action, number)| step(number, 0, action))
            .collect();
        let school = Self::with(|_| steps);
        let lead = school.enrolled("sato");
        school.work();
        assert_eq!(school.status_of(lead), EnrollmentStatus::Completed);
        (school, lead)
    }
}

#[test]
fn a_campaign_opens_a_task_tells_staff_and_calls_a_program() {
    // B45, B44, B15
    let (school, lead) = School::at_steps([task(), notice(), webhook()]);
    let marketer = school.colleague(Role::Marketer);
    school.serve(Carrier::Staff);
    assert!(school.office.program.calls.lock().unwrap().is_empty());
    school.serve(Carrier::Programs);

    has_its_task(&school, lead);
    has_been_told(&school, lead, marketer);
    has_been_called(&school, lead);
    assert_eq!(school.office.mail.waiting_reactions(school.tenant), []);
}

fn has_its_task(school: &School, lead: LeadId) {
    let [row] = school.tasks().try_into().unwrap();
    let (task, now) = (row.task, school.now());
    assert_eq!((task.title.as_str(), task.lead), ("架電", Some(lead)));
    assert_eq!(task.due_at, Some(now + TimeDelta::hours(24)));
    assert_eq!(
        (task.campaign, task.assigned_to),
        (Some(school.campaign), None)
    );
}

fn has_been_told(school: &School, lead: LeadId, marketer: UserId) {
    let [told] = school.told(marketer).try_into().unwrap();
    let expected = Notice::Message {
        text: "温まりました".to_owned(),
    };
    assert_eq!((told.notice, told.lead), (expected, Some(lead)));
    assert_eq!(school.told(school.administrator()), []);
    assert_eq!(school.staff_mails(), ["【温度】温まりました"]);
}

fn has_been_called(school: &School, lead: LeadId) {
    let now = school.now();
    let calls = school.office.program.calls.lock().unwrap();
    let [call] = &calls[..] else {
        panic!("{calls:?}")
    };
    let secrets = school.office.staff.webhook_secrets(school.tenant).unwrap();
    let secrets = secrets.unwrap().signing(&school.office.ports.keys, now);
    assert_eq!((call.url.as_str(), &call.secrets), (URL, &secrets.unwrap()));
    let done = &call.done;
    assert_eq!(
        (done.lead, done.step, done.at),
        (lead, step(3, 0, webhook()).id, now)
    );
    assert_eq!(done.campaign, (school.campaign, "診断のあと".to_owned()));
}

#[test]
fn whoever_looks_after_the_lead_does_it_and_is_told() {
    let school = School::with(|_| vec![step(1, 1, task()), step(2, 0, notice())]);
    let (sales, _) = (
        school.colleague(Role::Sales),
        school.colleague(Role::Marketer),
    );
    let lead = school.enrolled("sato");
    school.owned_by(lead, sales);
    school.days_pass(1);
    school.serve(Carrier::Staff);
    let mine = TaskFilter {
        assignee: Assignee::User(sales),
        ..TaskFilter::default()
    };
    let found = school.office.staff.count_tasks(school.tenant, &mine);
    assert_eq!((found.unwrap(), school.told(sales).len()), (1, 1));
    assert_eq!(school.staff_mails().len(), 1);
}

/// A queue that forgets once that something is done, as when a worker dies right before.
struct Forgetful {
    queue: Arc<dyn ReactionQueue>,
    has_forgotten: AtomicBool,
}

impl ReactionQueue for Forgetful {
    fn add(&self, tenant: TenantId, new: &[Reaction], now: DateTime<Utc>) -> StoreResult<()> {
        self.queue.add(tenant, new, now)
    }

    fn claim_due(
        &self,
        tenant: TenantId,
        carrier: Carrier,
        limit: u32,
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> StoreResult<Vec<ClaimedReaction>> {
        self.queue.claim_due(tenant, carrier, limit, lease, now)
    }

    fn done(&self, tenant: TenantId, id: ReactionId, now: DateTime<Utc>) -> StoreResult<()> {
        if self.has_forgotten.swap(true, Ordering::Relaxed) {
            return self.queue.done(tenant, id, now);
        }
        Err(StoreError::unavailable("the worker died"))
    }

    fn failed(
        &self,
        tenant: TenantId,
        id: ReactionId,
        reason: &str,
        again_at: Option<DateTime<Utc>>,
    ) -> StoreResult<()> {
        self.queue.failed(tenant, id, reason, again_at)
    }
}

#[test]
fn what_a_dead_worker_had_carried_out_happens_once_all_the_same() {
    // Complaint 4
    for (action, carrier) in [
        (task(), Carrier::Staff),
        (notice(), Carrier::Staff),
        (webhook(), Carrier::Programs),
    ] {
        let (mut school, _) = School::at_steps([action]);
        school.office.ports.reactions = Arc::new(Forgetful {
            queue: school.office.mail.clone(),
            has_forgotten: AtomicBool::new(false),
        });
        let died = serve_staff(&school.office.ports, carrier, &Stop::default());
        assert!(matches!(died, Err(StoreError::Unavailable(_))), "{died:?}");
        school.office.wait(5 * 60);
        school.serve(carrier);
        assert!(school.tasks().len() <= 1);
        assert!(school.told(school.administrator()).len() <= 1);
        assert!(school.staff_mails().len() <= 1);
        // Nobody knows whether the first call arrived; both name the same occasion.
        let calls = school.office.program.calls.lock().unwrap();
        assert!(calls.is_empty() || calls.len() == 2);
        assert!(calls.windows(2).all(|two| two[0].done == two[1].done));
        assert_eq!(school.office.mail.waiting_reactions(school.tenant), []);
    }
}

#[test]
fn a_program_that_is_down_is_tried_eight_times_and_then_marketers_are_told() {
    let (school, lead) = School::at_steps([webhook()]);
    let marketer = school.colleague(Role::Marketer);
    let down = CallOutcome::NotNow {
        reason: "500 Broken".to_owned(),
    };
    *school.office.program.answer.lock().unwrap() = Some(down);
    for _ in 0..24 * 60 {
        school.serve(Carrier::Programs);
        school.office.wait(60);
    }
    let calls = school.office.program.calls.lock().unwrap();
    assert_eq!(calls.len(), 8);
    assert!(calls.iter().all(|call| call.done == calls[0].done));
    let [told] = school.told(marketer).try_into().unwrap();
    let expected = Notice::WebhookFailed {
        url: URL.to_owned(),
        reason: "500 Broken".to_owned(),
    };
    assert_eq!((told.notice, told.lead), (expected, Some(lead)));
    assert_eq!(school.office.mail.waiting_reactions(school.tenant), []);
    assert!(school.staff_mails().is_empty());
}

#[test]
fn an_address_that_leads_home_is_told_at_once_and_never_called_again() {
    // V-30
    let (school, _) = School::at_steps([webhook()]);
    let never = CallOutcome::Never {
        reason: "the name leads home".to_owned(),
    };
    *school.office.program.answer.lock().unwrap() = Some(never);
    school.serve(Carrier::Programs);
    assert_eq!(school.told(school.administrator()).len(), 1);
    school.office.wait(DAY);
    school.serve(Carrier::Programs);
    assert_eq!(school.office.program.calls.lock().unwrap().len(), 1);
}

#[test]
fn a_mail_that_cannot_go_now_goes_later_and_to_nobody_twice() {
    let (school, _) = School::at_steps([notice()]);
    let colleagues = [Role::Marketer, Role::Marketer].map(|role| school.colleague(role));
    let busy = SendOutcome::Deferred {
        reason: "busy".to_owned(),
        wait: Wait::Backoff,
    };
    *school.post.answer.lock().unwrap() = Some(busy);
    school.serve(Carrier::Staff);
    assert!(colleagues.iter().all(|user| school.told(*user).len() == 1));
    assert!(school.staff_mails().is_empty());
    *school.post.answer.lock().unwrap() = None;
    school.office.wait(60);
    school.serve(Carrier::Staff);
    assert_eq!(school.staff_mails().len(), 2);
    school.office.wait(DAY);
    school.serve(Carrier::Staff);
    assert_eq!(school.staff_mails().len(), 2);
    assert!(colleagues.iter().all(|user| school.told(*user).len() == 1));
}

#[test]
fn about_somebody_who_is_gone_nobody_is_told_anything() {
    // B69
    let (school, _) = School::at_steps([notice()]);
    school.serve(Carrier::Staff);
    let before = school.told(school.administrator());
    let reaction = Reaction {
        id: ReactionId::new(),
        lead: LeadId::new(),
        kind: ReactionKind::Staff(StaffReaction::Notify {
            user: None,
            message: "電話を".to_owned(),
        }),
        due_at: school.now(),
        engagement: None,
    };
    let mail = &*school.office.mail;
    mail.add(school.tenant, &[reaction], school.now()).unwrap();
    school.serve(Carrier::Staff);
    assert_eq!(school.told(school.administrator()), before);
    assert_eq!(mail.waiting_reactions(school.tenant), []);
}
