//! One claimed send, from the claim to its record.

use std::sync::Barrier;

use chrono::TimeDelta;
use domain::campaigns::{BroadcastDraft, BroadcastStore, BroadcastWork};
use domain::content::{
    MailRenderer, MockMailRenderer, TemplateFault, TemplatePart, TemplateProblem, TemplateStore,
};
use domain::delivery::{
    ClaimTerms, ClaimedSend, DispatchPorts, Dispatched, Due, MOST_IN_FLIGHT, MailContent, Mailer,
    OpenSource, OutgoingMail, ProviderKind, Send, SendHistory, SendLog, SendOutcome, SendRecord,
    SendState, SendingTenant, SkipReason, Suppression, SuppressionReason, Suppressions, Wait,
    compose_batch,
};
use domain::ids::{BroadcastId, LeadId, SendId, TemplateId};
use domain::leads::AsOf;
use domain::privacy::{PreferenceChange, PreferenceStore, Said, SaidBy};
use domain::tenancy::Locale;
use test_support::builders::delivery::{
    address, broadcast_content, broadcast_send, links, renderer, sender_profile, template_draft,
};
use test_support::builders::tenancy::at;

use super::{Desk, Post};

impl Desk {
    /// The one send of a broadcast to this lead, claimed.
    pub(super) fn claimed(&self, lead: LeadId) -> ClaimedSend {
        let (tenant, id) = (self.tenant, BroadcastId::new());
        let template = template_draft(&id.to_string()).into_template(TemplateId::new(), at(0));
        TemplateStore::create(&self.mail, tenant, &template).unwrap();
        let draft = BroadcastDraft::new("春の案内", template.id);
        let broadcast = draft.into_broadcast(id, None, at(0));
        BroadcastStore::create(&self.mail, tenant, &broadcast).unwrap();
        let content = broadcast_content(id);
        self.mail.start(tenant, id, &[content], at(0)).unwrap();
        let send = broadcast_send(id, at(0), lead);
        self.mail
            .queue_sends(tenant, id, None, &[send], at(0))
            .unwrap();
        self.mail.finish_preparing(tenant, id).unwrap();
        let lease = TimeDelta::minutes(5);
        self.mail
            .claim_due(tenant, &ClaimTerms::new(1, lease, at(0)))
            .unwrap()
            .remove(0)
    }

    pub(super) fn dispatch(
        &self,
        send: &ClaimedSend,
        renderer: &dyn MailRenderer,
        post: &Post,
    ) -> Dispatched {
        let sends = std::slice::from_ref(send);
        self.dispatch_all(sends, renderer, post).remove(0)
    }

    fn dispatch_all(
        &self,
        sends: &[ClaimedSend],
        renderer: &dyn MailRenderer,
        post: &dyn Mailer,
    ) -> Vec<Dispatched> {
        let clock = || AsOf::new(at(1), chrono_tz::Asia::Tokyo);
        let ports = DispatchPorts {
            leads: &*self.leads,
            log: &self.mail,
            renderer,
            links: &links(),
            mailer: post,
            calls: MOST_IN_FLIGHT,
            clock: &clock,
        };
        let from = SendingTenant {
            tenant: self.tenant,
            sender: sender_profile(),
            opens: OpenSource::Pixel,
            honeypot: false,
            locale: Locale::Ja,
        };
        let content = MailContent {
            source: template_draft("").source,
            tracking: true,
        };
        let due = |send| Due {
            send,
            content: &content,
        };
        let batch: Vec<_> = sends.iter().map(due).collect();
        let composed = compose_batch(&ports, &from, &batch).unwrap();
        composed.dispatch(&ports, &from).unwrap()
    }

    fn send(&self, claimed: &ClaimedSend) -> Send {
        let found = SendHistory::find(&self.mail, self.tenant, claimed.key.id);
        found.unwrap().unwrap()
    }
}

#[test]
fn a_mail_is_recorded_as_the_provider_took_it() {
    // A14
    let (desk, post) = (Desk::new(), Post::default());
    let claimed = desk.claimed(desk.lead("sato").id);
    desk.dispatch(&claimed, &renderer(), &post);
    let [mail] = post.sent().try_into().unwrap();
    assert_eq!(mail.send, claimed.key.id);
    let send = desk.send(&claimed);
    assert_eq!(
        (send.state, send.accepted_at),
        (SendState::Accepted, Some(at(1)))
    );
    assert_eq!(send.subject, Some(mail.subject));
}

#[test]
fn a_mail_is_handed_over_once_however_often_it_is_dispatched() {
    let (desk, post) = (Desk::new(), Post::default());
    let claimed = desk.claimed(desk.lead("sato").id);
    desk.dispatch(&claimed, &renderer(), &post);
    assert_eq!(
        desk.dispatch(&claimed, &renderer(), &post),
        Dispatched::Lost
    );
    assert_eq!(post.sent().len(), 1);
}

#[test]
fn a_refusal_since_the_claim_keeps_the_mail_back() {
    // A44
    let (desk, post) = (Desk::new(), Post::default());
    let claimed = desk.claimed(desk.lead("sato").id);
    let refusal = Suppression {
        email: address("sato@example.com"),
        reason: SuppressionReason::Unsubscribed,
        detail: None,
        created_at: at(1),
    };
    desk.mail.suppress(desk.tenant, &refusal).unwrap();
    let skipped = SendRecord::Skipped(SkipReason::Suppressed);
    assert_eq!(
        desk.dispatch(&claimed, &renderer(), &post),
        Dispatched::Recorded(skipped)
    );
    assert_eq!(post.sent(), []);
}

#[test]
fn who_stopped_the_tracking_gets_the_authors_own_links_and_no_picture() {
    // C14
    let (desk, post) = (Desk::new(), Post::default());
    let lead = desk.lead("sato").id;
    let stop = || {
        let said = Said {
            at: at(0),
            by: SaidBy::Person,
        };
        let changes = [PreferenceChange::StopTracking];
        let store = &desk.mail;
        store
            .change_preferences(desk.tenant, lead, &changes, said)
            .unwrap()
    };
    let early = desk.claimed(lead);
    assert!(stop());
    // It was claimed before: composed with tracking, and not handed over like that.
    assert_eq!(desk.dispatch(&early, &renderer(), &post), Dispatched::Lost);
    assert_eq!(post.sent(), []);
    let anew = desk
        .mail
        .claim_due(
            desk.tenant,
            &ClaimTerms::new(1, TimeDelta::minutes(5), at(1)),
        )
        .unwrap()
        .remove(0);
    desk.dispatch(&anew, &renderer(), &post);
    let [mail] = post.sent().try_into().unwrap();
    for trace in ["/t/c/", "/t/o/"] {
        assert!(!mail.html.contains(trace), "{}", mail.html);
    }
    assert!(mail.html.contains("配信設定・計測の停止"));
}

#[test]
fn a_lead_that_is_gone_gets_no_mail() {
    let (desk, post) = (Desk::new(), Post::default());
    let claimed = ClaimedSend {
        lead: LeadId::new(),
        ..desk.claimed(desk.lead("sato").id)
    };
    desk.dispatch(&claimed, &renderer(), &post);
    let send = desk.send(&claimed);
    assert_eq!(
        send.state_reason.as_deref(),
        Some(SkipReason::LeadGone.as_str())
    );
    assert_eq!(post.sent(), []);
}

#[test]
fn a_template_that_cannot_be_filled_in_fails_with_its_place() {
    let (desk, post) = (Desk::new(), Post::default());
    let claimed = desk.claimed(desk.lead("sato").id);
    let mut broken = MockMailRenderer::new();
    broken.expect_render().returning(|_, _| {
        Err(TemplateProblem {
            part: TemplatePart::Html,
            line: 3,
            column: 5,
            fault: TemplateFault::TooCostly,
        })
    });
    desk.dispatch(&claimed, &broken, &post);
    let send = desk.send(&claimed);
    assert_eq!(send.state, SendState::Failed);
    assert!(send.state_reason.unwrap().contains("html 3:5"));
    assert_eq!(post.sent(), []);
}

#[test]
fn an_unclear_outcome_is_unknown_and_not_tried_again() {
    let desk = Desk::new();
    let post = Post {
        answer: Some(SendOutcome::Unknown {
            reason: "connection reset".to_owned(),
        }),
        ..Post::default()
    };
    let claimed = desk.claimed(desk.lead("sato").id);
    desk.dispatch(&claimed, &renderer(), &post);
    assert_eq!(desk.send(&claimed).state, SendState::Unknown);
    let later = desk.mail.claim_due(
        desk.tenant,
        &ClaimTerms::new(9, TimeDelta::minutes(5), at(1_000_000)),
    );
    assert_eq!(later.unwrap(), []);
}

#[test]
fn a_busy_provider_gets_the_mail_later() {
    let desk = Desk::new();
    let post = Post {
        answer: Some(SendOutcome::Deferred {
            reason: "busy".to_owned(),
            wait: Wait::Backoff,
        }),
        ..Post::default()
    };
    let claimed = desk.claimed(desk.lead("sato").id);
    desk.dispatch(&claimed, &renderer(), &post);
    let send = desk.send(&claimed);
    assert_eq!((send.state, send.attempts), (SendState::RetryWait, 1));
    assert!(send.next_attempt_at.unwrap() >= at(61));
}

#[test]
fn refused_credentials_fail_no_mail() {
    let desk = Desk::new();
    let post = Post {
        answer: Some(SendOutcome::ProviderRefused {
            reason: "401".to_owned(),
        }),
        ..Post::default()
    };
    let claimed = desk.claimed(desk.lead("sato").id);
    assert_eq!(
        desk.dispatch(&claimed, &renderer(), &post),
        Dispatched::ProviderRefused("401".to_owned())
    );
    let send = desk.send(&claimed);
    assert_eq!((send.state, send.attempts), (SendState::RetryWait, 0));
}

/// Answers only once so many mails are with it; one of them breaks it.
struct Counter {
    all_there: Barrier,
    breaks: SendId,
}

impl Mailer for Counter {
    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        self.all_there.wait();
        assert_ne!(mail.send, self.breaks, "this mailer is broken on purpose");
        SendOutcome::Accepted {
            provider_message_id: mail.send.to_string(),
        }
    }

    fn kind(&self) -> ProviderKind {
        ProviderKind::Outbox
    }
}

#[test]
fn a_batch_is_with_the_provider_at_once_and_each_mail_has_its_own_end() {
    let desk = Desk::new();
    let names: Vec<String> = (0..MOST_IN_FLIGHT).map(|n| format!("lead{n}")).collect();
    let mut sends: Vec<_> = names
        .iter()
        .map(|name| desk.claimed(desk.lead(name).id))
        .collect();
    let post = Counter {
        all_there: Barrier::new(MOST_IN_FLIGHT),
        breaks: sends[3].key.id,
    };
    sends.push(ClaimedSend {
        lead: LeadId::new(),
        ..desk.claimed(desk.lead("gone").id)
    });
    let ends = desk.dispatch_all(&sends, &renderer(), &post);
    for (place, (send, end)) in sends.iter().zip(ends).enumerate() {
        let expected = match place {
            3 => SendState::Unknown,
            MOST_IN_FLIGHT => SendState::Skipped,
            _ => SendState::Accepted,
        };
        assert_eq!(desk.send(send).state, expected, "{place}: {end:?}");
        if expected == SendState::Accepted {
            let provider_message_id = send.key.id.to_string();
            let accepted = SendRecord::Accepted {
                provider_message_id,
            };
            assert_eq!(end, Dispatched::Recorded(accepted));
        }
    }
}
