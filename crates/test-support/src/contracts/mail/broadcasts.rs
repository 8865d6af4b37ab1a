//! Broadcasts.

use domain::campaigns::{BroadcastDraft, BroadcastStatus as Status};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchGate, SendState, SkipReason, SuppressionPage,
};
use domain::ids::{BroadcastId, LeadId, TemplateId};
use domain::leads::LeadFilter;
use domain::scoring::Band;
use domain::store::StoreError;
use domain::tracking::MailSource;

use super::{MailPorts, accepted_as, ids};
use crate::builders::delivery::{broadcast_content, test_of_subjects};
use crate::builders::tenancy::at;

impl MailPorts<'_> {
    pub(super) fn status(&self, id: BroadcastId) -> Status {
        let found = self.broadcasts.find(self.tenant, id).unwrap();
        found.unwrap().status
    }

    pub(super) fn change(&self, id: BroadcastId, next: Status) -> bool {
        let changed = self.broadcasts.change_status(self.tenant, id, next, at(50));
        changed.unwrap()
    }

    pub(super) fn in_state(&self, id: BroadcastId, state: SendState) -> u64 {
        self.broadcasts
            .totals(self.tenant, id)
            .unwrap()
            .in_state(state)
    }
}

/// See its name.
pub fn a_draft_can_be_changed_until_it_starts(ports: &MailPorts<'_>) {
    let mut broadcast = ports.draft();
    let id = broadcast.id;
    let find = || ports.broadcasts.find(ports.tenant, id).unwrap();
    assert_eq!(find(), Some(broadcast.clone()));
    let draft = BroadcastDraft {
        name: "夏の案内".to_owned(),
        template: ports.template("夏").id,
        audience: LeadFilter {
            bands: [Band::Hot].into(),
            q: Some("佐藤".to_owned()),
            ..LeadFilter::default()
        },
        tracking: false,
        hourly_limit: Some(500),
        ab_test: Some(test_of_subjects()),
    };
    assert!(
        ports
            .broadcasts
            .update_draft(ports.tenant, id, &draft)
            .unwrap()
    );
    broadcast.name.clone_from(&draft.name);
    broadcast.template = draft.template;
    broadcast.audience = draft.audience.clone();
    broadcast.tracking = false;
    broadcast.hourly_limit = draft.hourly_limit;
    broadcast.ab_test.clone_from(&draft.ab_test);
    assert_eq!(find(), Some(broadcast.clone()));
    assert_eq!(
        ports.broadcasts.list(ports.tenant, 0, 9).unwrap(),
        [broadcast]
    );
    let astray = BroadcastDraft {
        template: TemplateId::new(),
        ..draft.clone()
    };
    let refused = ports.broadcasts.update_draft(ports.tenant, id, &astray);
    assert!(matches!(refused, Err(StoreError::InUse(_))), "{refused:?}");

    let started = ports.preparing();
    assert!(
        !ports
            .broadcasts
            .update_draft(ports.tenant, started, &draft)
            .unwrap()
    );
    assert!(
        !ports
            .broadcasts
            .remove_draft(ports.tenant, started)
            .unwrap()
    );
    assert!(ports.broadcasts.remove_draft(ports.tenant, id).unwrap());
    assert_eq!(find(), None);
}

/// See its name.
pub fn preparation_goes_on_where_it_stopped(ports: &MailPorts<'_>) {
    let mut leads: Vec<LeadId> = (0..4).map(|n| ports.lead(&format!("lead{n}"))).collect();
    leads.sort_unstable();
    let id = ports.preparing();
    assert!(ports.queue(id, None, &leads[..2]));
    assert_eq!(ports.claim(1), []);
    assert!(
        !ports.queue(id, None, &leads[..2]),
        "another worker was here first"
    );
    assert!(ports.queue(id, Some(leads[1]), &leads[2..]));
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!(
        (found.prepared_up_to, found.recipients),
        (Some(leads[3]), 4)
    );
    assert!(ports.work.finish_preparing(ports.tenant, id).unwrap());
    assert!(!ports.work.finish_preparing(ports.tenant, id).unwrap());
    assert!(!ports.queue(id, Some(leads[3]), &leads[..1]));
    assert_eq!(ids(&ports.claim(1)), leads);
}

/// See its name.
pub fn the_same_recipient_is_queued_once(ports: &MailPorts<'_>) {
    let lead = ports.lead("a");
    let id = ports.preparing();
    assert!(ports.queue(id, None, &[lead]));
    assert!(ports.queue(id, Some(lead), &[lead]));
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!(found.recipients, 1);
    assert_eq!(ports.in_state(id, SendState::Queued), 1);
}

/// See its name.
pub fn a_paused_broadcast_sends_nothing(ports: &MailPorts<'_>) {
    let lead = ports.lead("a");
    let id = ports.sending(&[lead]);
    assert!(ports.change(id, Status::Paused));
    let paused_at = || {
        let found = ports.broadcasts.find(ports.tenant, id).unwrap();
        found.unwrap().paused_at
    };
    assert_eq!(paused_at(), Some(at(50)));
    assert!(!ports.change(id, Status::Paused));
    assert_eq!(ports.claim(60), []);
    assert!(ports.work.at_work(ports.tenant).unwrap().is_empty());
    assert!(ports.change(id, Status::Sending));
    assert_eq!(paused_at(), None);
    assert_eq!(ids(&ports.claim(61)), [lead]);
}

/// See its name.
pub fn what_is_scheduled_starts_at_its_time(ports: &MailPorts<'_>) {
    let id = ports.draft().id;
    let contents = [broadcast_content(id)];
    let schedule = || {
        let scheduled = ports.work.schedule(ports.tenant, id, &contents, at(100));
        scheduled.unwrap()
    };
    assert_eq!((schedule(), schedule()), (true, false));
    let find = || ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    let scheduled = find();
    assert_eq!(
        (
            scheduled.status,
            scheduled.scheduled_at,
            scheduled.started_at
        ),
        (Status::Scheduled, Some(at(100)), None)
    );
    assert_eq!(ports.work.at_work(ports.tenant).unwrap(), [scheduled]);
    let content = ports.contents.content(ports.tenant, contents[0].id);
    assert!(content.unwrap().is_some(), "it is frozen");
    let start = |seconds| {
        let started = ports.work.start_scheduled(ports.tenant, id, at(seconds));
        started.unwrap()
    };
    assert_eq!((start(99), start(101), start(102)), (false, true, false));
    assert_eq!(
        (find().status, find().started_at),
        (Status::Preparing, Some(at(101)))
    );
}

/// See its name.
pub fn what_is_scheduled_can_be_taken_back(ports: &MailPorts<'_>) {
    let id = ports.draft().id;
    let contents = [broadcast_content(id)];
    let schedule = |seconds| {
        let scheduled = ports
            .work
            .schedule(ports.tenant, id, &contents, at(seconds));
        scheduled.unwrap()
    };
    assert!(schedule(100));
    assert!(ports.change(id, Status::Draft));
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!((found.status, found.scheduled_at), (Status::Draft, None));
    let content = ports.contents.content(ports.tenant, contents[0].id);
    assert_eq!(content.unwrap(), None);
    let links = ports
        .contents
        .links_of(ports.tenant, MailSource::Broadcast(id));
    assert_eq!(links.unwrap(), []);
    let started = ports.work.start_scheduled(ports.tenant, id, at(200));
    assert!(!started.unwrap());
    assert!(schedule(300), "it can be scheduled anew");
}

/// See its name.
pub fn cancelling_skips_what_waits(ports: &MailPorts<'_>) {
    let id = ports.sending(&[ports.lead("a"), ports.lead("b"), ports.lead("c")]);
    let claimed = ports.claim_by(&ClaimTerms::new(2, super::LEASE, at(1)));
    ports.begin(&claimed[0], 2);
    assert!(ports.change(id, Status::Cancelled));
    assert_eq!(ports.in_state(id, SendState::Skipped), 1);
    let gate = ports.begin(&claimed[1], 51);
    assert_eq!(gate, DispatchGate::Skipped(SkipReason::Cancelled));
    assert_eq!(ports.in_state(id, SendState::Skipped), 2);
    assert!(ports.record(&claimed[0], &accepted_as("a"), 3));
    assert_eq!(ports.in_state(id, SendState::Accepted), 1);
    let found = ports.broadcasts.find(ports.tenant, id).unwrap().unwrap();
    assert_eq!(
        (found.status, found.finished_at),
        (Status::Cancelled, Some(at(50)))
    );
    assert!(!ports.change(id, Status::Sending));
}

/// See its name.
pub fn a_broadcast_completes_when_nothing_is_open(ports: &MailPorts<'_>) {
    let id = ports.sending(&[ports.lead("a")]);
    let complete = || {
        ports
            .work
            .complete_if_done(ports.tenant, id, at(9))
            .unwrap()
    };
    assert!(!complete());
    let claimed = ports.claim(1).remove(0);
    assert!(!complete());
    ports.begin(&claimed, 2);
    assert!(!complete());
    ports.record(&claimed, &accepted_as("a"), 3);
    assert_eq!((complete(), complete()), (true, false));
    assert_eq!(ports.status(id), Status::Completed);
    let totals = ports.broadcasts.totals(ports.tenant, id).unwrap();
    assert_eq!((totals.all(), totals.sent(), totals.open()), (1, 1, 0));
}

fn broadcast_of(claimed: &ClaimedSend) -> BroadcastId {
    BroadcastId::from_uuid(claimed.source.uuid())
}

/// See its name.
pub fn machines_are_counted_apart_from_people(ports: &MailPorts<'_>) {
    // A25
    let [scanned, quiet] = ["a", "b"].map(|name| ports.accepted(name));
    (ports.machine)(ports.tenant, &scanned.mail());
    (ports.machine)(ports.tenant, &scanned.mail());
    let totals = |id| ports.broadcasts.totals(ports.tenant, id).unwrap();
    let [of_scanned, of_quiet] = [&scanned, &quiet].map(|claimed| totals(broadcast_of(claimed)));
    assert_eq!(
        (of_scanned.machine_opens, of_scanned.machine_clicks),
        (2, 2)
    );
    assert_eq!((of_scanned.opened, of_scanned.clicked), (0, 0));
    assert_eq!((of_quiet.machine_opens, of_quiet.machine_clicks), (0, 0));
    let send = ports.send(&scanned);
    assert_eq!((send.machine_opens, send.machine_clicks), (2, 2));
    assert_eq!((send.first_opened_at, send.first_clicked_at), (None, None));
}

/// See its name.
pub fn another_tenant_sees_no_mail(ports: &MailPorts<'_>) {
    // D23
    let claimed = ports.accepted("a");
    let queued = ports.sending(&[ports.lead("b")]);
    let (other, id) = (ports.other_tenant, broadcast_of(&claimed));
    assert_eq!(ports.templates.list(other).unwrap(), []);
    assert_eq!(ports.broadcasts.find(other, id).unwrap(), None);
    assert_eq!(ports.broadcasts.list(other, 0, 9).unwrap(), []);
    assert_eq!(ports.broadcasts.totals(other, id).unwrap().all(), 0);
    assert!(
        !ports
            .broadcasts
            .change_status(other, queued, Status::Paused, at(9))
            .unwrap()
    );
    assert!(ports.work.at_work(other).unwrap().is_empty());
    let terms = ClaimTerms::new(9, super::LEASE, at(9));
    assert_eq!(ports.log.claim_due(other, &terms).unwrap(), []);
    assert_eq!(ports.history.find(other, claimed.key.id).unwrap(), None);
    assert_eq!(ports.history.of_lead(other, claimed.lead, 9).unwrap(), []);
    let source = claimed.source;
    assert_eq!(
        ports.contents.content(other, claimed.content).unwrap(),
        None
    );
    assert_eq!(ports.contents.links_of(other, source).unwrap(), []);
    ports.stop("a", domain::delivery::SuppressionReason::Manual, 9);
    let page = SuppressionPage {
        limit: 9,
        ..SuppressionPage::default()
    };
    assert_eq!(ports.suppressions.list(other, &page).unwrap(), []);
}
