//! What SendGrid reports.

use adapters_sendgrid::EventWebhook;
use domain::delivery::{
    DeliveryReport, DeliveryReports, ReadReports, ReportedEvent, SuppressionReason, WebhookRequest,
};
use domain::ids::{SendId, TenantId};
use serde_json::{Value, json};
use test_support::builders::tenancy::at;

use crate::signing::Signer;

fn read(items: &Value) -> ReadReports {
    let signer = Signer::new();
    let body = serde_json::to_vec(items).unwrap();
    let headers = signer.headers(&body, at(0));
    let request = WebhookRequest {
        headers: &headers,
        body: &body,
    };
    EventWebhook.read(&signer.keys(), &request, at(0)).unwrap()
}

/// An event with the parts that every event has, and more.
fn event(name: &str, more: Value) -> Value {
    let mut event = json!({
        "email": "Sato@Example.com",
        "timestamp": at(-60).timestamp(),
        "event": name,
        "sg_event_id": "ZGVsaXZlcmVk",
        "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
        "category": ["cat facts"],
        "something_new": {"deep": [1, 2]},
    });
    event
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    event
}

fn report(name: &str, more: Value) -> DeliveryReport {
    let read = read(&json!([event(name, more)]));
    read.reports.into_iter().next().unwrap()
}

#[test]
fn a_report_leads_back_to_our_send() {
    // A23
    let (send, tenant) = (SendId::new(), TenantId::new());
    let report = report(
        "delivered",
        json!({"ondo_send": send.to_string(), "ondo_tenant": tenant.to_string(), "response": "250 OK"}),
    );
    assert_eq!(report.event, ReportedEvent::Delivered);
    assert_eq!((report.send, report.tenant), (Some(send), Some(tenant)));
    assert_eq!(report.provider_message_id.as_deref(), Some("14c5d75ce93"));
    assert_eq!(report.email.unwrap().as_str(), "sato@example.com");
    assert_eq!(report.occurred_at, at(-60));
}

#[test]
fn what_stops_an_address_is_told_apart_from_what_does_not() {
    // A44
    let reason = |text: &str| json!({"reason": text});
    assert_eq!(
        report(
            "bounce",
            json!({"type": "bounce", "reason": "550 5.1.1 unknown\r\nuser"})
        )
        .event,
        ReportedEvent::Bounced {
            reason: "550 5.1.1 unknown user".into()
        }
    );
    assert_eq!(
        report("bounce", json!({"type": "blocked", "reason": "busy"})).event,
        ReportedEvent::Blocked {
            reason: "busy".into()
        }
    );
    assert!(matches!(
        report("deferred", json!({"response": "451 later", "attempt": "5"})).event,
        ReportedEvent::Deferred { .. }
    ));
    let stops = |text: &str| {
        let ReportedEvent::Dropped { stops, .. } = report("dropped", reason(text)).event else {
            panic!("a drop");
        };
        stops
    };
    assert_eq!(stops("Bounced Address"), Some(SuppressionReason::Bounced));
    assert_eq!(
        stops("Spam Reporting Address"),
        Some(SuppressionReason::Complained)
    );
    assert_eq!(stops("Recipient List over Package Quota"), None);
    assert_eq!(
        report("spamreport", json!({})).event,
        ReportedEvent::Complained
    );
    for name in ["unsubscribe", "group_unsubscribe"] {
        assert_eq!(report(name, json!({})).event, ReportedEvent::Unsubscribed);
    }
}

#[test]
fn an_open_says_whether_a_machine_may_have_done_it() {
    let machine = |more| {
        let ReportedEvent::Opened { machine, client } = report("open", more).event else {
            panic!("an open");
        };
        (machine, client.user_agent)
    };
    let agent = json!({"sg_machine_open": true, "useragent": "Mozilla/5.0", "ip": "203.0.113.7"});
    assert_eq!(machine(agent), (true, Some("Mozilla/5.0".to_owned())));
    assert_eq!(machine(json!({"sg_machine_open": false})), (false, None));
    assert_eq!(machine(json!({})), (false, None));
}

#[test]
fn a_malformed_item_costs_the_others_nothing() {
    let read = read(&json!([
        event("delivered", json!({})),
        "no event",
        {"event": "open"},
        event("open", json!({"sg_event_id": ""})),
        event("open", json!({"sg_event_id": "x".repeat(101)})),
        event("open", json!({"timestamp": "yesterday"})),
        event("open", json!({"timestamp": at(200_000).timestamp()})),
        event("account_status_change", json!({"type": "suspended"})),
        event("click", json!({"timestamp": at(0).timestamp().to_string(), "url": "https://a.example/", "email": "no address", "ip": 7})),
    ]));
    assert_eq!((read.reports.len(), read.unreadable), (2, 6));
}

#[test]
fn words_from_outside_are_kept_as_plain_words() {
    // V-06
    let evil = "<script>alert(1)</script>\u{0}\r\nX: y";
    let ReportedEvent::Bounced { reason } = report("bounce", json!({"reason": evil})).event else {
        panic!("a bounce");
    };
    assert_eq!(reason, "<script>alert(1)</script> X: y");
}
