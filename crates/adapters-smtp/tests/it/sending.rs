//! Handing mails to a server.

use std::time::Duration;

use adapters_smtp::{Credentials, SmtpConfig, SmtpMailer};
use domain::delivery::{Encryption, Mailbox, Mailer, OutgoingMail, SendOutcome, Wait};
use test_support::builders::delivery::{address, outgoing_mail};

use crate::sink::{Manners, Sink};

pub(crate) fn config(port: u16) -> SmtpConfig {
    SmtpConfig {
        host: "127.0.0.1".into(),
        port,
        encryption: Encryption::None,
        credentials: None,
        dkim: None,
        timeout: Duration::from_secs(2),
    }
}

fn answering(start: &'static str, answer: &'static str) -> Sink {
    Sink::with(Manners {
        answers: vec![(start, answer)],
        hangs_up_at: None,
    })
}

fn outcome_at(sink: &Sink) -> SendOutcome {
    SmtpMailer::new(config(sink.port))
        .unwrap()
        .send(&outgoing_mail())
}

#[test]
fn a_mail_arrives_with_both_parts_and_every_header() {
    let sink = Sink::with(Manners::default());
    let mail = outgoing_mail();
    let outcome = SmtpMailer::new(config(sink.port)).unwrap().send(&mail);
    assert_eq!(
        outcome,
        SendOutcome::Accepted {
            provider_message_id: mail.message_id()
        }
    );
    let [arrived] = sink.mails().try_into().unwrap();
    for line in [
        "List-Unsubscribe: <https://ondo.example.jp/u/v1.token>,",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        &format!("X-Ondo-Send: {}", mail.send),
        &format!("Message-ID: {}", mail.message_id()),
        "Reply-To: toiawase@kasuga.example.jp",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(arrived.contains(line), "no {line:?} in\n{arrived}");
    }
    assert!(arrived.is_ascii(), "headers and bodies are encoded");
    assert!(
        sink.lines()
            .contains(&"RCPT TO:<sato@example.com>".to_owned())
    );
}

#[test]
fn a_name_cannot_add_a_recipient_or_a_header() {
    let sink = Sink::with(Manners::default());
    let mail = OutgoingMail {
        to: Mailbox::new(
            Some("A\r\nBcc: x@example.com\u{2028}\"<y@example.com>, \""),
            address("sato@example.com"),
        ),
        subject: domain::delivery::one_line("春\r\nBcc: x@example.com"),
        ..outgoing_mail()
    };
    SmtpMailer::new(config(sink.port)).unwrap().send(&mail);
    let recipients: Vec<_> = sink
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("RCPT"))
        .collect();
    assert_eq!(recipients, ["RCPT TO:<sato@example.com>"]);
    let [arrived] = sink.mails().try_into().unwrap();
    assert!(
        !arrived.lines().any(|line| line.starts_with("Bcc")),
        "{arrived}"
    );
}

#[test]
fn a_name_with_dots_is_quoted() {
    // RFC 5322 §3.2.5
    let sink = Sink::with(Manners::default());
    for (name, written) in [
        (".", "To: \".\" <sato@example.com>"),
        ("Dr.Sato", "To: \"Dr.Sato\" <sato@example.com>"),
        ("Sato", "To: Sato <sato@example.com>"),
    ] {
        let mail = OutgoingMail {
            to: Mailbox::new(Some(name), address("sato@example.com")),
            ..outgoing_mail()
        };
        SmtpMailer::new(config(sink.port)).unwrap().send(&mail);
        let arrived = sink.mails().pop().unwrap();
        assert!(arrived.contains(&format!("\r\n{written}\r\n")), "{arrived}");
    }
}

#[test]
fn one_connection_carries_many_mails() {
    let sink = Sink::with(Manners::default());
    let mailer = SmtpMailer::new(config(sink.port)).unwrap();
    for _ in 0..5 {
        assert!(matches!(
            mailer.send(&outgoing_mail()),
            SendOutcome::Accepted { .. }
        ));
    }
    assert_eq!((sink.mails().len(), sink.connections()), (5, 1));
}

#[test]
fn a_refused_mail_does_not_cost_the_connection() {
    let sink = answering("RCPT TO:<gone@", "550 5.1.1 no such user");
    let mailer = SmtpMailer::new(config(sink.port)).unwrap();
    let gone = OutgoingMail {
        to: Mailbox::new(None, address("gone@example.com")),
        ..outgoing_mail()
    };
    let SendOutcome::Rejected { reason } = mailer.send(&gone) else {
        panic!("an unknown user stays unknown");
    };
    assert!(reason.contains("no such user"), "{reason}");
    assert!(matches!(
        mailer.send(&outgoing_mail()),
        SendOutcome::Accepted { .. }
    ));
    assert_eq!(sink.connections(), 1);
}

#[test]
fn an_answer_is_taken_for_what_it_is() {
    let deferred = |outcome| {
        matches!(
            outcome,
            SendOutcome::Deferred {
                wait: Wait::Backoff,
                ..
            }
        )
    };
    assert!(deferred(outcome_at(&answering("MAIL", "451 later"))));
    assert!(deferred(outcome_at(&answering("RCPT", "450 greylisted"))));
    assert!(deferred(outcome_at(&answering("EHLO", "421 too busy"))));
    assert!(deferred(outcome_at(&answering(".", "452 disk full"))));
    let rejected = |outcome| matches!(outcome, SendOutcome::Rejected { .. });
    assert!(rejected(outcome_at(&answering(".", "554 spam"))));
    assert!(rejected(outcome_at(&answering("DATA", "554 no"))));
    let refused = outcome_at(&answering("MAIL", "530 log in first"));
    assert!(
        matches!(refused, SendOutcome::ProviderRefused { .. }),
        "{refused:?}"
    );
}

#[test]
fn whether_it_was_handed_over_decides_what_a_broken_connection_means() {
    let hanging_up_at = |at| {
        outcome_at(&Sink::with(Manners {
            hangs_up_at: Some(at),
            ..Manners::default()
        }))
    };
    for before in ["EHLO", "MAIL", "RCPT", "DATA"] {
        let outcome = hanging_up_at(before);
        assert!(
            matches!(outcome, SendOutcome::Deferred { .. }),
            "{before}: {outcome:?}"
        );
    }
    let outcome = hanging_up_at(".");
    assert!(
        matches!(outcome, SendOutcome::Unknown { .. }),
        "{outcome:?}"
    );
}

#[test]
fn without_a_server_nothing_was_handed_over() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mailer = SmtpMailer::new(config(port)).unwrap();
    assert!(matches!(
        mailer.send(&outgoing_mail()),
        SendOutcome::Deferred { .. }
    ));
    assert!(mailer.check().is_err());
}

#[test]
fn a_wrong_password_fails_no_mail() {
    let sink = answering("AUTH", "535 5.7.8 wrong");
    let mailer = SmtpMailer::new(SmtpConfig {
        credentials: Some(Credentials {
            user: "ondo".into(),
            password: "wrong".into(),
        }),
        ..config(sink.port)
    })
    .unwrap();
    let outcome = mailer.send(&outgoing_mail());
    assert!(
        matches!(outcome, SendOutcome::ProviderRefused { .. }),
        "{outcome:?}"
    );
    assert!(mailer.check().unwrap_err().contains("wrong"));
}

#[test]
fn without_the_protection_that_is_asked_for_nothing_is_said() {
    let sink = Sink::with(Manners::default());
    let mailer = SmtpMailer::new(SmtpConfig {
        encryption: Encryption::StartTls,
        credentials: Some(Credentials {
            user: "ondo".into(),
            password: "secret".into(),
        }),
        ..config(sink.port)
    })
    .unwrap();
    assert!(matches!(
        mailer.send(&outgoing_mail()),
        SendOutcome::Deferred { .. }
    ));
    assert!(
        sink.lines()
            .iter()
            .all(|line| line.starts_with("EHLO") || line == "QUIT")
    );
}
