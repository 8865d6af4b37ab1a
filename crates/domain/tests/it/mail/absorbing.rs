//! What follows from reports and refusals.

use std::sync::Arc;
use std::time::Duration;

use domain::delivery::{
    AbsorbError, AbsorbPorts, Absorbed, DeliveryReport, OpenSource, ReportClient, ReportedEvent,
    SuppressionReason, Suppressions, UnsubscribePorts, Unsubscribed, absorb, unsubscribe,
};
use domain::ids::{LeadId, TenantId};
use domain::leads::{Lead, LeadStore};
use domain::tracking::{
    Action, EngagementType, Intake, MachineReason, MachineVerdict, MailRef, MockIntake,
    NetworkClasses, NotKept, ReportKind,
};
use test_support::builders::delivery::address;
use test_support::builders::tenancy::at;
use test_support::in_memory::{DirectIntake, InMemoryEngagementLog};

use super::{Desk, Post, mail_to};

/// A desk whose one mail, to one lead, was taken by the provider.
struct Reported {
    desk: Desk,
    log: Arc<InMemoryEngagementLog>,
    lead: Lead,
    mail: MailRef,
}

impl Reported {
    fn new() -> Self {
        let (desk, log) = (Desk::new(), Arc::new(InMemoryEngagementLog::default()));
        let lead = desk.lead("sato");
        log.add_lead(desk.tenant, lead.id);
        let claimed = desk.claimed(lead.id);
        let renderer = test_support::builders::delivery::renderer();
        desk.dispatch(&claimed, &renderer, &Post::default());
        Self {
            desk,
            log,
            lead,
            mail: claimed.mail(),
        }
    }

    fn report(&self, id: &str, event: ReportedEvent) -> DeliveryReport {
        DeliveryReport {
            id: id.to_owned(),
            occurred_at: at(60),
            event,
            send: Some(self.mail.send),
            tenant: Some(self.desk.tenant),
            provider_message_id: None,
            email: Some(self.lead.email.clone()),
        }
    }

    fn intake(&self) -> DirectIntake {
        DirectIntake::new(self.log.clone())
    }

    fn absorb(&self, opens: OpenSource, reports: &[DeliveryReport]) -> Absorbed {
        self.try_absorb(&self.intake(), opens, reports).unwrap()
    }

    fn try_absorb(
        &self,
        intake: &dyn Intake,
        opens: OpenSource,
        reports: &[DeliveryReport],
    ) -> Result<Absorbed, AbsorbError> {
        let ports = AbsorbPorts {
            reports: &self.desk.mail,
            intake,
            networks: &NetworkClasses::default(),
        };
        let zone = chrono_tz::Asia::Tokyo;
        absorb(&ports, self.desk.tenant, opens, zone, reports, at(90))
    }

    fn kinds(&self) -> Vec<EngagementType> {
        let logged = self.log.logged(self.desk.tenant);
        logged
            .iter()
            .map(|(engagement, ..)| engagement.kind())
            .collect()
    }

    fn score(&self) -> i32 {
        let lead = self.log.lead(self.desk.tenant, self.lead.id);
        lead.unwrap().engagement_score
    }

    fn stopped_for(&self) -> Option<SuppressionReason> {
        let found = Suppressions::find(&self.desk.mail, self.desk.tenant, &self.lead.email);
        found.unwrap().map(|found| found.reason)
    }

    fn refuse(&self, mail: &MailRef) -> Unsubscribed {
        self.try_refuse(&self.intake(), mail, 70).unwrap()
    }

    fn try_refuse(
        &self,
        intake: &dyn Intake,
        mail: &MailRef,
        minute: i64,
    ) -> Result<Unsubscribed, AbsorbError> {
        let ports = UnsubscribePorts {
            leads: &*self.desk.leads,
            suppressions: &self.desk.mail,
            intake,
        };
        unsubscribe(&ports, self.desk.tenant, mail, at(minute))
    }
}

/// An intake that can keep nothing.
fn full() -> MockIntake {
    let mut intake = MockIntake::new();
    intake.expect_take().returning(|_, answer| {
        answer(Err(NotKept {
            retry_after: Duration::from_secs(1),
        }));
    });
    intake
}

fn clicked() -> ReportedEvent {
    ReportedEvent::Clicked {
        url: "https://kasuga.example.jp/".to_owned(),
        client: ReportClient::default(),
    }
}

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/145.0";

fn opened(machine: bool) -> ReportedEvent {
    opened_from("203.0.113.77", Some(BROWSER), machine)
}

fn opened_from(address: &str, user_agent: Option<&str>, machine: bool) -> ReportedEvent {
    ReportedEvent::Opened {
        machine,
        client: ReportClient {
            address: address.parse().ok(),
            user_agent: user_agent.map(str::to_owned),
        },
    }
}

#[test]
fn a_click_of_the_provider_is_kept_for_reference_only() {
    // A24, D11
    let reported = Reported::new();
    let click = reported.report("click", clicked());
    reported.absorb(OpenSource::Pixel, &[click.clone(), click]);
    assert_eq!(reported.kinds(), [EngagementType::ProviderClick]);
    assert_eq!(reported.score(), 0);
}

#[test]
fn a_post_that_comes_again_counts_once() {
    let reported = Reported::new();
    let reports = [
        reported.report("delivered", ReportedEvent::Delivered),
        reported.report("open", opened(false)),
        reported.report("click", clicked()),
    ];
    for _ in 0..3 {
        let absorbed = reported.absorb(OpenSource::Provider, &reports);
        assert_eq!(
            (absorbed.known, absorbed.unknown, absorbed.foreign),
            (3, 0, 0)
        );
    }
    assert_eq!(reported.kinds().len(), 3);
    assert_eq!(reported.score(), 1);
}

#[test]
fn opens_of_the_provider_count_only_where_they_were_chosen() {
    // D11
    let reported = Reported::new();
    let open = reported.report("open", opened(false));
    reported.absorb(OpenSource::Pixel, std::slice::from_ref(&open));
    assert_eq!(reported.kinds(), []);
    reported.absorb(OpenSource::Provider, &[open]);
    assert_eq!(reported.kinds(), [EngagementType::Open]);
    let (engagement, ..) = reported.log.logged(reported.desk.tenant).remove(0);
    assert_eq!(engagement.client.network.as_deref(), Some("203.0.113.0/24"));
}

#[test]
fn an_open_that_a_machine_may_have_done_scores_nothing() {
    // H5; what the provider recognised stays its word
    use MachineReason::{AppleMailPrivacy, MailFilter, Provider};
    use MachineVerdict::{Certain, Suspected};
    let person = "203.0.113.77";
    for (event, verdict) in [
        (opened(true), Suspected(Provider)),
        (
            opened_from("40.107.4.7", Some(BROWSER), true),
            Suspected(Provider),
        ),
        (
            opened_from("40.107.4.7", Some(BROWSER), false),
            Certain(MailFilter),
        ),
        (
            opened_from(person, Some("Mozilla/5.0"), false),
            Suspected(AppleMailPrivacy),
        ),
    ] {
        let reported = Reported::new();
        reported.absorb(OpenSource::Provider, &[reported.report("open", event)]);
        let logged = reported.log.logged(reported.desk.tenant).remove(0);
        assert_eq!((logged.2, reported.score()), (verdict, 0));
    }
    let reported = Reported::new();
    let untold = opened_from(person, None, false);
    reported.absorb(OpenSource::Provider, &[reported.report("open", untold)]);
    assert_eq!(reported.score(), 1, "a provider's silence is no sign");
}

#[test]
fn a_bounce_stops_the_address_and_stands_in_the_history() {
    // A44
    let reported = Reported::new();
    let bounce = ReportedEvent::Bounced {
        reason: "550 <script>".to_owned(),
    };
    reported.absorb(OpenSource::Pixel, &[reported.report("bounce", bounce)]);
    assert_eq!(reported.stopped_for(), Some(SuppressionReason::Bounced));
    let (engagement, ..) = reported.log.logged(reported.desk.tenant).remove(0);
    let Action::Report { kind, detail, .. } = engagement.action else {
        panic!("a report");
    };
    assert_eq!(
        (kind, detail.as_deref()),
        (ReportKind::Bounce, Some("550 <script>"))
    );
}

#[test]
fn a_report_that_names_another_tenant_does_nothing() {
    let reported = Reported::new();
    let mut foreign = reported.report("spam", ReportedEvent::Complained);
    foreign.tenant = Some(TenantId::new());
    let absorbed = reported.absorb(OpenSource::Pixel, &[foreign]);
    assert_eq!(absorbed.foreign, 1);
    assert_eq!((reported.stopped_for(), reported.kinds().len()), (None, 0));
}

#[test]
fn a_report_of_a_forgotten_mail_still_stops_its_address() {
    let reported = Reported::new();
    let mut old = reported.report("spam", ReportedEvent::Complained);
    old.send = None;
    let absorbed = reported.absorb(OpenSource::Pixel, &[old]);
    assert_eq!((absorbed.known, absorbed.unknown), (0, 1));
    assert_eq!(reported.stopped_for(), Some(SuppressionReason::Complained));
    assert_eq!(reported.kinds(), []);
}

#[test]
fn a_refusal_stops_mail_at_once_and_is_told_once() {
    // B68, RFC 8058
    let reported = Reported::new();
    assert_eq!(reported.refuse(&reported.mail), Unsubscribed::Now);
    assert_eq!(reported.refuse(&reported.mail), Unsubscribed::Already);
    assert_eq!(
        reported.stopped_for(),
        Some(SuppressionReason::Unsubscribed)
    );
    assert_eq!(reported.kinds(), [EngagementType::Unsubscribe]);
}

#[test]
fn reports_that_cannot_be_kept_are_not_acknowledged_and_absorbed_once_when_they_come_again() {
    let reported = Reported::new();
    let reports = [
        reported.report("spam", ReportedEvent::Complained),
        reported.report("click", clicked()),
    ];
    let refused = reported.try_absorb(&full(), OpenSource::Pixel, &reports);
    assert!(matches!(refused, Err(AbsorbError::NotKept(_))));
    assert_eq!(reported.stopped_for(), Some(SuppressionReason::Complained));
    assert_eq!(reported.kinds(), []);
    reported.absorb(OpenSource::Pixel, &reports);
    reported.absorb(OpenSource::Pixel, &reports);
    assert_eq!(reported.kinds().len(), 2);
}

#[test]
fn a_refusal_that_could_not_be_told_is_told_when_it_comes_again() {
    // B68
    let reported = Reported::new();
    let refused = reported.try_refuse(&full(), &reported.mail, 70);
    assert!(matches!(refused, Err(AbsorbError::NotKept(_))));
    assert_eq!(
        reported.stopped_for(),
        Some(SuppressionReason::Unsubscribed)
    );
    for minute in [80, 85] {
        let again = reported.try_refuse(&reported.intake(), &reported.mail, minute);
        assert_eq!(again.unwrap(), Unsubscribed::Already);
        assert_eq!(reported.kinds(), [EngagementType::Unsubscribe]);
    }
}

#[test]
fn a_refusal_of_a_lead_that_is_gone_does_nothing() {
    // V-33
    let reported = Reported::new();
    let gone = mail_to(LeadId::new());
    assert_eq!(reported.refuse(&gone), Unsubscribed::NobodyThere);
    let email = address("sato@example.com");
    let lead = reported
        .desk
        .leads
        .find_by_email(reported.desk.tenant, &email);
    assert!(lead.unwrap().is_some());
    assert_eq!(reported.stopped_for(), None);
}
