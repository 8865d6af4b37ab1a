//! From a draft to recipients.

use chrono::TimeDelta;
use chrono_tz::Asia::Tokyo;
use domain::campaigns::{
    AbTest, Broadcast, BroadcastDraft, BroadcastStatus, BroadcastStore, BroadcastWork,
    PREPARE_CHUNK, PreparePorts, StartPorts, StartRefused, prepare_step, schedule_broadcast,
    start_broadcast,
};
use domain::content::{
    MailRenderer, MockMailRenderer, TemplateDraft, TemplateFault, TemplatePart, TemplateProblem,
    TemplateSource, TemplateStore,
};
use domain::delivery::{DeliverySettings, MailContents, SenderProfile};
use domain::ids::{BroadcastId, TemplateId};
use domain::tracking::MailSource;
use test_support::builders::delivery::{LINK, renderer, sender_profile, template_draft};
use test_support::builders::tenancy::at;

use super::Desk;

impl Desk {
    fn draft(&self) -> BroadcastId {
        self.draft_testing(None)
    }

    pub(super) fn draft_testing(&self, ab_test: Option<AbTest>) -> BroadcastId {
        let (tenant, id) = (self.tenant, BroadcastId::new());
        let template = template_draft(&id.to_string()).into_template(TemplateId::new(), at(0));
        TemplateStore::create(&self.mail, tenant, &template).unwrap();
        let draft = BroadcastDraft {
            ab_test,
            ..BroadcastDraft::new("春の案内", template.id)
        };
        let broadcast = draft.into_broadcast(id, None, at(0));
        BroadcastStore::create(&self.mail, tenant, &broadcast).unwrap();
        id
    }

    fn start_ports<'a>(&'a self, renderer: &'a dyn MailRenderer) -> StartPorts<'a> {
        StartPorts {
            broadcasts: &self.mail,
            work: &self.mail,
            templates: &self.mail,
            renderer,
            settings: &self.mail,
        }
    }

    pub(super) fn start(
        &self,
        id: BroadcastId,
        renderer: &dyn MailRenderer,
    ) -> Result<(), StartRefused> {
        let now = at(5) + TimeDelta::milliseconds(700);
        start_broadcast(&self.start_ports(renderer), self.tenant, id, now)
    }

    fn schedule(&self, id: BroadcastId, seconds: i64) -> Result<(), StartRefused> {
        let (renderer, then) = (renderer(), at(seconds));
        schedule_broadcast(&self.start_ports(&renderer), self.tenant, id, then, at(5))
    }

    pub(super) fn complete_sender(&self) {
        let saved = self
            .mail
            .save_sender_profile(self.tenant, &sender_profile());
        saved.unwrap();
    }

    pub(super) fn broadcast(&self, id: BroadcastId) -> Broadcast {
        let found = BroadcastStore::find(&self.mail, self.tenant, id);
        found.unwrap().unwrap()
    }

    pub(super) fn prepare(&self, broadcast: &mut Broadcast) -> bool {
        let ports = PreparePorts {
            work: &self.mail,
            tests: &self.mail,
            leads: &*self.leads,
        };
        prepare_step(&ports, self.tenant, broadcast, Tokyo, at(6)).unwrap()
    }
}

#[test]
fn starting_keeps_the_template_with_its_links() {
    // C27, C30
    let desk = Desk::new();
    let id = desk.draft();
    desk.complete_sender();
    desk.start(id, &renderer()).unwrap();
    let broadcast = desk.broadcast(id);
    assert_eq!(broadcast.status, BroadcastStatus::Preparing);
    assert_eq!(
        broadcast.started_at,
        Some(at(5)),
        "links carry whole seconds"
    );
    let source = MailSource::Broadcast(id);
    let [link] = &desk.mail.links_of(desk.tenant, source).unwrap()[..] else {
        panic!("the template has one link");
    };
    assert_eq!(
        (link.content, link.url.as_str()),
        (broadcast.content(), LINK)
    );
    let content = desk
        .mail
        .content(desk.tenant, link.content)
        .unwrap()
        .unwrap();
    assert!(content.source.html.contains("data-ondo-link=\"0\""));
    let again = desk.start(id, &renderer());
    assert!(matches!(again, Err(StartRefused::NotADraft)), "{again:?}");
}

#[test]
fn a_broadcast_does_not_start_before_the_sender_is_complete() {
    // B68, 特定電子メール法 art. 4
    let desk = Desk::new();
    let id = desk.draft();
    let half = SenderProfile {
        contact: String::new(),
        ..sender_profile()
    };
    desk.mail.save_sender_profile(desk.tenant, &half).unwrap();
    let refused = desk.start(id, &renderer());
    assert!(
        matches!(&refused, Err(StartRefused::SenderIncomplete(items)) if items.len() == 1),
        "{refused:?}"
    );
    assert_eq!(desk.broadcast(id).status, BroadcastStatus::Draft);
}

#[test]
fn a_broadcast_does_not_start_with_a_template_that_has_problems() {
    // V-08
    let desk = Desk::new();
    let id = desk.draft();
    desk.complete_sender();
    let mut strict = MockMailRenderer::new();
    strict.expect_check().returning(|_| {
        vec![TemplateProblem {
            part: TemplatePart::Subject,
            line: 1,
            column: 1,
            fault: TemplateFault::UnknownField("env".to_owned()),
        }]
    });
    let refused = desk.start(id, &strict);
    assert!(
        matches!(refused, Err(StartRefused::TemplateProblems(_))),
        "{refused:?}"
    );
    assert_eq!(desk.broadcast(id).status, BroadcastStatus::Draft);
}

#[test]
fn what_is_not_there_does_not_start() {
    let refused = Desk::new().start(BroadcastId::new(), &renderer());
    assert!(
        matches!(refused, Err(StartRefused::NotFound)),
        "{refused:?}"
    );
}

#[test]
fn recipients_are_prepared_in_chunks_that_survive_a_restart() {
    let desk = Desk::new();
    let count = PREPARE_CHUNK as usize + 3;
    for number in 0..count {
        desk.lead(&format!("lead{number}"));
    }
    let id = desk.draft();
    desk.complete_sender();
    desk.start(id, &renderer()).unwrap();

    let mut before_restart = desk.broadcast(id);
    assert!(desk.prepare(&mut before_restart));
    assert_eq!(desk.broadcast(id).recipients, PREPARE_CHUNK);
    let mut after_restart = desk.broadcast(id);
    assert!(desk.prepare(&mut after_restart));
    assert!(!desk.prepare(&mut before_restart), "another worker went on");
    assert!(!desk.prepare(&mut after_restart));
    let broadcast = desk.broadcast(id);
    assert_eq!(broadcast.status, BroadcastStatus::Sending);
    assert_eq!(broadcast.recipients as usize, count);
    let totals = desk.mail.totals(desk.tenant, id).unwrap();
    assert_eq!(totals.open() as usize, count);
}

#[test]
fn a_broadcast_to_nobody_goes_straight_on() {
    let desk = Desk::new();
    let id = desk.draft();
    desk.complete_sender();
    desk.start(id, &renderer()).unwrap();
    let mut broadcast = desk.broadcast(id);
    assert!(!desk.prepare(&mut broadcast));
    assert_eq!(desk.broadcast(id).status, BroadcastStatus::Sending);
    assert!(desk.mail.complete_if_done(desk.tenant, id, at(9)).unwrap());
}

#[test]
fn what_was_confirmed_is_what_a_scheduled_broadcast_sends() {
    let desk = Desk::new();
    let id = desk.draft();
    desk.complete_sender();
    desk.schedule(id, 3_600).unwrap();
    let scheduled = desk.broadcast(id);
    assert_eq!(
        (scheduled.status, scheduled.scheduled_at),
        (BroadcastStatus::Scheduled, Some(at(3_600)))
    );
    let changed = TemplateDraft {
        source: TemplateSource {
            subject: "別の件名".to_owned(),
            ..template_draft("春").source
        },
        ..template_draft("春")
    };
    let template = scheduled.template;
    TemplateStore::update(&desk.mail, desk.tenant, template, &changed, at(10)).unwrap();
    let content = desk.mail.content(desk.tenant, scheduled.content()).unwrap();
    let subject = content.unwrap().source.subject;
    assert_eq!(subject, template_draft("春").source.subject);
    let again = desk.schedule(id, 7_200);
    assert!(matches!(again, Err(StartRefused::NotADraft)), "{again:?}");
}

#[test]
fn a_time_to_start_is_to_come_and_within_a_year() {
    let desk = Desk::new();
    let id = desk.draft();
    desk.complete_sender();
    for over in [0, 5] {
        let refused = desk.schedule(id, over);
        assert!(matches!(refused, Err(StartRefused::InThePast)), "{over}");
    }
    let far = desk.schedule(id, 367 * 86_400);
    assert!(matches!(far, Err(StartRefused::TooFarAhead)), "{far:?}");
    assert_eq!(desk.broadcast(id).status, BroadcastStatus::Draft);
    desk.schedule(id, 366 * 86_400).unwrap();
}
