//! Handing mails over.

use std::time::Duration;

use adapters_sendgrid::{SendGridClient, SendGridMailer};
use domain::delivery::{Mailer, OutgoingMail, ProviderKind, SendOutcome, Wait};
use serde_json::Value;
use test_support::builders::delivery::outgoing_mail;
use tokio::runtime::Runtime;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A stand-in for SendGrid. The mailer is used outside the runtime, on the thread of the test.
struct SendGrid {
    runtime: Runtime,
    server: MockServer,
}

impl SendGrid {
    fn answering(response: ResponseTemplate) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(MockServer::start());
        let mock = Mock::given(method("POST"))
            .and(path("/v3/mail/send"))
            .and(header("authorization", "Bearer SG.key"))
            .respond_with(response);
        runtime.block_on(mock.mount(&server));
        Self { runtime, server }
    }

    fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        mailer(&self.server.uri()).send(mail)
    }

    fn received(&self) -> Vec<Value> {
        let requests = self.runtime.block_on(self.server.received_requests());
        let requests = requests.unwrap();
        requests
            .iter()
            .map(|request| request.body_json().unwrap())
            .collect()
    }
}

fn mailer(url: &str) -> SendGridMailer {
    let client = SendGridClient::new(url, Duration::from_millis(500)).unwrap();
    client.mailer("SG.key".into())
}

#[test]
fn a_mail_goes_over_with_everything_it_needs() {
    let answer = ResponseTemplate::new(202).insert_header("X-Message-Id", "14c5d75ce93");
    let sendgrid = SendGrid::answering(answer);
    let mail = outgoing_mail();
    assert_eq!(
        sendgrid.send(&mail),
        SendOutcome::Accepted {
            provider_message_id: "14c5d75ce93".into()
        }
    );
    let received = sendgrid.received();
    assert_eq!(received.len(), 1);
    insta::assert_json_snapshot!("a_mail", received[0], {
        ".personalizations[].custom_args" => "[ids]",
        ".headers[\"X-Ondo-Send\"]" => "[id]",
    });
    assert_eq!(
        received[0]["personalizations"][0]["custom_args"]["ondo_send"],
        mail.send.to_string()
    );
    assert_eq!(mailer("http://x").kind(), ProviderKind::SendGrid);
}

#[test]
fn opens_are_asked_for_only_where_they_count() {
    // D11
    let sendgrid = SendGrid::answering(ResponseTemplate::new(202));
    for provider_opens in [false, true] {
        let mail = OutgoingMail {
            provider_opens,
            ..outgoing_mail()
        };
        sendgrid.send(&mail);
    }
    let asked: Vec<_> = sendgrid
        .received()
        .iter()
        .map(|request| request["tracking_settings"]["open_tracking"]["enable"].clone())
        .collect();
    assert_eq!(asked, [false, true]);
}

#[test]
fn an_answer_is_taken_for_what_it_is() {
    let outcome = |response| SendGrid::answering(response).send(&outgoing_mail());
    let limited = ResponseTemplate::new(429).insert_header("Retry-After", "7");
    assert!(matches!(
        outcome(limited),
        SendOutcome::Deferred { wait: Wait::Stated(wait), .. } if wait.as_secs() == 7
    ));
    let busy = ResponseTemplate::new(503);
    assert!(matches!(
        outcome(busy),
        SendOutcome::Deferred {
            wait: Wait::Backoff,
            ..
        }
    ));
    let withdrawn = ResponseTemplate::new(401).set_body_string(
        r#"{"errors":[{"message":"The provided authorization grant is invalid"}]}"#,
    );
    assert_eq!(
        outcome(withdrawn),
        SendOutcome::ProviderRefused {
            reason: "SendGrid 401: The provided authorization grant is invalid".into()
        }
    );
    let wrong = ResponseTemplate::new(400);
    assert!(matches!(outcome(wrong), SendOutcome::Rejected { .. }));
}

#[test]
fn a_redirect_is_not_followed() {
    let moved = ResponseTemplate::new(307).insert_header("Location", "/v3/mail/send");
    let sendgrid = SendGrid::answering(moved);
    assert!(matches!(
        sendgrid.send(&outgoing_mail()),
        SendOutcome::Deferred { .. }
    ));
    assert_eq!(sendgrid.received().len(), 1);
}

#[test]
fn an_answer_that_does_not_come_leaves_the_outcome_unknown() {
    let slow = ResponseTemplate::new(202).set_delay(Duration::from_secs(5));
    let outcome = SendGrid::answering(slow).send(&outgoing_mail());
    assert!(
        matches!(outcome, SendOutcome::Unknown { .. }),
        "{outcome:?}"
    );
}

#[test]
fn without_a_connection_nothing_was_handed_over() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let outcome = mailer(&url).send(&outgoing_mail());
    assert!(
        matches!(
            &outcome,
            SendOutcome::Deferred {
                wait: Wait::Backoff,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn the_key_is_not_printed() {
    assert!(!format!("{:?}", mailer("http://127.0.0.1:1")).contains("SG.key"));
}
